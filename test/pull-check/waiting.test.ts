import { App, CfnResource, CustomResource, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IConstruct } from 'constructs';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { expectSilence, expectWarning } from '../support/errors';
import { CHECKED, ENV, FLAG_SETS, IMAGE, newApp, resourcesOf, templateOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS, defineTask, ecsRole, expectTaskWaitsForPolicy, importedVpc, ownSecret } from '../support/tasks';

const CHECK = 'Custom::PrivateRegistryPullCheck';

function custom(scope: Construct, id: string, properties: Record<string, unknown> = {}): CustomResource {
  return new CustomResource(scope, id, { serviceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:fill', resourceType: `Custom::${id}`, properties });
}

/** The types of what the only check of the image waits for, but for its policies. */
function awaitedBy(stack: Stack, reference = IMAGE): string[] {
  const template = templateOf(stack);
  expect(dependencyCycle(template)).toBeUndefined();
  const checks = Object.values<any>(template.Resources).filter(({ Type, Properties }) => Type === CHECK && Properties.Image === reference);
  expect(checks).toHaveLength(1);
  return (checks[0].DependsOn ?? []).map((id: string) => template.Resources[id].Type).filter((type: string) => type !== 'AWS::IAM::Policy').sort();
}

function resourceOf(construct: IConstruct): CfnResource {
  return construct.node.defaultChild as CfnResource;
}

function image(credentials = CREDENTIALS, reference = IMAGE): PrivateRegistryImage {
  return new PrivateRegistryImage(reference, { credentials });
}

describe.each(FLAG_SETS)('with %s, the check waits', (_, flags) => {
  const newStack = () => new Stack(newApp({ ...flags, ...CHECKED }), 'Stack', { env: ENV });

  test('for nothing if its tasks wait for nothing', () => {
    const stack = newStack();
    defineTask(stack, image());
    expect(awaitedBy(stack)).toEqual([]);
  });

  test('for the resource that fills the secret, if the task definition waits for it', () => {
    const stack = newStack();
    const secret = ownSecret(stack);
    const fill = custom(stack, 'Fill', { Secret: secret.secretArn });
    defineTask(stack, image(RegistryCredentials.fromSecret(secret))).node.addDependency(fill);
    expect(awaitedBy(stack)).toEqual(['AWS::SecretsManager::Secret', 'Custom::Fill']);
  });

  test.each<[string, (task: ecs.TaskDefinition, fill: CustomResource) => void]>([
    ['by a dependency of the resource', (task, fill) => task.node.defaultChild!.node.addDependency(fill)],
    ['by a dependency between resources', (task, fill) => (task.node.defaultChild as CfnResource).addDependency(fill.node.defaultChild as CfnResource)],
    ['by an override', (task, fill) => resourceOf(task).addOverride('DependsOn', [resourceOf(fill).logicalId])],
    ['by an override of one place', (task, fill) => resourceOf(task).addOverride('DependsOn.0', resourceOf(fill).logicalId)],
    ['by an override with a text', (task, fill) => resourceOf(task).addOverride('DependsOn', fill.node.id)],
    ['by a construct around it', (task, fill) => task.node.scope!.node.addDependency(fill)],
  ])('for what the task definition waits for %s', (_how, wait) => {
    const stack = newStack();
    const task = defineTask(new Construct(stack, 'Around'), image());
    wait(task, custom(stack, 'Fill'));
    expect(awaitedBy(stack)).toEqual(['Custom::Fill']);
  });

  test('for what the registry, the secret or a service was made to wait for', () => {
    for (const waits of [
      (registry: PrivateRegistry) => registry,
      (registry: PrivateRegistry) => registry.secret,
      (_registry: PrivateRegistry, service: PrivateRegistryFargateService) => service,
    ] as Array<(registry: PrivateRegistry, service: PrivateRegistryFargateService) => IConstruct>) {
      const stack = newStack();
      const registry = new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
      const service = new PrivateRegistryFargateService(stack, 'Api', { registry, image: IMAGE, vpc: importedVpc(stack) });
      waits(registry, service).node.addDependency(custom(stack, 'Fill'));
      expect(awaitedBy(stack)).toEqual(['Custom::Fill']);
    }
  });

  test('for what the registry waits for, whose secret is defined elsewhere', () => {
    const stack = newStack();
    const secret = ownSecret(stack);
    const registry = new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials: RegistryCredentials.fromSecret(secret) });
    defineTask(stack, registry.image(IMAGE));
    registry.node.addDependency(custom(stack, 'Fill'));
    expect(awaitedBy(stack)).toEqual(['AWS::SecretsManager::Secret', 'Custom::Fill']);
  });

  test('for the children of the secret, like its policy, and what they wait for', () => {
    const stack = newStack();
    const secret = ownSecret(stack);
    defineTask(stack, image(RegistryCredentials.fromSecret(secret)));
    custom(secret, 'Fill', { Secret: secret.secretArn });
    secret.denyAccountRootDelete();
    expect(awaitedBy(stack)).toEqual(['AWS::SecretsManager::ResourcePolicy', 'AWS::SecretsManager::Secret', 'Custom::Fill']);
  });

  test('for what any of its tasks waits for', () => {
    const stack = newStack();
    defineTask(stack, image(), {}, 'One');
    defineTask(stack, image(), {}, 'Two').node.addDependency(custom(stack, 'Fill'));
    expect(awaitedBy(stack)).toEqual(['Custom::Fill']);
  });

  test('not for the load balancer that the service inside waits for', () => {
    const stack = newStack();
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, vpc: importedVpc(stack) });
    expect(awaitedBy(stack)).toEqual([]);
  });

  test('not for the check of another container of the task definition', () => {
    const stack = newStack();
    defineTask(stack, image()).addContainer('agent', { image: image(CREDENTIALS, 'ghcr.io/acme/agent:1') });
    expect(awaitedBy(stack)).toEqual([]);
    expect(awaitedBy(stack, 'ghcr.io/acme/agent:1')).toEqual([]);
  });
});

describe.each(FLAG_SETS)('with %s, there is no cycle', (_, flags) => {
  const newStack = () => new Stack(newApp({ ...flags, ...CHECKED }), 'Stack', { env: ENV });
  const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'app' });

  function defineLogging(scope: Construct, id: string, props: ecs.FargateTaskDefinitionProps = {}, reference = IMAGE): ecs.FargateTaskDefinition {
    const task = new ecs.FargateTaskDefinition(scope, id, props);
    task.addContainer('app', { image: image(CREDENTIALS, reference), logging });
    return task;
  }

  test('between a migration and the service that waits for it, with one image', () => {
    const stack = newStack();
    const fill = custom(stack, 'Fill');
    const migration = defineLogging(stack, 'Migration');
    const run = custom(stack, 'Run', { Task: migration.taskDefinitionArn });
    const api = defineLogging(stack, 'Api');
    migration.node.addDependency(fill);
    api.node.addDependency(run, fill);
    expect(awaitedBy(stack)).toEqual(['Custom::Fill']);
  });

  test('with a migration that is run after an override', () => {
    const stack = newStack();
    const migration = defineLogging(stack, 'Migration');
    const run = custom(stack, 'Run');
    resourceOf(run).addOverride('DependsOn', [resourceOf(migration).logicalId]);
    defineLogging(stack, 'Api').node.addDependency(run);
    expect(awaitedBy(stack)).toEqual([]);
  });

  test('between a service and a worker that waits for it', () => {
    const stack = newStack();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: importedVpc(stack) });
    const api = new ecs.FargateService(stack, 'ApiService', { cluster, taskDefinition: defineLogging(stack, 'Api') });
    const worker = defineLogging(stack, 'Worker', {}, 'ghcr.io/acme/worker:1');
    worker.node.addDependency(api);
    expect(awaitedBy(stack)).toEqual([]);
    expect(awaitedBy(stack, 'ghcr.io/acme/worker:1')).toContain('AWS::ECS::Service');
  });

  test('between two checks, each of which waits for a task of the other', () => {
    const stack = newStack();
    const [other, tasks] = ['ghcr.io/acme/other:1', [] as ecs.FargateTaskDefinition[]];
    for (const [id, reference] of [['A1', IMAGE], ['A2', IMAGE], ['B1', other], ['B2', other]]) {
      tasks.push(defineLogging(stack, id, {}, reference));
    }
    const [a1, a2, b1, b2] = tasks;
    a1.node.addDependency(custom(stack, 'RunB', { Task: b1.taskDefinitionArn }));
    b2.node.addDependency(custom(stack, 'RunA', { Task: a2.taskDefinitionArn }));
    expect([awaitedBy(stack), awaitedBy(stack, other)]).toEqual([['Custom::RunB'], []]);
  });

  test.each<[string, (stack: Stack) => ecs.FargateTaskDefinitionProps['executionRole']]>([
    ['a role of the stack', (stack) => ecsRole(stack)],
    ['the role of the other task', () => undefined],
  ])('by way of the log groups in the policy of %s', (_role, roleIn) => {
    const stack = newStack();
    const executionRole = roleIn(stack);
    const migration = defineLogging(stack, 'Migration', { executionRole });
    const run = custom(stack, 'Run', { Task: migration.taskDefinitionArn });
    defineLogging(stack, 'Api', { executionRole: executionRole ?? migration.obtainExecutionRole() }).node.addDependency(run);
    expect(awaitedBy(stack)).toEqual([]);
    if (executionRole) {
      expectTaskWaitsForPolicy(stack);
    }
  });

  test('with a task definition in a nested stack', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    const migration = defineLogging(stack, 'Migration');
    const run = custom(stack, 'Run', { Task: migration.taskDefinitionArn });
    defineLogging(nested, 'Api').node.addDependency(run);
    const after = custom(stack, 'After');
    after.node.addDependency(nested);
    new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
    expect(dependencyCycle(templateOf(nested))).toBeUndefined();
    const [{ DependsOn }] = resourcesOf(stack, 'AWS::CloudFormation::Stack');
    expect(DependsOn).toEqual(['Run']);
  });

  test('with a registry that waits for what waits for the nested stack', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    const registry = new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    const task = defineLogging(nested, 'Task', {});
    task.addContainer('second', { image: registry.image('ghcr.io/acme/second:1') });
    registry.node.addDependency(custom(stack, 'Uses', { Task: task.taskDefinitionArn }), custom(stack, 'Fill'));
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
    const [{ DependsOn }] = resourcesOf(stack, 'AWS::CloudFormation::Stack');
    expect(DependsOn).toEqual(['Fill']);
  });
});

describe('in another stack', () => {
  function twoStacks(): [App, Stack, Stack] {
    const app = newApp(CHECKED);
    return [app, new Stack(app, 'Owner', { env: ENV }), new Stack(app, 'Stack', { env: ENV })];
  }

  test('a registry that waits for something makes the stack of the tasks wait for its own', () => {
    const [, owner, stack] = twoStacks();
    const registry = new PrivateRegistry(owner, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    registry.node.addDependency(custom(owner, 'Fill'));
    defineTask(stack, registry.image(IMAGE));
    Template.fromStack(stack);
    expect(stack.dependencies).toEqual([owner]);
  });

  test('a registry that waits for something is not waited for by a stack for which its own waits', () => {
    const [, owner, stack] = twoStacks();
    const registry = new PrivateRegistry(owner, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    registry.node.addDependency(custom(owner, 'Fill', { Task: defineTask(stack, registry.image(IMAGE)).taskDefinitionArn }));
    Template.fromStack(stack);
    expect([owner.dependencies, stack.dependencies]).toEqual([[stack], []]);
  });

  test('a secret is there before, and nothing else has to be waited for', () => {
    const [, owner, stack] = twoStacks();
    const secret = new secretsmanager.Secret(owner, 'Secret');
    defineTask(stack, image(RegistryCredentials.fromSecret(secret)));
    expect(awaitedBy(stack)).toEqual([]);
    expect(stack.dependencies).toEqual([owner]);
  });
});

describe('an override of what the task definition waits for', () => {
  function stackWith(override: (task: CfnResource, own: string[]) => void): Stack {
    const stack = new Stack(newApp(CHECKED), 'Stack', { env: ENV });
    const task = defineTask(stack, image());
    task.addContainer('sidecar', { image: image() });
    custom(stack, 'Fill');
    const own = ['PrivateRegistryPullCheckghcrioacmeapi', 'TaskExecutionRoleDefaultPolicy'];
    override(resourceOf(task), own.map((id) => stack.resolve(stack.node.findAll().filter(CfnResource.isCfnResource)
      .find(({ logicalId }) => stack.resolve(logicalId).startsWith(id))!.logicalId)));
    templateOf(stack);
    return stack;
  }

  test.each<[string, (task: CfnResource) => void]>([
    ['replaces it', (task) => task.addOverride('DependsOn', ['Fill'])],
    ['deletes it', (task) => task.addDeletionOverride('DependsOn')],
  ])('is warned about once if it %s', (_, override) => {
    const stack = stackWith(override);
    expect(warningIdsOf(stack)).toEqual(['dependenciesReplaced']);
    expectWarning(stack, 'dependenciesReplaced', 'Stack/Task/Resource', 'PrivateRegistryPullCheckghcrioacmeapi', 'TaskExecutionRoleDefaultPolicy', 'addDependency()');
  });

  test('is warned about if it replaces a part of it', () => {
    const message = expectWarning(stackWith((task) => task.addOverride('DependsOn.0', 'Fill')), 'dependenciesReplaced', 'PrivateRegistryPullCheckghcrioacmeapi');
    expect(message).not.toContain('TaskExecutionRoleDefaultPolicy');
  });

  test('is fine if it names that, too', () => {
    expectSilence(stackWith((task, own) => task.addOverride('DependsOn', ['Fill', ...own])));
  });
});
