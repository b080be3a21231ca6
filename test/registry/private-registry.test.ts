import { CfnParameter, NestedStack, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryImage, PrivateRegistryProps, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import {
  credentialsParametersOf, ENV, FLAG_SETS, IMAGE, KEY_ARN, newApp, newStack, pullStatementsOf, resourcesOf, SECRET_ARN, statementsOf,
} from '../support/synth';
import { CREDENTIALS, defineTask, ecsRole, expectTaskWaitsForPolicy, ownSecret } from '../support/tasks';

const PULL_STATEMENT = { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN };

function registryIn(stack: Stack, props: Partial<PrivateRegistryProps> = {}): PrivateRegistry {
  return new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS, ...props });
}

test('alone it creates nothing but the secret that was asked for', () => {
  const stack = newStack();
  const registry = registryIn(stack);

  expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
  expect(registry.provider).toBe(RegistryProvider.GHCR);
  expect(registry.host).toBe('ghcr.io');
  expect(registry.secret.secretArn).toBe(SECRET_ARN);
});

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test('one secret, and one statement for each role', () => {
    const stack = newStack(flags);
    const password = SecretValue.secretsManager('tokens', { jsonField: 'ghcr' });
    const registry = registryIn(stack, { credentials: RegistryCredentials.fromSecretValue({ username: 'bot', password }) });
    const api = defineTask(stack, registry.image(IMAGE), {}, 'Api');
    api.addContainer('sidecar', { image: registry.image('ghcr.io/acme/sidecar:2') });
    defineTask(stack, registry.image('ghcr.io/acme/web:3'), {}, 'Web');
    new PrivateRegistryFargateService(stack, 'Service', { registry, image: 'ghcr.io/acme/service:4' });

    const [secretId, ...others] = Object.keys(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));
    expect(others).toEqual([]);
    expect(credentialsParametersOf(stack)).toEqual(Array(4).fill({ Ref: secretId }));
    expect(pullStatementsOf(stack)).toEqual(Array(3).fill({ ...PULL_STATEMENT, Resource: { Ref: secretId } }));
    expectTaskWaitsForPolicy(stack);
    expectSilence(stack);
  });

  test('across stacks', () => {
    const app = newApp(flags);
    const shared = new Stack(app, 'Shared', { env: ENV });
    const registry = registryIn(shared, { credentials: RegistryCredentials.fromSecret(ownSecret(shared, { encryptionKey: new kms.Key(shared, 'Key') })) });
    const stacks = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
    stacks.forEach((stack) => defineTask(stack, registry.image(IMAGE)));

    for (const stack of stacks) {
      expect(pullStatementsOf(stack).map(({ Action }) => Action)).toEqual(['secretsmanager:GetSecretValue', 'kms:Decrypt']);
      expect(pullStatementsOf(stack)[0].Resource).toEqual(credentialsParametersOf(stack)[0]);
      expectTaskWaitsForPolicy(stack);
    }
    expect(resourcesOf(shared, 'AWS::IAM::Policy')).toEqual([]);
    expectSilence(shared, ...stacks);
  });

  test('in a nested stack', () => {
    const stack = newStack(flags);
    const registry = registryIn(stack, { credentials: RegistryCredentials.fromSecret(ownSecret(stack)) });
    const nested = new NestedStack(stack, 'Nested');
    defineTask(nested, registry.image(IMAGE));

    Template.fromStack(stack);
    expect(pullStatementsOf(nested)).toEqual([{ ...PULL_STATEMENT, Resource: credentialsParametersOf(nested)[0] }]);
    expectTaskWaitsForPolicy(nested);
    expectSilence(stack, nested);
  });
});

describe('in every Region', () => {
  test('the secret by its ARN, with a warning in other Regions', () => {
    const app = newApp();
    const registry = registryIn(new Stack(app, 'Shared', { env: ENV }));
    const stack = new Stack(app, 'Stack', { env: { ...ENV, region: 'us-east-1' } });
    defineTask(stack, registry.image(IMAGE));

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expectWarning(stack, 'crossRegionSecret', 'eu-west-1', 'us-east-1');
  });

  test('the replica of the Region', () => {
    const app = newApp();
    const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { replicaRegions: ['us-east-1'] });
    const registry = registryIn(new Stack(app, 'Shared', { env: ENV }), { credentials });
    const stack = new Stack(app, 'Stack', { env: { ...ENV, region: 'us-east-1' } });
    defineTask(stack, registry.image(IMAGE));

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN.replace('eu-west-1', 'us-east-1')]);
    expectSilence(stack);
  });
});

describe('image()', () => {
  test('is an image for any container', () => {
    expect(registryIn(newStack()).image(IMAGE)).toBeInstanceOf(PrivateRegistryImage);
  });

  test('takes a reference that is a token, since the registry is known', () => {
    const stack = newStack();
    defineTask(stack, registryIn(stack).image(new CfnParameter(stack, 'Image').valueAsString));

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expectSilence(stack);
  });

  test.each([
    ['quay.io/acme/api:1', 'quay.io'],
    ['acme/api:1', 'docker.io'],
    ['nginx', 'docker.io'],
  ])('fails for an image of another registry: %s', (image, host) => {
    expectError(() => registryIn(newStack()).image(image), 'imageHostMismatch', `"${image}" is in the registry ${host}`, 'for ghcr.io', '"ghcr.io/"');
  });

  test('an image without a host is in Docker Hub', () => {
    const stack = newStack();
    defineTask(stack, registryIn(stack, { provider: RegistryProvider.DOCKER_HUB }).image('acme/api:1'));

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expectSilence(stack);
  });

  describe('rolePolicyManagedExternally', () => {
    function define(ofRegistry: boolean | undefined, ofImage: boolean | undefined): Stack {
      const stack = newStack();
      const registry = registryIn(stack, { rolePolicyManagedExternally: ofRegistry });
      const executionRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/exec', { mutable: false });
      defineTask(stack, registry.image(IMAGE, { rolePolicyManagedExternally: ofImage }), { executionRole });
      return stack;
    }

    test.each([[true, undefined], [undefined, true], [false, true]])('registry %p, image %p: accepted', (ofRegistry, ofImage) => {
      expectSilence(define(ofRegistry, ofImage));
    });

    test.each([[undefined, undefined], [true, false]])('fails with registry %p, image %p', (ofRegistry, ofImage) => {
      expectError(() => define(ofRegistry, ofImage), 'executionRoleImmutable');
    });

    test('of the service', () => {
      const stack = newStack();
      const executionRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/exec', { mutable: false });
      const props = { registry: registryIn(stack), image: IMAGE, executionRole };

      expectError(() => new PrivateRegistryFargateService(stack, 'One', props), 'executionRoleImmutable');
      new PrivateRegistryFargateService(stack, 'Two', { ...props, rolePolicyManagedExternally: true });
      expectSilence(stack);
    });
  });
});

describe('grantPull()', () => {
  test('the statements, for whatever else pulls', () => {
    const stack = newStack();
    const registry = registryIn(stack, { credentials: RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN }) });
    const grant = registry.grantPull(new iam.User(stack, 'User'));

    expect(grant.success).toBe(true);
    expect(statementsOf(stack)).toEqual([PULL_STATEMENT, {
      Action: 'kms:Decrypt',
      Effect: 'Allow',
      Resource: KEY_ARN,
      Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } } },
    }]);
    expectSilence(stack);
  });

  test('also where ECS would not accept the name of the secret', () => {
    const stack = newStack();
    registryIn(stack, { credentials: RegistryCredentials.fromSecretName('ghcr/pull') }).grantPull(ecsRole(stack));

    expect(JSON.stringify(statementsOf(stack))).toContain(':secret:ghcr/pull-??????');
  });
});
