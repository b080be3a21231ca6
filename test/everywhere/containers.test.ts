import { CfnCondition, CfnMapping, CfnParameter, Fn, Lazy, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { appOf, addAspect, authenticate, checkedStack, GHCR_SECRET_ARN, HUB_SECRET_ARN, OWN_SECRET_ARN, plain, pullsOf, taskIn } from './support';
import { PrivateRegistries, PrivateRegistry, PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { expectSynthError, expectWarning } from '../support/errors';
import { CHECKED, containersOf, IMAGE, newStack, resourcesOf, statementsOf } from '../support/synth';
import { CREDENTIALS, expectTaskWaitsForPolicy, importedVpc } from '../support/tasks';

test('an image without a host is of Docker Hub, and one of another registry is left alone', () => {
  const stack = checkedStack();
  const task = taskIn(stack, 'nginx:1.27');
  for (const [id, image] of Object.entries({ hub: 'acme/api:2', ghcr: IMAGE, quay: 'quay.io/acme/x:1', ecr: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/x:1' })) {
    task.addContainer(id, { image: plain(image) });
  }
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual({
    'nginx:1.27': HUB_SECRET_ARN,
    'acme/api:2': HUB_SECRET_ARN,
    [IMAGE]: GHCR_SECRET_ARN,
    'quay.io/acme/x:1': undefined,
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com/x:1': undefined,
  });
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties }) => Properties.Image).sort()).toEqual(['acme/api:2', IMAGE, 'nginx:1.27'].sort());
  expectTaskWaitsForPolicy(stack);
});

test('credentials that a container has are kept: those of aws-cdk-lib, of an image object and of an override', () => {
  const stack = checkedStack();
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  const own = RegistryCredentials.fromSecretCompleteArn(OWN_SECRET_ARN);
  task.addContainer('object', { image: new PrivateRegistryImage('ghcr.io/acme/object:1', { credentials: own }) });
  task.addContainer('override', { image: plain('ghcr.io/acme/override:1') });
  task.addContainer('plain', { image: plain('ghcr.io/acme/plain:1') });
  (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('ContainerDefinitions.1.RepositoryCredentials.CredentialsParameter', OWN_SECRET_ARN);
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual({
    'ghcr.io/acme/object:1': OWN_SECRET_ARN, 'ghcr.io/acme/override:1': OWN_SECRET_ARN, 'ghcr.io/acme/plain:1': GHCR_SECRET_ARN,
  });
});

test.each(['', '.CredentialsParameter'])('credentials%s that an override deletes stay deleted, whenever it does', (member) => {
  const stack = checkedStack();
  const [early, late] = ['Early', 'Late'].map((id) => taskIn(stack, IMAGE, id).node.defaultChild as ecs.CfnTaskDefinition);
  const remove = (task: ecs.CfnTaskDefinition) => task.addPropertyDeletionOverride(`ContainerDefinitions.0.RepositoryCredentials${member}`);
  remove(early);
  const last = new CfnParameter(stack, 'Last');
  addAspect(stack, (construct) => construct === last && remove(late), 900);
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual({ [IMAGE]: undefined });
  Template.fromStack(stack).resourceCountIs('AWS::ECS::TaskDefinition', 2);
});

test.each([0, 1])('the container %d that an override deletes stays deleted', (index) => {
  const stack = checkedStack();
  const task = taskIn(stack, IMAGE);
  task.addContainer('web', { image: plain('nginx:1.27') });
  (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyDeletionOverride(`ContainerDefinitions.${index}`);
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual(index === 0 ? { 'nginx:1.27': HUB_SECRET_ARN } : { [IMAGE]: GHCR_SECRET_ARN });
});

test('an image that an override names is the one that is judged', () => {
  const stack = checkedStack();
  const resource = taskIn(stack, 'quay.io/acme/api:1').node.defaultChild as ecs.CfnTaskDefinition;
  resource.addPropertyOverride('ContainerDefinitions.0.Image', 'ghcr.io/acme/other:1');
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual({ 'ghcr.io/acme/other:1': GHCR_SECRET_ARN });
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties: { Image, Mode } }) => [Image, Mode])).toEqual([['ghcr.io/acme/other:1', 'ENFORCE']]);
});

test('an image that cannot exist is an error that names its container', () => {
  const stack = checkedStack();
  taskIn(stack, 'ghcr.io/Acme/api:1');
  authenticate(appOf(stack));
  expectSynthError(stack, 'invalidImageReference', 'must be in lower case, got "Acme/api"', '(at Stack/Task/app)');
});

test('the same image both ways is one check, and a digest stays pinned', () => {
  const stack = checkedStack();
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  task.addContainer('object', { image: new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS }) });
  task.addContainer('plain', { image: plain(IMAGE) });
  task.addContainer('pinned', { image: new PrivateRegistryImage('ghcr.io/acme/agent:1', { credentials: CREDENTIALS, pinDigest: true }) });
  authenticate(appOf(stack));

  const checks = Object.entries(Template.fromStack(stack).findResources('Custom::PrivateRegistryPullCheck'));
  expect(checks.map(([, { Properties: { Image, PinDigest, Mode } }]) => [Image, PinDigest, Mode]).sort()).toEqual([['ghcr.io/acme/agent:1', 'true', 'ENFORCE'], [IMAGE, undefined, 'ENFORCE']]);
  const pinned = checks.find(([, { Properties }]) => Properties.PinDigest)![0];
  expect(containersOf(stack)[2].Image).toEqual({ 'Fn::GetAtt': [pinned, 'Image'] });
});

test.each([50, 500, 1000])('pinDigest labels the container, whatever the priority of others (%d)', (priority) => {
  const stack = checkedStack();
  taskIn(stack, IMAGE);
  addAspect(appOf(stack), () => {}, priority);
  PrivateRegistries.of(appOf(stack)).add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS, pinDigest: true });

  expect(containersOf(stack)).toEqual([expect.objectContaining({
    DockerLabels: { 'cdk-private-registry.image': IMAGE },
    Image: { 'Fn::GetAtt': [expect.stringContaining('PrivateRegistryPullCheck'), 'Image'] },
  })]);
});

test('a registry whose credentials create a secret is authenticated by its construct', () => {
  const stack = checkedStack();
  taskIn(stack, IMAGE);
  const registry = new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: RegistryCredentials.fromParameters() });
  PrivateRegistries.of(appOf(stack)).authenticate(registry);

  expect(containersOf(stack)[0].RepositoryCredentials).toEqual({ CredentialsParameter: { Ref: 'GhcrIoSecret' } });
  Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::Secret', 1);
});

test('the router of FireLens and a container that another Aspect adds are authenticated', () => {
  const stack = checkedStack();
  const task = taskIn(stack, IMAGE);
  task.addFirelensLogRouter('router', { image: plain('ghcr.io/acme/fluent-bit:1'), firelensConfig: { type: ecs.FirelensLogRouterType.FLUENTBIT } });
  addAspect(appOf(stack), (construct) => {
    if (construct instanceof ecs.TaskDefinition && !construct.findContainer('sidecar')) {
      construct.addContainer('sidecar', { image: plain('ghcr.io/acme/sidecar:1') });
    }
  }, 900);
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN, 'ghcr.io/acme/fluent-bit:1': GHCR_SECRET_ARN, 'ghcr.io/acme/sidecar:1': GHCR_SECRET_ARN });
});

test('a host in front of a tag that the app computes when the template is made is certain', () => {
  const stack = checkedStack();
  taskIn(stack, `ghcr.io/acme/api:${Lazy.string({ produce: () => '1.4.2' })}`);
  authenticate(appOf(stack));
  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN });
});

test('a host in a value that aws-cdk-lib computes in part when the template is made is certain', () => {
  const stack = checkedStack();
  const tags = new CfnMapping(stack, 'Tags', { mapping: { prod: { api: '1.4.2' } } });
  const late = Lazy.string({ produce: () => '1' });
  const images = {
    mapping: Fn.join(':', ['ghcr.io/acme/mapping', tags.findInMap('prod', 'api')]),
    join: Fn.join('', ['ghcr.io/acme/join:', late]),
    sub: Fn.sub('ghcr.io/acme/sub:${tag}', { tag: late }),
    variable: Fn.sub('${registry}/variable:${tag}', { registry: 'ghcr.io/acme', tag: late }),
  };
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  Object.entries(images).forEach(([id, image]) => task.addContainer(id, { image: plain(image) }));
  authenticate(appOf(stack));

  expect(containersOf(stack).map(({ Name, RepositoryCredentials }) => [Name, RepositoryCredentials?.CredentialsParameter]))
    .toEqual(Object.keys(images).map((id) => [id, GHCR_SECRET_ARN]));
});

test('a host in front of a parameter is certain, and a parameter alone is not', () => {
  const stack = checkedStack();
  const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
  const task = taskIn(stack, `ghcr.io/acme/api:${parameter('Tag')}`);
  task.addContainer('sub', { image: plain(Fn.sub('ghcr.io/acme/sub:${Tag}')) });
  task.addContainer('join', { image: plain(Fn.join(':', ['ghcr.io/acme/join', parameter('JoinTag')])) });
  task.addContainer('any', { image: plain(parameter('Image')) });
  authenticate(appOf(stack));

  const pulls = containersOf(stack).map(({ Image, RepositoryCredentials }) => [JSON.stringify(Image), RepositoryCredentials?.CredentialsParameter]);
  expect(pulls).toEqual([
    [expect.stringContaining('ghcr.io/acme/api:'), GHCR_SECRET_ARN],
    [expect.stringContaining('ghcr.io/acme/sub:'), GHCR_SECRET_ARN],
    [expect.stringContaining('ghcr.io/acme/join'), GHCR_SECRET_ARN],
    ['{"Ref":"Image"}', undefined],
  ]);
});

describe('whoever was allowed to run a task before it had an execution role may pass that role', () => {
  const runs: Array<[name: string, define: (task: ecs.TaskDefinition, cluster: ecs.ICluster, stack: Stack) => void]> = [
    ['EventBridge', (taskDefinition, cluster, stack) => {
      new events.Rule(stack, 'Rule', {
        schedule: events.Schedule.cron({ hour: '4' }), targets: [new targets.EcsTask({ cluster, taskDefinition })],
      });
    }],
    ['Step Functions', (taskDefinition, cluster, stack) => {
      const run = new tasks.EcsRunTask(stack, 'Run', { cluster, taskDefinition, launchTarget: new tasks.EcsFargateLaunchTarget() });
      new stepfunctions.StateMachine(stack, 'Machine', { definitionBody: stepfunctions.DefinitionBody.fromChainable(run) });
    }],
    ['grantRun()', (task, _cluster, stack) => {
      task.grantRun(new iam.Role(stack, 'Runner', { assumedBy: new iam.AccountRootPrincipal() }));
    }],
  ];

  test.each(runs)('%s', (_, define) => {
    const stack = checkedStack();
    const task = taskIn(stack, IMAGE);
    define(task, new ecs.Cluster(stack, 'Cluster', { vpc: importedVpc(stack) }), stack);
    authenticate(appOf(stack));

    const passed = statementsOf(stack).filter(({ Action }) => [Action].flat().includes('iam:PassRole')).flatMap(({ Resource }) => Resource);
    expect(passed).toEqual(expect.arrayContaining([{ 'Fn::GetAtt': [expect.stringMatching(/^TaskExecutionRole/), 'Arn'] }]));
    expect(passed.filter((one) => /^TaskExecutionRole/.test(one['Fn::GetAtt'][0]))).toHaveLength(1);
  });

  test('a task on instances that EventBridge runs', () => {
    const stack = checkedStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('app', { image: plain(IMAGE), memoryLimitMiB: 512 });
    runs[0][1](task, new ecs.Cluster(stack, 'Cluster', { vpc: importedVpc(stack) }), stack);
    authenticate(appOf(stack));

    expect(statementsOf(stack)).toContainEqual({
      Action: 'iam:PassRole', Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^TaskExecutionRole/), 'Arn'] },
    });
  });
});

test('a task waits for the policy of an execution role that other Aspects have been to', () => {
  const stack = checkedStack();
  const executionRole = new iam.Role(stack, 'ARole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  executionRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['logs:PutLogEvents'], resources: ['*'] }));
  new ecs.FargateTaskDefinition(stack, 'Task', { executionRole }).addContainer('app', { image: plain(IMAGE) });
  authenticate(appOf(stack));

  expectTaskWaitsForPolicy(stack);
  expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].DependsOn).toEqual(expect.arrayContaining([expect.stringContaining('PrivateRegistryPullPolicy')]));
});

test('a task with logs and an own role waits for the policy of that role, and nothing closes a cycle', () => {
  const stack = checkedStack();
  new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: plain(IMAGE), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'app' }) });
  authenticate(appOf(stack));

  expectTaskWaitsForPolicy(stack);
  expect(dependencyCycle(Template.fromStack(stack).toJSON())).toBeUndefined();
});

test('tags and permissions boundaries reach everything that is made', () => {
  const stack = checkedStack();
  taskIn(stack, IMAGE);
  Tags.of(appOf(stack)).add('team', 'orders');
  iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'));
  authenticate(appOf(stack));

  const roles = resourcesOf(stack, 'AWS::IAM::Role');
  expect(roles).toHaveLength(3);
  for (const { Properties } of [...roles, ...resourcesOf(stack, 'AWS::Lambda::Function')]) {
    expect(Properties.Tags).toContainEqual({ Key: 'team', Value: 'orders' });
  }
  expect(roles.map(({ Properties }) => JSON.stringify(Properties.PermissionsBoundary))).toEqual(Array(3).fill(expect.stringContaining('policy/boundary')));
});

test('a check and a policy are created only where the task definition is', () => {
  const stack = checkedStack();
  const task = new ecs.FargateTaskDefinition(stack, 'Task', { executionRole: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }) });
  task.addContainer('app', { image: plain(IMAGE) });
  (task.node.defaultChild as ecs.CfnTaskDefinition).cfnOptions.condition = new CfnCondition(stack, 'IsProd');
  authenticate(appOf(stack));

  const template = Template.fromStack(stack);
  template.hasResource('Custom::PrivateRegistryPullCheck', { Condition: 'IsProd' });
  template.hasResource('AWS::IAM::Policy', { Condition: 'IsProd', Properties: Match.objectLike({ PolicyName: Match.stringLikeRegexp('^PrivateRegistryPull-') }) });
});

test('the curated images of CodeBuild are not images of Docker Hub', () => {
  const stack = checkedStack();
  new codebuild.Project(stack, 'Build', {
    buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2' }), environment: { buildImage: codebuild.LinuxBuildImage.STANDARD_7_0 },
  });
  authenticate(appOf(stack));

  Template.fromStack(stack).resourceCountIs('Custom::PrivateRegistryPullCheck', 0);
  Template.fromStack(stack).hasResourceProperties('AWS::CodeBuild::Project', { Environment: { Image: 'aws/codebuild/standard:7.0', RegistryCredential: Match.absent() } });
});

test('an Aspect can add constructs to the end of the app, and everything is still authenticated', () => {
  const stack = checkedStack();
  taskIn(stack, IMAGE);
  addAspect(appOf(stack), (construct) => {
    if (construct instanceof ecs.TaskDefinition && !stack.node.tryFindChild('Late')) {
      taskIn(stack, 'ghcr.io/acme/late:1', 'Late');
      new CfnParameter(stack, 'Last');
    }
  });
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN, 'ghcr.io/acme/late:1': GHCR_SECRET_ARN });
});

test.each([['Last', 100], ['Inner', 100], ['Last', 900], ['Before', 900]])('an Aspect can remove the last construct when it visits %s, with the priority %d', (visited, priority) => {
  const stack = checkedStack();
  taskIn(stack, IMAGE);
  new CfnParameter(stack, 'Before');
  new CfnParameter(new Construct(stack, 'Last'), 'Inner');
  addAspect(appOf(stack), ({ node }) => node.id === visited && stack.node.tryRemoveChild('Last'), priority);
  authenticate(appOf(stack));
  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN });
});

test('the flag that keeps Aspects from being stabilised gives a warning, and only if it is false', () => {
  const flag = '@aws-cdk/core:aspectStabilization';
  const stacks = [{ [flag]: false }, { [flag]: true }, {}].map((context) => {
    const stack = newStack({ ...CHECKED, ...context });
    taskIn(stack, IMAGE);
    authenticate(stack);
    return stack;
  });
  expect(stacks.map((stack) => pullsOf(stack)[IMAGE])).toEqual(Array(3).fill(GHCR_SECRET_ARN));
  expectWarning(stacks[0], 'aspectsNotStabilised', flag, 'remove the flag');
});

