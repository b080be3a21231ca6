import { CfnDynamicReference, CfnDynamicReferenceService, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as cxschema from 'aws-cdk-lib/cloud-assembly-schema';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryImage, PullCheckMode, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSynthError, messageOf } from '../support/errors';
import { CHECKED, containersOf, ENV, FLAG_SETS, IMAGE, newApp, newStack, resourcesOf, SECRET_ARN, statementsOf, templateOf, warningIdsOf } from '../support/synth';
import { apiImage, CREDENTIALS, defineTask, defineTaskWith, ecsRole, rawSecret } from '../support/tasks';

/** The command line lets newer versions of aws-cdk-lib report what they find in a template with dummies, and goes on. */
const REPORTED = { '@aws-cdk/core:failSynthOnValidationErrors': false };

/** What the command line looks up before the app runs again. */
function missingIn(stack: Stack): unknown[] {
  return (stack.node.root as ReturnType<typeof newApp>).synth().manifest.missing ?? [];
}

/** The dummy of a look-up that has no other value yet. */
function lookUp(stack: Stack, parameter: string): string {
  return ssm.StringParameter.valueFromLookup(stack, parameter);
}

/** As `iam.Role.fromLookup()` of newer versions does it. */
function lookUpRole(stack: Stack): iam.IRole {
  const props = { account: ENV.account, region: ENV.region, typeName: 'AWS::IAM::Role', exactIdentifier: 'exec', propertiesToReturn: ['Arn'] };
  stack.reportMissingContextKey({ key: 'role', provider: cxschema.ContextProvider.CC_API_PROVIDER, props });
  return iam.Role.fromRoleArn(stack, 'Role', stack.formatArn({
    service: 'iam', region: '', account: '123456789012', resource: 'role', resourceName: 'DUMMY_ARN',
  }));
}

describe.each(FLAG_SETS)('a look-up whose value is missing, with %s', (_name, flags) => {
  const uses: Array<[what: string, use: (stack: Stack) => void]> = [
    ['the tag of the image', (stack) => {
      defineTask(stack, new PrivateRegistryImage(`ghcr.io/acme/api:${lookUp(stack, '/prod/api/version')}`, { credentials: CREDENTIALS }));
    }],
    ['the whole image', (stack) => {
      defineTask(stack, new PrivateRegistryImage(lookUp(stack, '/prod/api/image'), { credentials: CREDENTIALS }));
    }],
    ['the host of the image', (stack) => {
      const provider = RegistryProvider.custom(lookUp(stack, '/registry/host'), { authHost: lookUp(stack, '/registry/auth') });
      const registry = new PrivateRegistry(stack, 'Registry', { provider, credentials: RegistryCredentials.fromParameters() });
      defineTask(stack, registry.image(`${lookUp(stack, '/registry/host')}/acme/api:1.4.2`));
    }],
    ['the host of the registry alone', (stack) => {
      const provider = RegistryProvider.azure(lookUp(stack, '/registry/name'));
      defineTask(stack, new PrivateRegistryImage('acme.azurecr.io/api:1.4.2', { credentials: CREDENTIALS, provider }));
    }],
    ['the ARN of the secret', (stack) => {
      defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(lookUp(stack, '/ghcr/secret-arn'), { replicaRegions: [ENV.region] }));
    }],
    ['the ARN of the secret, with a default in another account and Region', (stack) => {
      const arn = ssm.StringParameter.valueFromLookup(stack, '/ghcr/secret-arn', SECRET_ARN.replace('eu-west-1:111122223333', 'us-east-1:444455556666'));
      defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(arn));
    }],
    ['the name of the secret', (stack) => defineTaskWith(stack, RegistryCredentials.fromSecretName(lookUp(stack, '/ghcr/secret name-a1B2c3')))],
    ['an imported secret', (stack) => {
      const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', lookUp(stack, '/ghcr/secret-a1B2c3'));
      defineTaskWith(stack, RegistryCredentials.fromSecret(secret));
    }],
    ['the key', (stack) => {
      const encryptionKey = kms.Key.fromLookup(stack, 'Key', { aliasName: 'alias/ghcr' });
      defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKey }));
    }],
    ['the ARN of the key', (stack) => {
      defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: lookUp(stack, '/ghcr/key') }));
    }],
    ['the execution role', (stack) => defineTask(stack, apiImage(), { executionRole: lookUpRole(stack) })],
    ['the mode of the check', (stack) => {
      defineTaskWith(stack, CREDENTIALS, {}, { pullCheck: { mode: lookUp(stack, '/prod/mode') as PullCheckMode } });
    }],
    ['the port of a service', (stack) => {
      new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, containerPort: Number(lookUp(stack, '/prod/port')) });
    }],
    ['the port of a service and of its mapping', (stack) => {
      const containerPort = Number(lookUp(stack, '/prod/port'));
      new PrivateRegistryFargateService(stack, 'Api', {
        image: IMAGE, credentials: CREDENTIALS, containerPort, containerOptions: { portMappings: [{ containerPort, name: 'web' }] },
      });
    }],
    ['the certificate', (stack) => {
      const task = new ecs.Ec2TaskDefinition(stack, 'Task');
      task.addContainer('app', {
        memoryLimitMiB: 256,
        image: new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, pullCheck: { caCertificate: lookUp(stack, '/registry/certificate') } }),
      });
    }],
  ];

  test.each(uses)('is looked up: %s', (_, use) => {
    const stack = newStack({ ...flags, ...CHECKED, ...REPORTED });
    use(stack);

    expect(missingIn(stack)).not.toEqual([]);
  });

  test('an error at the end of synth waits for the look-ups of all stacks', () => {
    const app = newApp({ ...flags, ...REPORTED });
    const other = new Stack(app, 'Other', { env: ENV });
    lookUp(other, '/prod/api/version');
    const stack = new Stack(app, 'Stack', { env: ENV });
    defineTask(stack, apiImage(), { executionRole: ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) });

    expect(missingIn(stack)).toHaveLength(1);
  });

  test('aws-cdk-lib alone looks up the tag too, but not the ARN', () => {
    const raw = newStack({ ...flags, ...REPORTED });
    defineTask(raw, ecs.ContainerImage.fromRegistry(`ghcr.io/acme/api:${lookUp(raw, '/prod/api/version')}`));
    expect(missingIn(raw)).toHaveLength(1);
    expect(messageOf(() => secretsmanager.Secret.fromSecretCompleteArn(raw, 'Secret', lookUp(raw, '/ghcr/secret-arn')))).toMatch(/ARN|secretCompleteArn/);
  });
});

describe('after the look-up', () => {
  test('a value is judged like any other', () => {
    const context = { [`ssm:account=${ENV.account}:parameterName=/ghcr/secret-arn:region=${ENV.region}`]: 'ghcr-pull' };
    const stack = newStack(context);
    expectError(() => defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(lookUp(stack, '/ghcr/secret-arn'))), 'invalidSecretArn', 'expected a complete ARN like');
  });

  test('an execution role of another account fails', () => {
    const stack = newStack();
    const executionRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/exec');
    expectError(() => defineTask(stack, apiImage(), { executionRole }), 'executionRoleOfOtherAccount', 'account 123456789012');
  });
});

describe.each(FLAG_SETS)('a dynamic reference as text, with %s', (_name, flags) => {
  /** The text as anybody writes it, and as aws-cdk-lib renders its own construct. */
  function bothWays(use: (stack: Stack, reference: string) => void): any[] {
    const token = new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/prod/value').toString();
    return ['{{resolve:ssm:/prod/value}}', token].map((reference) => {
      const stack = newStack({ ...flags, ...CHECKED });
      use(stack, reference);
      expect(warningIdsOf(stack)).toEqual([]);
      return templateOf(stack);
    });
  }

  const uses: Array<[what: string, use: (stack: Stack, reference: string) => void]> = [
    ['the tag', (stack, tag) => defineTask(stack, new PrivateRegistryImage(`ghcr.io/acme/api:${tag}`, { credentials: CREDENTIALS }))],
    ['the tag between texts', (stack, tag) => defineTask(stack, new PrivateRegistryImage(`acme/api:v${tag}-alpine`, { credentials: CREDENTIALS }))],
    ['the image', (stack, image) => {
      defineTask(stack, new PrivateRegistryImage(image, { credentials: CREDENTIALS, provider: RegistryProvider.GHCR }));
    }],
    ['the ARN of the secret', (stack, arn) => defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(arn))],
    ['the end of the ARN of the secret', (stack, end) => defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(`${SECRET_ARN.slice(0, -6)}${end}`))],
    ['the name of the secret', (stack, name) => defineTaskWith(stack, RegistryCredentials.fromSecretName(name))],
    ['the ARN of the key', (stack, encryptionKeyArn) => {
      defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn }));
    }],
  ];

  test.each(uses)('is the same as the construct: %s', (_, use) => {
    const [text, token] = bothWays(use);
    // The hash in the ids is that of what the properties resolve to.
    expect(text).toEqual(token);
  });

  test('is written as it is', () => {
    const stack = newStack(flags);
    const reference = 'ghcr.io/acme/api:{{resolve:ssm:/prod/api/version}}';
    defineTask(stack, new PrivateRegistryImage(reference, { credentials: CREDENTIALS }));
    const raw = newStack(flags);
    defineTask(raw, ecs.ContainerImage.fromRegistry(reference));

    expect(containersOf(stack)[0].Image).toBe(reference);
    expect(containersOf(raw)[0].Image).toBe(reference);
  });

  test('is not split by CloudFormation, which does it before it resolves the ARN', () => {
    const stack = newStack({ ...flags, ...CHECKED });
    const arn = '{{resolve:ssm:/ghcr/secret-arn}}';
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(arn, { encryptionKeyArn: '{{resolve:ssm:/ghcr/key-arn}}' }));

    expect(JSON.stringify(templateOf(stack))).not.toContain('Fn::Split');
    Template.fromStack(stack).hasResourceProperties('Custom::PrivateRegistryPullCheck', { Secret: arn, SecretRegion: ENV.region });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt', Resource: '{{resolve:ssm:/ghcr/key-arn}}' })]) },
    });
  });

  test('names a role', () => {
    const stack = newStack(flags);
    defineTask(stack, apiImage(), { executionRole: iam.Role.fromRoleName(stack, 'Role', '{{resolve:ssm:exec-role}}') });

    expect(resourcesOf(stack, 'AWS::IAM::Policy').map((policy) => policy.Properties.Roles)).toEqual([['{{resolve:ssm:exec-role}}']]);
    expect(statementsOf(stack)).toEqual([expect.objectContaining({ Action: 'secretsmanager:GetSecretValue' })]);
  });

  test('in the account of a role does not tell the account, but aws-cdk-lib adds no policy', () => {
    const executionRole = (stack: Stack) => iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::{{resolve:ssm:/account}}:role/exec');
    const [raw, stack, managed] = [newStack(flags), newStack(flags), newStack(flags)];
    defineTask(raw, ecs.ContainerImage.fromRegistry(IMAGE, { credentials: rawSecret(raw) }), { executionRole: executionRole(raw) });

    expect(resourcesOf(raw, 'AWS::IAM::Policy')).toEqual([]);
    expectError(() => defineTask(stack, apiImage(), { executionRole: executionRole(stack) }), 'executionRoleImmutable');
    defineTaskWith(managed, CREDENTIALS, { executionRole: executionRole(managed) }, { rolePolicyManagedExternally: true });
    templateOf(managed);
  });

  test('cannot be the host of a registry', () => {
    expectError(() => RegistryProvider.custom('{{resolve:ssm:/registry/host}}'), 'invalidRegistryHost', 'is an unresolved token');
    expectError(() => new PrivateRegistryImage('{{resolve:ssm:/registry/host}}/acme/api:1', { credentials: CREDENTIALS }), 'unknownRegistry');
  });
});

test('a trust policy that is wrong is an error once nothing is missing', () => {
  const stack = newStack();
  defineTask(stack, apiImage(), { executionRole: ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) });

  expectSynthError(stack, 'executionRoleNotAssumable');
});
