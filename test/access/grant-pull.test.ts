import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aspects, Aws, CfnCondition, CfnParameter, Fn, NestedStack, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { PrivateRegistryFargateService, PrivateRegistryImage, RegistryCredentials } from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { acknowledge, expectError, expectSilence, expectSynthError, expectWarning } from '../support/errors';
import { ENV, FLAG_SETS, IMAGE, KEY_ARN, newApp, newStack, pullStatementsOf, resourcesOf, SECRET_ARN, statementsOf, warningIdsOf } from '../support/synth';
import { apiImage, CREDENTIALS, defineTask, defineTaskWith, ecsRole, expectTaskWaitsForPolicy, ownSecret } from '../support/tasks';

const PULL_STATEMENT = { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN };
const ROLE_ARN = 'arn:aws:iam::111122223333:role/exec';

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test('a role of its own: at its usual place, for ECS tasks only, with nothing but the pull', () => {
    const stack = newStack(flags);
    defineTask(stack, apiImage());

    const roles = resourcesOf(stack, 'AWS::IAM::Role').filter((role) => JSON.stringify(role).includes('ecs-tasks'));
    expect(roles).toHaveLength(2);
    for (const role of roles) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
    expect(stack.node.findChild('Task').node.tryFindChild('ExecutionRole')).toBeDefined();
    expect(statementsOf(stack)).toEqual([PULL_STATEMENT]);
    expectTaskWaitsForPolicy(stack);
  });

  test('a role of the stack', () => {
    const stack = newStack(flags);
    const executionRole = ecsRole(stack);
    defineTask(stack, apiImage(), { executionRole });

    expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
    expect(resourcesOf(stack, 'AWS::IAM::Policy')[0].Properties.Roles).toEqual([stack.resolve(executionRole.roleName)]);
    expectTaskWaitsForPolicy(stack);
    expectSilence(stack);
  });

  test.each<[string, (stack: Stack) => iam.IRole]>([
    ['ARN', (stack) => iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN)],
    ['name', (stack) => iam.Role.fromRoleName(stack, 'Role', 'exec')],
  ])('a role imported by %s', (_name, roleIn) => {
    const stack = newStack(flags);
    defineTask(stack, apiImage(), { executionRole: roleIn(stack) });

    expect(resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.Roles)).toEqual([['exec']]);
    expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
    expectTaskWaitsForPolicy(stack);
    expectSilence(stack);
  });

  test('a role that is made when it is needed', () => {
    const stack = newStack(flags);
    const executionRole = new iam.LazyRole(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    defineTask(stack, apiImage(), { executionRole });

    expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
    expectTaskWaitsForPolicy(stack);
    expectSilence(stack);
  });

  test('several task definitions with one role: one statement', () => {
    const stack = newStack(flags);
    const executionRole = ecsRole(stack);
    defineTask(stack, apiImage(), { executionRole }, 'One');
    defineTask(stack, apiImage(), { executionRole }, 'Two');

    expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
    expectTaskWaitsForPolicy(stack);
  });

  describe('of another stack', () => {
    function define(roleIn: (platform: Stack) => iam.IRole): { platform: Stack; stacks: Stack[] } {
      const app = newApp(flags);
      const platform = new Stack(app, 'Platform', { env: ENV });
      // Newer versions refuse a template without resources.
      new sqs.Queue(platform, 'Queue');
      const executionRole = roleIn(platform);
      const stacks = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
      for (const stack of stacks) {
        const task = defineTask(stack, apiImage(), { executionRole });
        task.addContainer('sidecar', { image: apiImage() });
      }
      return { platform, stacks };
    }

    test.each<[string, (platform: Stack) => iam.IRole]>([
      ['owned', (platform) => ecsRole(platform)],
      ['owned, with a name', (platform) => ecsRole(platform, { roleName: 'exec' })],
      ['imported', (platform) => iam.Role.fromRoleArn(platform, 'Role', ROLE_ARN)],
    ])('%s: each stack has its policy for it, under a name of its own', (_name, roleIn) => {
      const { platform, stacks } = define(roleIn);

      for (const stack of stacks) {
        expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
        expectTaskWaitsForPolicy(stack);
      }
      const names = stacks.flatMap((stack) => resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.PolicyName));
      expect(names).toEqual(stacks.map((stack) => expect.stringMatching(new RegExp(`^PrivateRegistryPull-${stack.stackName}-[0-9a-f]{16}-eu-west-1$`))));
      expect(platform.node.findAll().filter((construct) => construct instanceof iam.CfnPolicy)).toEqual([]);
      expect([platform, ...stacks].flatMap(warningIdsOf)).toEqual([]);
    });

    test('two stacks with one name in two Regions: neither policy overwrites the other', () => {
      const app = newApp(flags);
      const platform = new Stack(app, 'Platform', { env: ENV });
      const executionRole = ecsRole(platform, { roleName: 'exec' });
      const stacks = ['eu-west-1', 'us-east-1'].map((region) => new Stack(app, region, { stackName: 'api', env: { ...ENV, region } }));
      stacks.forEach((stack) => defineTask(stack, apiImage(), { executionRole }));
      const names = stacks.map((stack) => resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.PolicyName));

      expect(names).toEqual([
        [expect.stringMatching(/^PrivateRegistryPull-api-[0-9a-f]{16}-eu-west-1$/)],
        [expect.stringMatching(/^PrivateRegistryPull-api-[0-9a-f]{16}-us-east-1$/)],
      ]);
    });

    test('a stack whose Region is not known writes it when it is deployed', () => {
      const app = newApp(flags);
      const stack = new Stack(app, 'Api');
      defineTask(stack, apiImage(), { executionRole: ecsRole(new Stack(app, 'Platform'), { roleName: 'exec' }) });

      expect(resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.PolicyName))
        .toEqual([{ 'Fn::Join': ['', [expect.stringMatching(/^PrivateRegistryPull-Api-[0-9a-f]{16}-$/), { Ref: 'AWS::Region' }]] }]);
    });

    test('forty services: one policy, which IAM accepts', () => {
      const app = newApp(flags);
      const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV }));
      const stack = new Stack(app, 'Stack', { env: ENV });
      for (let service = 0; service < 40; service++) {
        defineTask(stack, apiImage(), { executionRole }, `Task${service}`);
      }

      const policies = resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) => Properties.PolicyName.startsWith('PrivateRegistryPull-'));
      expect(policies.map(({ Properties }) => Properties.PolicyDocument.Statement)).toEqual([[PULL_STATEMENT]]);
      expectTaskWaitsForPolicy(stack);
    });

    test('the logs of a PrivateRegistryFargateService: in a policy of this stack, whose name contains the Region', () => {
      const app = newApp(flags);
      const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV }));
      const stack = new Stack(app, 'Stack', { env: ENV });
      new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, executionRole });

      const { DependsOn: waits } = resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0];
      const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
      expect(policies.map(([, { Properties }]) => Properties.PolicyName).sort())
        .toEqual([
          'PrivateRegistryAccess-StackApiImportedExecutionRole7DAEFEF5-eu-west-1',
          expect.stringMatching(/^PrivateRegistryPull-Stack-[0-9a-f]{16}-eu-west-1$/),
        ]);
      expect(waits).toEqual(expect.arrayContaining(policies.map(([id]) => id)));
    });

    test('two stacks whose names differ only in hyphens', () => {
      const app = newApp(flags);
      const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV }));
      const stacks = ['shop-1-12', 'shop-11-2'].map((id) => new Stack(app, id, { env: ENV }));
      stacks.forEach((stack) => defineTask(stack, apiImage(), { executionRole }));

      const names = stacks.flatMap((stack) => resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.PolicyName));
      expect(new Set(names).size).toBe(2);
    });

    test('two roles of two stacks, imported by their ARNs: each gets its policy', () => {
      const app = newApp(flags);
      const roles = ['One', 'Two'].map((id) => ecsRole(new Stack(app, id, { env: ENV })));
      const stack = new Stack(app, 'Stack', { env: ENV });
      roles.forEach((role, index) => (
        defineTask(stack, apiImage(), { executionRole: iam.Role.fromRoleArn(stack, `Role${index}`, role.roleArn) }, `Task${index}`)
      ));

      const policies = resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) => Properties.PolicyName.startsWith('PrivateRegistryPull-'));
      expect(policies).toHaveLength(2);
      expect(new Set(policies.map(({ Properties }) => JSON.stringify(Properties.Roles))).size).toBe(2);
    });

    test('one role, imported in two ways: two names', () => {
      const app = newApp(flags);
      const stack = new Stack(app, 'Stack', { env: ENV });
      defineTask(stack, apiImage(), { executionRole: iam.Role.fromRoleName(stack, 'ByName', 'exec') }, 'One');
      defineTask(stack, apiImage(), { executionRole: iam.Role.fromRoleArn(stack, 'ByArn', ROLE_ARN) }, 'Two');

      const names = resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.PolicyName);
      expect(new Set(names).size).toBe(names.length);
    });

    test('a service that waits for another one, each with its secret: no cycle', () => {
      const app = newApp(flags);
      const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV }));
      const stack = new Stack(app, 'Stack', { env: ENV });
      const [first, second] = ['First', 'Second'].map((id) => new PrivateRegistryFargateService(stack, id, {
        image: IMAGE,
        credentials: RegistryCredentials.fromSecretValue({ username: 'bot', password: SecretValue.secretsManager('tokens', { jsonField: id }) }),
        executionRole,
      }));
      second.node.addDependency(first);

      expect(dependencyCycle(Template.fromStack(stack, { skipCyclicalDependenciesCheck: true }).toJSON())).toBeUndefined();
    });

    test('a policy that the app adds to the imported role keeps its name', () => {
      const app = newApp(flags);
      const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV }));
      const stack = new Stack(app, 'Stack', { env: ENV });
      const service = new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, executionRole });
      const statements = [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::config/app.json'] })];
      new iam.Policy(service.executionRole as iam.Role, 'Mine', { policyName: 'mine', roles: [service.executionRole], statements });

      expect(resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.PolicyName)).toContain('mine');
    });

    test('the parent of a nested stack', () => {
      const parent = newStack(flags);
      const executionRole = ecsRole(parent);
      const nested = new NestedStack(parent, 'Nested');
      defineTask(nested, apiImage(), { executionRole });
      defineTask(parent, apiImage(), { executionRole });

      Template.fromStack(parent);
      for (const stack of [parent, nested]) {
        expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
        expectTaskWaitsForPolicy(stack);
      }
    });

    test('fails if ECS tasks cannot assume it', () => {
      const { stacks } = define((platform) => ecsRole(platform, { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }));

      expectSynthError(stacks[0], 'executionRoleNotAssumable', 'Platform/Role', 'ec2.amazonaws.com');
    });
  });
});

describe('a role that cannot be changed', () => {
  const immutable: Array<[string, (stack: Stack) => iam.IRole, string]> = [
    ['imported', (stack) => iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN, { mutable: false }), `"${ROLE_ARN}"`],
    ['imported by name', (stack) => iam.Role.fromRoleName(stack, 'Role', 'exec', { mutable: false }), '"exec"'],
    ['of the app', (stack) => ecsRole(stack).withoutPolicyUpdates(), 'Stack/Role'],
  ];

  test.each(immutable)('fails with the whole policy: %s', (_, roleIn, name) => {
    const stack = newStack();
    const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN });
    const message = expectError(() => defineTaskWith(stack, credentials, { executionRole: roleIn(stack) }),
      'executionRoleImmutable', name, 'this app cannot change', 'rolePolicyManagedExternally: true');

    expect(JSON.parse(/(\{"Version".*\}) \(at /.exec(message)![1])).toEqual({
      Version: '2012-10-17',
      Statement: [PULL_STATEMENT, {
        Action: 'kms:Decrypt',
        Effect: 'Allow',
        Resource: KEY_ARN,
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } } },
      }],
    });
  });

  test.each(immutable)('somebody else attaches the policy: %s', (_, roleIn) => {
    const stack = newStack();
    defineTaskWith(stack, CREDENTIALS, { executionRole: roleIn(stack) }, { rolePolicyManagedExternally: true });

    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
    expectSilence(stack);
  });

  test('of another stack, with a policy that somebody else attaches', () => {
    const app = newApp();
    const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV })).withoutPolicyUpdates();
    const stack = new Stack(app, 'Stack', { env: ENV });
    defineTaskWith(stack, CREDENTIALS, { executionRole }, { rolePolicyManagedExternally: true });

    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
    expectSilence(stack);
  });

  test('a role that can be changed gets the policy in any case', () => {
    const stack = newStack();
    defineTaskWith(stack, CREDENTIALS, {}, { rolePolicyManagedExternally: true });

    expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
  });

  test('addGrantsToResources: the secret gets the policy', () => {
    const stack = newStack();
    const executionRole = iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN, { mutable: false, addGrantsToResources: true });
    defineTaskWith(stack, RegistryCredentials.fromSecret(ownSecret(stack)), { executionRole });

    const [policy] = resourcesOf(stack, 'AWS::SecretsManager::ResourcePolicy');
    expect(policy.Properties.ResourcePolicy.Statement).toEqual([expect.objectContaining({ Effect: 'Allow', Principal: { AWS: ROLE_ARN } })]);
    expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].DependsOn).toEqual(
      Object.keys(Template.fromStack(stack).findResources('AWS::SecretsManager::ResourcePolicy')));
    expectSilence(stack);
  });

  test('addGrantsToResources: the key of the app gets the policy, too', () => {
    const stack = newStack();
    const executionRole = iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN, { mutable: false, addGrantsToResources: true });
    defineTaskWith(stack, RegistryCredentials.fromSecret(ownSecret(stack, { encryptionKey: new kms.Key(stack, 'Key') })), { executionRole });

    expect(resourcesOf(stack, 'AWS::KMS::Key')[0].Properties.KeyPolicy.Statement)
      .toContainEqual(expect.objectContaining({ Action: 'kms:Decrypt', Principal: { AWS: ROLE_ARN } }));
    expectSilence(stack);
  });

  test.each<[string, (stack: Stack) => RegistryCredentials]>([
    ['an imported secret', () => CREDENTIALS],
    ['a secret by its name', () => RegistryCredentials.fromSecretName('ghcr-pull')],
    ['a secret with an imported key', (stack) => RegistryCredentials.fromSecret(ownSecret(stack, { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }))],
  ])('addGrantsToResources: fails with %s, whose policy the app cannot change', (_, credentialsIn) => {
    for (const rolePolicyManagedExternally of [undefined, true]) {
      const stack = newStack();
      const executionRole = iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN, { mutable: false, addGrantsToResources: true });
      const define = () => defineTaskWith(stack, credentialsIn(stack), { executionRole }, { rolePolicyManagedExternally });
      if (rolePolicyManagedExternally) {
        define();
        expectSilence(stack);
      } else {
        expectError(define, 'executionRoleImmutable', ROLE_ARN, 'secretsmanager:GetSecretValue');
      }
    }
  });
});

describe('a role of another account', () => {
  test.each([{}, { mutable: false }])('fails, imported with %p', (options) => {
    const stack = newStack();
    const executionRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::999988887777:role/exec', options);

    expectError(() => defineTaskWith(stack, CREDENTIALS, { executionRole }, { rolePolicyManagedExternally: true }),
      'executionRoleOfOtherAccount', 'arn:aws:iam::999988887777:role/exec', 'account 999988887777', 'account 111122223333', '(at Stack/Task/app)');
  });

  test('is not known in a stack without a fixed environment', () => {
    const stack = newStack({}, {});
    defineTask(stack, apiImage(), { executionRole: iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN) });

    expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
    expectTaskWaitsForPolicy(stack);
  });
});

describe('a role that the template does not have in the end', () => {
  const changes: Array<[how: string, change: (task: ecs.CfnTaskDefinition, arn: string) => void]> = [
    ['an override', (task, arn) => task.addPropertyOverride('ExecutionRoleArn', arn)],
    ['a property', (task, arn) => {
      task.executionRoleArn = arn;
    }],
    ['an Aspect', (task, arn) => Aspects.of(task).add({ visit: () => task.addPropertyOverride('ExecutionRoleArn', arn) }, { priority: 1000 })],
  ];

  function taskWith(image: ecs.ContainerImage = apiImage()): { stack: Stack; resource: ecs.CfnTaskDefinition } {
    const stack = newStack();
    const task = defineTask(stack, image);
    task.addContainer('sidecar', { image });
    return { stack, resource: task.node.defaultChild as ecs.CfnTaskDefinition };
  }

  test.each(changes)('is warned about, once for each task definition: another one by %s', (_, change) => {
    const { stack, resource } = taskWith();
    change(resource, ROLE_ARN);
    Template.fromStack(stack);

    expect(warningIdsOf(stack)).toEqual(['executionRoleReplaced']);
    expectWarning(stack, 'executionRoleReplaced', 'Stack/Task/ExecutionRole', 'Stack/Task/Resource', ROLE_ARN, 'PrivateRegistry.grantPull()');
  });

  test('is warned about: a role of the app', () => {
    const { stack, resource } = taskWith();
    resource.addPropertyOverride('ExecutionRoleArn', ecsRole(stack, {}, 'Other').roleArn);
    Template.fromStack(stack);

    expectWarning(stack, 'executionRoleReplaced', 'Stack/Task/ExecutionRole', '["Other34654A52","Arn"]');
  });

  test('is warned about: none', () => {
    const { stack, resource } = taskWith();
    resource.addPropertyDeletionOverride('ExecutionRoleArn');
    Template.fromStack(stack);

    expectWarning(stack, 'executionRoleReplaced', 'Stack/Task/ExecutionRole', 'no role');
  });

  test.each(changes)('nothing is said of the same one by %s', (_, change) => {
    const { stack, resource } = taskWith();
    change(resource, (stack.node.findChild('Task').node.findChild('ExecutionRole') as iam.Role).roleArn);
    expectSilence(stack);

    const executionRole = (other: Stack) => iam.Role.fromRoleName(other, 'Role', 'exec');
    const imported = newStack();
    change(defineTask(imported, apiImage(), { executionRole: executionRole(imported) }).node.defaultChild as ecs.CfnTaskDefinition, ROLE_ARN);
    expectSilence(imported);
  });

  test.each<[words: string, arnOf: (role: iam.Role, stack: Stack) => unknown]>([
    ['a text with its name', ({ roleName }) => `arn:aws:iam::111122223333:role/teams/${roleName}`],
    ['Fn::Sub', ({ node }, stack) => Fn.sub(`\${${stack.getLogicalId(node.defaultChild as iam.CfnRole)}.Arn}`)],
    ['Fn::Sub with a variable', ({ roleName }) => Fn.sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/teams/${Name}', { Name: roleName })],
  ])('nothing is said of the same one, in the words of %s', (_, arnOf) => {
    const stack = newStack();
    const role = ecsRole(stack, { path: '/teams/' });
    const task = defineTask(stack, apiImage(), { executionRole: role });
    (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('ExecutionRoleArn', arnOf(role, stack));
    expectSilence(stack);
  });

  test('nothing is said if its policy is managed elsewhere, or if the image is another one in the end', () => {
    const elsewhere = taskWith(new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, rolePolicyManagedExternally: true }));
    elsewhere.resource.addPropertyOverride('ExecutionRoleArn', ROLE_ARN);
    const replaced = taskWith();
    replaced.resource.addPropertyOverride('ContainerDefinitions', [{ Name: 'app', Image: 'nginx:1' }]);
    replaced.resource.addPropertyDeletionOverride('ExecutionRoleArn');
    expectSilence(elsewhere.stack, replaced.stack);
  });
});

describe('Role.customizeRoles()', () => {
  test('is silent, and the report has the statement', () => {
    const app = newApp();
    const stack = new Stack(app, 'Stack', { env: ENV });
    iam.Role.customizeRoles(stack, { usePrecreatedRoles: { 'Stack/Task/ExecutionRole': 'exec', 'Stack/Task/TaskRole': 'task' } });
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    task.addContainer('app', { image: apiImage(), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'app' }) });

    const assembly = app.synth();
    expect(Template.fromStack(stack).findResources('AWS::IAM::Policy')).toEqual({});
    expectSilence(stack);
    const report = JSON.parse(readFileSync(`${assembly.directory}/iam-policy-report.json`, 'utf8'));
    expect(JSON.stringify(report)).toContain(SECRET_ARN);
    expect(JSON.stringify(report)).toContain('secretsmanager:GetSecretValue');
  });

  test('is silent for a given role, also of another stack', () => {
    const app = newApp();
    iam.Role.customizeRoles(app, { usePrecreatedRoles: { 'Platform/Role': 'exec', 'Stack/Task/TaskRole': 'task' } });
    const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV }));
    const stack = new Stack(app, 'Stack', { env: ENV });
    defineTask(stack, apiImage(), { executionRole });

    expectSilence(stack);
    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
  });

  test.each<[string, (stack: Stack, executionRole: iam.IRole) => unknown]>([
    ['a task definition', (stack, executionRole) => defineTask(stack, apiImage(), { executionRole })],
    ['a service', (stack, executionRole) => new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, executionRole })],
  ])('of the stack of a role alone: the report has what %s of another stack needs', (_, define) => {
    const app = newApp();
    const platform = new Stack(app, 'Platform', { env: ENV });
    iam.Role.customizeRoles(platform, { usePrecreatedRoles: { 'Platform/Role': 'exec' } });
    const stack = new Stack(app, 'Stack', { env: ENV });
    define(stack, ecsRole(platform));

    const { directory } = app.synth();
    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
    expect(readFileSync(join(directory, 'iam-policy-report.json'), 'utf8')).toContain('secretsmanager:GetSecretValue');
    expectSilence(stack);
  });
});

describe('the trust policy', () => {
  const principals: Array<[string, (stack: Stack) => iam.IPrincipal]> = [
    ['ECS tasks', () => new iam.ServicePrincipal('ecs-tasks.amazonaws.com')],
    ['ECS tasks, on a condition', () => new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    })],
    ['ECS tasks among others', () => new iam.CompositePrincipal(
      new iam.ServicePrincipal('lambda.amazonaws.com'), new iam.ServicePrincipal('ecs-tasks.amazonaws.com'))],
    ['everybody', () => new iam.StarPrincipal()],
    ['a service that is not known', (stack) => new iam.ServicePrincipal(new CfnParameter(stack, 'Service').valueAsString)],
  ];

  test.each(principals)('is fine for %s', (_, principalIn) => {
    const stack = newStack();
    defineTask(stack, apiImage(), { executionRole: ecsRole(stack, { assumedBy: principalIn(stack) }) });

    expectSilence(stack);
  });

  test.each<[string, iam.IPrincipal, string]>([
    ['another service', new iam.ServicePrincipal('lambda.amazonaws.com'), '[{"Service":"lambda.amazonaws.com"}]'],
    ['ECS itself', new iam.ServicePrincipal('ecs.amazonaws.com'), '[{"Service":"ecs.amazonaws.com"}]'],
    ['an account', new iam.ArnPrincipal('arn:aws:iam::111122223333:root'), '[{"AWS":"arn:aws:iam::111122223333:root"}]'],
  ])('fails for %s', (_, assumedBy, shown) => {
    const stack = newStack();
    defineTask(stack, apiImage(), { executionRole: ecsRole(stack, { assumedBy }) });

    expectSynthError(stack, 'executionRoleNotAssumable', 'Stack/Role', shown, 'new iam.ServicePrincipal("ecs-tasks.amazonaws.com")');
  });

  test.each<[string, (task: ecs.CfnTaskDefinition) => void]>([
    ['an override', (task) => task.addPropertyOverride('ExecutionRoleArn', 'arn:aws:iam::111122223333:role/exec')],
    ['a property', (task) => {
      task.executionRoleArn = 'arn:aws:iam::111122223333:role/exec';
    }],
  ])('is not judged if the task has another role in the end, by %s', (_, change) => {
    for (const image of [ecs.ContainerImage.fromRegistry(IMAGE), apiImage()]) {
      const stack = newStack();
      const task = defineTask(stack, image, { executionRole: ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) });
      change(task.node.defaultChild as ecs.CfnTaskDefinition);
      acknowledge(stack, 'executionRoleReplaced');
      expectSilence(stack);
    }
  });

  const ADMITTED = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const OTHER = { ...ADMITTED, Principal: { Service: 'lambda.amazonaws.com' } };
  const documents: Array<[string, unknown]> = [
    ['one statement without a list', { Statement: ADMITTED }],
    ['services in a list', { Statement: [{ ...ADMITTED, Principal: { Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] } }] }],
    ['a condition that decides', Fn.conditionIf('IsEcs', { Statement: [ADMITTED] }, { Statement: [OTHER] })],
    ['statements on a condition', { Statement: Fn.conditionIf('IsEcs', [ADMITTED], [OTHER]) }],
    ['a statement on a condition', { Statement: [OTHER, Fn.conditionIf('IsEcs', ADMITTED, Aws.NO_VALUE)] }],
    ['an effect on a condition', { Statement: [{ ...ADMITTED, Effect: Fn.conditionIf('IsEcs', 'Allow', 'Deny') }] }],
    ['a principal on a condition', { Statement: [{ ...ADMITTED, Principal: Fn.conditionIf('IsEcs', ADMITTED.Principal, OTHER.Principal) }] }],
    ['a service on a condition', { Statement: [{ ...ADMITTED, Principal: { Service: Fn.conditionIf('IsEcs', 'ecs-tasks.amazonaws.com', 'x') } }] }],
    ['a service by a dynamic reference', { Statement: [{ ...ADMITTED, Principal: { Service: '{{resolve:ssm:/service}}' } }] }],
    ['all but some principals', { Statement: [{ Effect: 'Allow', NotPrincipal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }] }],
    ['all but some actions', { Statement: [{ Effect: 'Allow', Principal: ADMITTED.Principal, NotAction: 'sts:TagSession' }] }],
    ['actions in a list', { Statement: [{ ...ADMITTED, Action: ['sts:AssumeRole', 'sts:TagSession'] }] }],
    ['everybody by another spelling', { Statement: [{ ...ADMITTED, Principal: { AWS: '*' } }] }],
    ['the service with the name of a Region', { Statement: [{ ...ADMITTED, Principal: { Service: 'ecs-tasks.eu-west-1.amazonaws.com' } }] }],
  ];

  test.each(documents)('of a resource is fine with %s, as in aws-cdk-lib', (_, assumeRolePolicyDocument) => {
    for (const image of [ecs.ContainerImage.fromRegistry(IMAGE), apiImage()]) {
      const stack = newStack();
      new CfnCondition(stack, 'IsEcs');
      defineTask(stack, image, { executionRole: roleOf(new iam.CfnRole(stack, 'Role', { assumeRolePolicyDocument })) });
      expectSilence(stack);
    }
  });

  test.each<[string, unknown]>([
    ['one statement without a list', { Statement: OTHER }],
    ['no statement', { Statement: [] }],
    ['statements of which none admits ECS', { Statement: [OTHER, { ...OTHER, Effect: 'Deny' }] }],
  ])('of a resource fails with %s', (_, assumeRolePolicyDocument) => {
    const stack = newStack();
    defineTask(stack, apiImage(), { executionRole: roleOf(new iam.CfnRole(stack, 'Role', { assumeRolePolicyDocument })) });

    expectSynthError(stack, 'executionRoleNotAssumable', 'Stack');
  });

  test('of a template that is included can have a statement without a list', () => {
    const stack = newStack();
    const templateFile = join(mkdtempSync(join(tmpdir(), 'template-')), 'template.json');
    writeFileSync(templateFile, JSON.stringify({
      Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: ADMITTED } } } },
    }));
    const included = new CfnInclude(stack, 'Included', { templateFile });
    defineTask(stack, apiImage(), { executionRole: roleOf(included.getResource('Role') as iam.CfnRole) });

    expectSilence(stack);
  });

  test('is looked at with its overrides', () => {
    const [right, wrong] = [newStack(), newStack()];
    for (const [stack, before, after] of [[right, 'lambda', 'ecs-tasks'], [wrong, 'ecs-tasks', 'lambda']] as const) {
      const executionRole = ecsRole(stack, { assumedBy: new iam.ServicePrincipal(`${before}.amazonaws.com`) });
      defineTask(stack, apiImage(), { executionRole });
      (executionRole.node.defaultChild as iam.CfnRole)
        .addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Principal.Service', `${after}.amazonaws.com`);
    }

    expectSilence(right);
    expectSynthError(wrong, 'executionRoleNotAssumable', 'lambda.amazonaws.com');
  });

  test.each([undefined, 0, 200, 500, 600, 1000].flatMap((priority) => [
    [priority, 'property', (role: iam.CfnRole) => {
      role.assumeRolePolicyDocument = { Statement: ADMITTED };
    }],
    [priority, 'override', (role: iam.CfnRole) => role.addPropertyOverride('AssumeRolePolicyDocument.Statement', [ADMITTED])],
  ] as Array<[number | undefined, string, (role: iam.CfnRole) => void]>))('is looked at after an Aspect of priority %p has changed it by a %s', (priority, _how, change) => {
    const stack = newStack();
    const executionRole = ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    Aspects.of(stack).add({ visit: (node) => node instanceof iam.CfnRole && change(node) }, { priority });
    defineTask(stack, apiImage(), { executionRole });

    expectSilence(stack);
  });

  test('is looked at after all that may change it', () => {
    const stack = newStack();
    const executionRole = ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    defineTask(stack, apiImage(), { executionRole });
    executionRole.assumeRolePolicy?.addStatements(new iam.PolicyStatement({
      actions: ['sts:AssumeRole'], principals: [new iam.ServicePrincipal('ecs-tasks.amazonaws.com')],
    }));

    expectSilence(stack);
  });

  test('fails if a statement denies what is needed', () => {
    const stack = newStack();
    const executionRole = ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    defineTask(stack, apiImage(), { executionRole });
    executionRole.assumeRolePolicy?.addStatements(new iam.PolicyStatement({
      effect: iam.Effect.DENY, actions: ['sts:AssumeRole'], principals: [new iam.ServicePrincipal('ecs-tasks.amazonaws.com')],
    }));

    expectSynthError(stack, 'executionRoleNotAssumable');
  });
});

describe('one imported role in two stacks', () => {
  const SAFE_NAMES = { '@aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName': true };

  function twoStacks(flags: object, roleIn: (stack: Stack) => iam.IRole, image = () => apiImage() as ecs.ContainerImage, envs = [ENV, ENV]): Stack[] {
    const app = newApp({ ...flags });
    return envs.map((env, i) => {
      const stack = new Stack(app, `Stack${i}`, { env });
      const task = new ecs.FargateTaskDefinition(stack, 'Task', { executionRole: roleIn(stack) });
      task.addContainer('app', { image: image(), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'app' }) });
      return stack;
    });
  }

  /** The names of the inline policies of the stacks, by the first action that they allow. */
  function namesOf(stacks: Stack[], action: string): unknown[] {
    return stacks.flatMap((stack) => resourcesOf(stack, 'AWS::IAM::Policy'))
      .filter(({ Properties }) => JSON.stringify(Properties).includes(action)).map(({ Properties }) => Properties.PolicyName);
  }

  const byName = (stack: Stack) => iam.Role.fromRoleName(stack, 'ExecRole', 'exec');

  test('is warned about where aws-cdk-lib gives the policies for the logs one name, and says nothing', () => {
    const raw = twoStacks({}, byName, () => ecs.ContainerImage.fromRegistry(IMAGE));
    expect(new Set(namesOf(raw, 'logs:PutLogEvents')).size).toBe(1);
    expect(raw.flatMap(warningIdsOf)).toEqual([]);

    const stacks = twoStacks({}, byName);
    expect(new Set(namesOf(stacks, 'logs:PutLogEvents')).size).toBe(1);
    expect(new Set(namesOf(stacks, 'secretsmanager:GetSecretValue')).size).toBe(2);
    expectWarning(stacks[0], 'policyNameShared', namesOf(stacks, 'logs:PutLogEvents')[0] as string, 'in the stack Stack1', 'defaultPolicyName');
    expectWarning(stacks[1], 'policyNameShared', 'in the stack Stack0');
  });

  test.each<[string, object, (stack: Stack) => iam.IRole, Array<typeof ENV>]>([
    ['by the feature flag', SAFE_NAMES, byName, [ENV, ENV]],
    ['by a name', {}, (stack) => iam.Role.fromRoleArn(stack, 'ExecRole', ROLE_ARN, { defaultPolicyName: `Policy${stack.node.id}` }), [ENV, ENV]],
    ['by another id', {}, (stack) => iam.Role.fromRoleArn(stack, `ExecRole${stack.node.id}`, ROLE_ARN), [ENV, ENV]],
    ['by another account', {}, byName, [ENV, { ...ENV, account: '444455556666' }]],
  ])('is silent where they are apart: %s', (_, flags, roleIn, envs) => {
    const stacks = twoStacks(flags, roleIn, () => new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecretName('ghcr-pull') }), envs);
    expectSilence(...stacks);
  });

  test('in two Regions has policies with two names, each with stack and Region', () => {
    const credentials = RegistryCredentials.fromSecretName('ghcr-pull');
    const stacks = twoStacks(SAFE_NAMES, byName, () => new PrivateRegistryImage(IMAGE, { credentials }), [ENV, { ...ENV, region: 'us-east-1' }]);

    expect(namesOf(stacks, 'secretsmanager:GetSecretValue')).toEqual([
      expect.stringMatching(/^PrivateRegistryPull-Stack0-.*-eu-west-1$/), expect.stringMatching(/^PrivateRegistryPull-Stack1-.*-us-east-1$/),
    ]);
    expect(new Set(namesOf(stacks, 'logs:PutLogEvents')).size).toBe(2);
  });
});

test('a role that is given to a task definition without a private image is none of our business', () => {
  const stack = newStack();
  const executionRole = ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  defineTask(stack, ecs.ContainerImage.fromRegistry(IMAGE), { executionRole });

  expectSilence(stack);
});

/** A role of a resource, as a template that is included has it. */
function roleOf(resource: iam.CfnRole): iam.IRole {
  return iam.Role.fromRoleName(resource, 'Role', resource.ref);
}
