import { Aspects, CfnOutput, Fn, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { ENV, FLAG_SETS, IMAGE, KEY_ARN, newApp, newStack, SECRET_ARN, warningIdsOf } from '../support/synth';
import { defineTask, defineTaskWith, ecsRole, ownerPoliciesOf, ownSecret, stackWith } from '../support/tasks';

const OWNER = '999988887777';
const OTHER_SECRET = SECRET_ARN.replace('111122223333', OWNER);
const OTHER_KEY = KEY_ARN.replace('111122223333', OWNER);
const CREDENTIALS = RegistryCredentials.fromSecretCompleteArn(OTHER_SECRET, { encryptionKeyArn: OTHER_KEY });

function registryIn(stack: Stack, credentials = CREDENTIALS): PrivateRegistry {
  return new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials });
}

/** The ARN patterns of the roles that both policies are narrowed down to. */
function readersIn(registry: PrivateRegistry): unknown {
  const { secretPolicy, keyPolicy } = ownerPoliciesOf(registry);
  const [patterns, patternsOfKey] = [secretPolicy, keyPolicy].map((policy) => policy.Statement[0].Condition?.ArnLike?.['aws:PrincipalArn']);
  expect(patternsOfKey).toEqual(patterns);
  return patterns;
}

describe('before anybody reads the secret', () => {
  test('the account of the consumer', () => {
    expect(ownerPoliciesOf(registryIn(newStack()))).toEqual({
      secretPolicy: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Principal: { AWS: ['arn:aws:iam::111122223333:root'] },
          Action: 'secretsmanager:GetSecretValue',
          Resource: OTHER_SECRET,
          Condition: {},
        }],
      },
      keyPolicy: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Principal: { AWS: ['arn:aws:iam::111122223333:root'] },
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
        }],
      },
    });
  });

  test.each([
    ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com'],
    ['aws-iso', 'us-iso-east-1', 'c2s.ic.gov'],
  ])('in the partition %s', (partition, region, suffix) => {
    const stack = newStack({}, { ...ENV, region });
    const [arn, encryptionKeyArn] = [OTHER_SECRET, OTHER_KEY].map((one) => one.replace('arn:aws', `arn:${partition}`).replace('eu-west-1', region));
    const { secretPolicy, keyPolicy } = ownerPoliciesOf(registryIn(stack, RegistryCredentials.fromSecretCompleteArn(arn, { encryptionKeyArn })));

    expect(secretPolicy.Statement[0].Principal).toEqual({ AWS: [`arn:${partition}:iam::111122223333:root`] });
    expect(keyPolicy.Statement[0].Condition).toEqual({ StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${suffix}` } });
  });

  test('in a Region that is not known: CloudFormation knows the suffix', () => {
    const { keyPolicy } = ownerPoliciesOf(registryIn(newStack({}, {}), RegistryCredentials.fromSecretName('ghcr')));

    expect(keyPolicy.Statement[0].Condition).toEqual({
      StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
    });
  });

  test('a secret of the app: its ARN is resolved', () => {
    const stack = newStack();
    const secret = ownSecret(stack);
    const { secretPolicy } = ownerPoliciesOf(registryIn(stack, RegistryCredentials.fromSecret(secret)));

    expect(secretPolicy.Statement[0].Resource).toEqual(stack.resolve(secret.secretArn));
  });
});

describe('the roles that read the secret', () => {
  test('a role without a name: the beginning of the name of its stack', () => {
    const stack = new Stack(newApp(), 'AStackWithALongNameOfItsOwn', { env: ENV });
    const registry = registryIn(stack);
    defineTask(stack, registry.image(IMAGE));

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/AStackWithALongNameO*']);
  });

  test('a role with a name and a path', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    defineTask(stack, registry.image(IMAGE), { executionRole: ecsRole(stack, { roleName: 'exec', path: '/tasks/' }) });

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/tasks/exec']);
  });

  test('a role that was imported by its ARN', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    const executionRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/tasks/exec');
    defineTask(stack, registry.image(IMAGE), { executionRole });

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/tasks/exec']);
  });

  test('a role that was imported by its name', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    defineTask(stack, registry.image(IMAGE), { executionRole: iam.Role.fromRoleName(stack, 'Role', 'exec') });

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/exec']);
  });

  test('a role that was imported by an ARN that is not known', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    defineTask(stack, registry.image(IMAGE), { executionRole: iam.Role.fromRoleArn(stack, 'Role', Fn.importValue('RoleArn')) });

    expect(readersIn(registry)).toEqual([{ 'Fn::ImportValue': 'RoleArn' }]);
  });

  test('a role that cannot be changed from here', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    const executionRole = ecsRole(stack, { roleName: 'exec' }).withoutPolicyUpdates();
    defineTask(stack, registry.image(IMAGE, { rolePolicyManagedExternally: true }), { executionRole });

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/exec']);
  });

  test('a role that is made when it is needed', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    const executionRole = new iam.LazyRole(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), roleName: 'exec' });
    defineTask(stack, registry.image(IMAGE), { executionRole });

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/exec']);
  });

  test('each once, from every stack that uses the registry', () => {
    const app = newApp();
    const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
    const registry = registryIn(one);
    defineTask(one, registry.image(IMAGE), {}, 'A');
    defineTask(one, registry.image(IMAGE), {}, 'B');
    defineTask(two, registry.image(IMAGE));

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/One-*', 'arn:aws:iam::111122223333:role/Two-*']);
  });

  test.each<[string, Partial<iam.RoleProps>, string]>([
    ['without a name', {}, 'role/Platform-*'],
    ['with a name and a path', { roleName: 'exec', path: '/tasks/' }, 'role/tasks/exec'],
  ])('a role of another stack, %s', (_, props, pattern) => {
    const app = newApp();
    const platform = new Stack(app, 'Platform', { env: ENV });
    const stack = new Stack(app, 'Stack', { env: ENV });
    const registry = registryIn(stack);
    const executionRole = ecsRole(platform, props);
    defineTask(stack, registry.image(IMAGE), { executionRole });
    new PrivateRegistryFargateService(stack, 'Api', { registry, image: IMAGE, executionRole });

    expect(readersIn(registry)).toEqual([`arn:aws:iam::111122223333:${pattern}`]);
  });

  test('whoever else may pull, if it is a role', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    registry.grantPull(ecsRole(stack, { roleName: 'puller' }));
    registry.grantPull(new iam.User(stack, 'User'));

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/puller']);
  });

  test('from several accounts', () => {
    const app = newApp();
    const [one, two] = ['111122223333', '444455556666'].map((account) => new Stack(app, `Stack${account}`, { env: { ...ENV, account } }));
    const registry = registryIn(one);
    defineTask(two, registry.image(IMAGE));

    expect(ownerPoliciesOf(registry).secretPolicy.Statement[0].Principal).toEqual({ AWS: ['arn:aws:iam::444455556666:root'] });
    expect(readersIn(registry)).toEqual(['arn:aws:iam::444455556666:role/Stack444455556666-*']);

    defineTask(one, registry.image(IMAGE));
    expect(ownerPoliciesOf(registry).secretPolicy.Statement[0].Principal).toEqual({
      AWS: ['arn:aws:iam::444455556666:root', 'arn:aws:iam::111122223333:root'],
    });
  });

  test('a role of a nested stack, whose name begins with that of the stack that is deployed', () => {
    const stack = newStack();
    const nested = new NestedStack(new NestedStack(stack, 'Nested'), 'Deeper');
    const registry = registryIn(nested);
    defineTask(nested, registry.image(IMAGE));

    expect(readersIn(registry)).toEqual(['arn:aws:iam::111122223333:role/Stack-*']);
  });

  test('a role that gets its name and path later', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    const [byAspect, byOverride] = ['One', 'Two'].map((id) => ecsRole(stack, {}, id));
    const policies = registry.ownerPolicies();
    const output = new CfnOutput(stack, 'Policy', { value: stack.toJsonString(policies.secretPolicy) });
    [byAspect, byOverride].forEach((executionRole, index) => defineTask(stack, registry.image(IMAGE), { executionRole }, `Task${index}`));
    Aspects.of(byAspect).add({ visit: (node) => node instanceof iam.CfnRole && (node.roleName = 'acme-exec') });
    (byOverride.node.defaultChild as iam.CfnRole).addPropertyOverride('RoleName', 'acme-other');
    (byOverride.node.defaultChild as iam.CfnRole).addPropertyOverride('Path', '/tasks/');

    const { Value: json } = Template.fromStack(stack).findOutputs(output.node.id).Policy;
    expect(JSON.parse(json).Statement[0].Condition.ArnLike['aws:PrincipalArn']).toEqual([
      'arn:aws:iam::111122223333:role/acme-exec', 'arn:aws:iam::111122223333:role/tasks/acme-other',
    ]);
  });

  test('a role with a name that only CloudFormation knows', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    const executionRole = ecsRole(stack, { roleName: Fn.importValue('RoleName'), path: '/tasks/' });
    defineTask(stack, registry.image(IMAGE), { executionRole });

    expect(readersIn(registry)).toEqual([{ 'Fn::Join': ['', ['arn:aws:iam::111122223333:role/tasks/', stack.resolve(executionRole.roleName)]] }]);
  });
});

describe('the policies of a whole app', () => {
  test('have the readers of the same secret, wherever they are and whoever defined their credentials', () => {
    const app = newApp();
    const define = (stack: Stack) => defineTask(stack, new PrivateRegistryImage(IMAGE, {
      credentials: RegistryCredentials.fromSecretCompleteArn(OTHER_SECRET, { encryptionKeyArn: OTHER_KEY }),
    }));
    const security = registryIn(new Stack(app, 'Security', { env: { ...ENV, account: OWNER } }));
    define(new Stack(app, 'One', { env: ENV }));
    define(new NestedStack(new Stack(app, 'Two', { env: ENV }), 'Nested'));
    define(new Stack(new Stage(app, 'Prod', { env: { ...ENV, account: '444455556666' } }), 'Api'));
    const other = new Stack(app, 'Other', { env: ENV });
    new PrivateRegistryFargateService(other, 'Api', { image: IMAGE, credentials: RegistryCredentials.fromSecretCompleteArn(SECRET_ARN) });

    expect(readersIn(security)).toEqual([
      'arn:aws:iam::111122223333:role/One-*', 'arn:aws:iam::111122223333:role/Two-*', 'arn:aws:iam::444455556666:role/Prod-Api-*',
    ]);
    expect(ownerPoliciesOf(security).secretPolicy.Statement[0].Principal).toEqual({
      AWS: ['arn:aws:iam::111122223333:root', 'arn:aws:iam::444455556666:root'],
    });
  });

  test('tell secrets of the same name in two accounts apart', () => {
    const app = newApp();
    const registries = ['111122223333', '444455556666'].map((account) => {
      const stack = new Stack(app, `Stack${account}`, { env: { ...ENV, account } });
      defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecretName('ghcr') }));
      return registryIn(stack, RegistryCredentials.fromSecretName('ghcr'));
    });

    const [one, two] = registries.map((registry) => JSON.stringify(readersIn(registry)));
    expect(one).toMatch(/^(?!.*444455556666).*:iam::111122223333:role\/Stack111122223333-\*/);
    expect(two).toMatch(/^(?!.*111122223333).*:iam::444455556666:role\/Stack444455556666-\*/);
  });

  test('have no reader of another app', () => {
    defineTask(newStack(), new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS }));

    expect(readersIn(registryIn(newStack()))).toBeUndefined();
  });
});

describe('a replicated secret', () => {
  const replicated = RegistryCredentials.fromSecretCompleteArn(OTHER_SECRET, {
    encryptionKeyArn: OTHER_KEY.replace('key/', 'key/mrk-'), replicaRegions: ['eu-central-1'],
  });
  const REPLICA = OTHER_SECRET.replace('eu-west-1', 'eu-central-1');

  test('is named by the replica that the stack reads', () => {
    const stack = newStack({}, { ...ENV, region: 'eu-central-1' });
    const registry = registryIn(stack, replicated);
    for (const define of [() => undefined, () => defineTask(stack, registry.image(IMAGE))]) {
      define();
      const { secretPolicy, keyPolicy } = ownerPoliciesOf(registry);
      expect(secretPolicy.Statement[0].Resource).toBe(REPLICA);
      expect(keyPolicy.Statement[0].Condition.StringEquals).toEqual({ 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' });
    }
    expectWarning(stack, 'crossAccountSecret', REPLICA, OWNER);
  });

  test('is named by all of them that the stacks of the app read', () => {
    const app = newApp();
    const stacks = ['eu-west-1', 'eu-central-1', 'us-east-1'].map((region) => new Stack(app, region, { env: { ...ENV, region } }));
    stacks.forEach((stack) => defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: replicated })));

    const { secretPolicy, keyPolicy } = ownerPoliciesOf(registryIn(stacks[1], replicated));
    expect(secretPolicy.Statement[0].Resource).toEqual([OTHER_SECRET, REPLICA]);
    expect(keyPolicy.Statement[0].Condition.StringEquals).toEqual({
      'kms:ViaService': ['secretsmanager.eu-west-1.amazonaws.com', 'secretsmanager.eu-central-1.amazonaws.com'],
    });
  });
});

describe('policies that were asked for before the readers are defined', () => {
  test.each(FLAG_SETS)('name them, in the output of a stack with %s', (_, flags) => {
    const app = newApp(flags);
    const stack = new Stack(app, 'Stack', { env: ENV });
    const registry = registryIn(stack);
    const { secretPolicy, keyPolicy } = registry.ownerPolicies();
    new CfnOutput(stack, 'SecretPolicy', { value: stack.toJsonString(secretPolicy) });
    new CfnOutput(stack, 'KeyPolicy', { value: stack.toJsonString(keyPolicy) });
    defineTask(stack, registry.image(IMAGE), { executionRole: ecsRole(stack, { roleName: 'exec' }) });
    defineTask(new Stack(app, 'Other', { env: { ...ENV, account: '444455556666' } }), registry.image(IMAGE));

    for (const output of ['SecretPolicy', 'KeyPolicy']) {
      const { Statement: [statement] } = JSON.parse(Template.fromStack(stack).findOutputs(output)[output].Value);
      expect(statement.Principal.AWS).toEqual(['arn:aws:iam::111122223333:root', 'arn:aws:iam::444455556666:root']);
      expect(statement.Condition.ArnLike).toEqual({
        'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/exec', 'arn:aws:iam::444455556666:role/Other-*'],
      });
    }
  });

  test('can be completed with statements of the owner', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    const { secretPolicy } = registry.ownerPolicies();
    secretPolicy.addStatements(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['secretsmanager:DeleteSecret'], resources: ['*'], principals: [new iam.AnyPrincipal()] }));
    defineTask(stack, registry.image(IMAGE));

    expect(stack.resolve(secretPolicy).Statement.map((statement: any) => [statement.Effect, statement.Condition?.ArnLike])).toEqual([
      ['Allow', { 'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/Stack-*'] }],
      ['Deny', undefined],
    ]);
  });
});

describe('a secret of another account', () => {
  test('is warned about, with the way to the policies of its owner', () => {
    const stack = newStack();
    defineTask(stack, registryIn(stack).image(IMAGE));

    expectWarning(stack, 'crossAccountSecret', OTHER_SECRET, OWNER, '111122223333', 'PrivateRegistry.ownerPolicies()');
  });

  test('is warned about once in each stack, however many tasks, registries and nested stacks read it', () => {
    const app = newApp();
    const stacks = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
    for (const stack of stacks) {
      const registry = registryIn(stack);
      defineTask(stack, registry.image(IMAGE), {}, 'A');
      defineTask(stack, registry.image(IMAGE), {}, 'B');
      defineTask(new NestedStack(stack, 'Nested'), new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS }));
    }

    expect(stacks.map(warningIdsOf)).toEqual([['crossAccountSecret'], ['crossAccountSecret']]);
  });

  test('is not warned about where the account is not known', () => {
    const stack = newStack({}, {});
    defineTaskWith(stack, CREDENTIALS);

    expectSilence(stack);
  });

  test('fails without its key', () => {
    expectError(() => stackWith(RegistryCredentials.fromSecretCompleteArn(OTHER_SECRET)), 'crossAccountSecretWithoutKey', OTHER_SECRET, 'encryptionKeyArn');
  });

  test('fails by its name, from a stack of a third account', () => {
    const app = newApp();
    const registry = registryIn(new Stack(app, 'One', { env: ENV }), RegistryCredentials.fromSecretName('ghcr'));

    expectError(() => defineTask(new Stack(app, 'Two', { env: { ...ENV, account: OWNER } }), registry.image(IMAGE)),
      'crossAccountSecretIncomplete', '"ghcr"', OWNER, 'fromSecretCompleteArn()');
  });

  test('fails by a name in a registry of another Region', () => {
    const app = newApp();
    const registry = registryIn(new Stack(app, 'One', { env: ENV }), RegistryCredentials.fromSecretName('ghcr'));

    expectError(() => defineTask(new Stack(app, 'Two', { env: { ...ENV, region: 'us-east-1' } }), registry.image(IMAGE)),
      'crossRegionSecretIncomplete', '"ghcr"', 'us-east-1');
  });

  test('fails if a stack of the app owns it', () => {
    const app = newApp();
    const secret = ownSecret(new Stack(app, 'Owner', { env: { ...ENV, account: OWNER } }), { secretName: 'ghcr' });

    expectError(() => defineTaskWith(new Stack(app, 'Stack', { env: ENV }), RegistryCredentials.fromSecret(secret)),
      'secretOfOtherAccountStack', 'Owner/Secret', OWNER, '(at Stack/Task/app)');
  });
});
