import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aws, CfnCondition, CfnResource, Fn, IResolvable, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as include from 'aws-cdk-lib/cloudformation-include';
import { appOf, addAspect, authenticate, checkedStack, GHCR_SECRET_ARN, HUB_CREDENTIALS, HUB_SECRET_ARN, OWN_SECRET_ARN, plain, pullsOf, TRUST } from './support';
import { PrivateRegistries, RegistryProvider } from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { expectSynthError } from '../support/errors';
import { IMAGE, resourcesOf, statementsOf } from '../support/synth';
import { CREDENTIALS, expectTaskWaitsForPolicy } from '../support/tasks';

const FARGATE = { requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512', networkMode: 'awsvpc' };

const OWN_IF_PROD = { 'Fn::If': ['IsProd', { CredentialsParameter: OWN_SECRET_ARN }, { Ref: 'AWS::NoValue' }] };

function includeIn(stack: Stack, template: object): void {
  const directory = mkdtempSync(join(tmpdir(), 'included-'));
  const templateFile = join(directory, 'template.json');
  writeFileSync(templateFile, JSON.stringify(template));
  new include.CfnInclude(stack, 'Included', { templateFile });
  rmSync(directory, { recursive: true });
}

test('the L1 of a task definition without a role gets one, credentials, policy and check, and no cycle', () => {
  const stack = checkedStack();
  new ecs.CfnTaskDefinition(stack, 'Task', {
    ...FARGATE,
    runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
    containerDefinitions: [{ name: 'app', image: IMAGE }, { name: 'web', image: 'nginx:1.27' }, { name: 'quay', image: 'quay.io/acme/x:1' }],
  });
  authenticate(appOf(stack));

  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN, 'nginx:1.27': HUB_SECRET_ARN, 'quay.io/acme/x:1': undefined });
  expectTaskWaitsForPolicy(stack);
  expect(dependencyCycle(Template.fromStack(stack).toJSON())).toBeUndefined();
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties: { Image, Platform, Engine, Mode } }) => [Image, Platform, Engine, Mode]).sort()).toEqual([
    [IMAGE, 'linux/arm64', 'containerd', 'ENFORCE'], ['nginx:1.27', 'linux/arm64', 'containerd', 'ENFORCE'],
  ].sort());
});

test('an empty text is no role, so that one is made', () => {
  const stack = checkedStack();
  new ecs.CfnTaskDefinition(stack, 'Task', { ...FARGATE, executionRoleArn: '', containerDefinitions: [{ name: 'app', image: IMAGE }] });
  authenticate(appOf(stack));
  expectTaskWaitsForPolicy(stack);
  expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties.ExecutionRoleArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^TaskImagesExecutionRole/), 'Arn'] });
});

test('a role that CloudFormation chooses, or whose ARN has tokens, keeps its place and may read the secret', () => {
  const stack = checkedStack();
  new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
  const choice = { 'Fn::If': ['IsProd', 'arn:aws:iam::111122223333:role/one', 'arn:aws:iam::111122223333:role/other'] };
  const cases: Array<[ExecutionRoleArn: unknown, name: unknown]> = [
    [Fn.conditionIf('IsProd', 'arn:aws:iam::111122223333:role/one', 'arn:aws:iam::111122223333:role/other'), [expect.anything(), { 'Fn::Split': ['/', expect.anything()] }]],
    [Fn.sub('arn:aws:iam::${AWS::AccountId}:role/teams/sub'), 'sub'],
    [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/teams/text`, 'text'],
    [Fn.join('', ['arn:aws:iam::', Aws.ACCOUNT_ID, ':role/teams/join']), 'join'],
  ];
  cases.forEach(([ExecutionRoleArn], index) => new CfnResource(stack, `Task${index}`, {
    type: 'AWS::ECS::TaskDefinition', properties: { ExecutionRoleArn, ContainerDefinitions: [{ Name: 'app', Image: IMAGE }] },
  }));
  const late = new CfnResource(stack, 'Late', {
    type: 'AWS::ECS::TaskDefinition',
    properties: { ExecutionRoleArn: Lazy.any({ produce: () => 'arn:aws:iam::111122223333:role/late' }), ContainerDefinitions: [{ Name: 'app', Image: IMAGE }] },
  });
  authenticate(appOf(stack));

  const template = Template.fromStack(stack);
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) => JSON.stringify(Properties.PolicyName).includes('PrivateRegistryPull-'));
  const names = policies.flatMap(({ Properties }) => Properties.Roles);
  expect(names).toEqual(expect.arrayContaining(cases.map(([, name]) => typeof name === 'string' ? name : { 'Fn::Select': name })));
  expect(JSON.stringify(names)).toContain(JSON.stringify(choice));
  expect(template.toJSON().Resources[stack.getLogicalId(late)].Properties.ExecutionRoleArn).toBe('arn:aws:iam::111122223333:role/late');
});

test('the role that an L1 names is the one that may read the secret: of a construct, of an L1 with a path, by ARN and by name', () => {
  const stack = checkedStack();
  const container = [{ name: 'app', image: IMAGE }];
  const construct = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  const resource = new iam.CfnRole(stack, 'CfnRole', { path: '/teams/', assumeRolePolicyDocument: TRUST });
  const arns = [construct.roleArn, resource.attrArn, 'arn:aws:iam::111122223333:role/teams/given', 'named'];
  arns.forEach((executionRoleArn, index) => new ecs.CfnTaskDefinition(stack, `Task${index}`, { ...FARGATE, executionRoleArn, containerDefinitions: container }));
  authenticate(appOf(stack));

  const roles = resourcesOf(stack, 'AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.PolicyName.startsWith?.('PrivateRegistryPull-') ?? JSON.stringify(Properties.PolicyName).includes('PrivateRegistryPull-'))
    .flatMap(({ Properties }) => Properties.Roles);
  expect(roles).toEqual(expect.arrayContaining([{ Ref: expect.stringMatching(/^Role/) }, { Ref: 'CfnRole' }, 'given', 'named']));
  expect(roles).toHaveLength(4);
});

test.each<[name: string, arn: unknown]>([
  ['Fn::Sub', { 'Fn::Sub': '${Role.Arn}' }],
  ['its name in Fn::Sub', { 'Fn::Sub': '${Role}' }],
  ['an ARN with Fn::Sub', { 'Fn::Sub': ['arn:aws:iam::${AWS::AccountId}:role/teams/${name}', { name: { Ref: 'Role' } }] }],
  ['an ARN with Fn::Join', { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':role/teams/', { Ref: 'Role' }]] }],
])('a role with a path that an included template names by %s is the one that may read the secret', (_, ExecutionRoleArn) => {
  const stack = checkedStack();
  includeIn(stack, {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { Path: '/teams/', AssumeRolePolicyDocument: TRUST } },
      Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { ExecutionRoleArn, ContainerDefinitions: [{ Name: 'app', Image: IMAGE }] } },
    },
  });
  authenticate(appOf(stack));

  const template = Template.fromStack(stack);
  template.hasResource('AWS::IAM::Policy', { Properties: Match.objectLike({ PolicyName: Match.stringLikeRegexp('^PrivateRegistryPull-'), Roles: [{ Ref: 'Role' }] }) });
  expect(template.toJSON().Resources.Task.Properties.ExecutionRoleArn).toEqual(ExecutionRoleArn);
});

test('a resource of another class, with the names of CloudFormation: an express service and a daemon', () => {
  const stack = checkedStack();
  new CfnResource(stack, 'Api', {
    type: 'AWS::ECS::ExpressGatewayService',
    properties: { InfrastructureRoleArn: 'arn:aws:iam::111122223333:role/infrastructure', PrimaryContainer: { Image: IMAGE } },
  });
  new CfnResource(stack, 'Daemon', {
    type: 'AWS::ECS::DaemonTaskDefinition', properties: { Family: 'agents', ContainerDefinitions: [{ Name: 'agent', Image: 'ghcr.io/acme/agent:1' }] },
  });
  authenticate(appOf(stack));

  const template = Template.fromStack(stack);
  const credentials = { RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } };
  template.hasResource('AWS::ECS::ExpressGatewayService', {
    Properties: Match.objectLike({ PrimaryContainer: { Image: IMAGE, ...credentials }, ExecutionRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ApiImagesExecutionRole'), 'Arn'] } }),
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ApiImagesExecutionRoleDefaultPolicy')]),
  });
  template.hasResource('AWS::ECS::DaemonTaskDefinition', {
    Properties: Match.objectLike({ ContainerDefinitions: [{ Name: 'agent', Image: 'ghcr.io/acme/agent:1', ...credentials }] }),
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DaemonImagesExecutionRoleDefaultPolicy')]),
  });
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties: { Image, Engine, Mode } }) => [Image, Engine, Mode]).sort()).toEqual([
    ['ghcr.io/acme/agent:1', undefined, 'ENFORCE'], [IMAGE, 'containerd', 'ENFORCE'],
  ].sort());
  expect(dependencyCycle(template.toJSON())).toBeUndefined();
});

test('a template that was included, with a condition, a parameter, Fn::Sub and Fn::Join', () => {
  const stack = checkedStack();
  includeIn(stack, {
    Parameters: { Tag: { Type: 'String' }, Image: { Type: 'String' } },
    Mappings: { Tags: { prod: { api: '1' } } },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Tag' }, 'prod'] } },
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: TRUST } },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Condition: 'IsProd',
        Properties: {
          ExecutionRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          ContainerDefinitions: [
            { Name: 'sub', Image: { 'Fn::Sub': 'ghcr.io/acme/api:${Tag}' } }, { Name: 'hub', Image: 'nginx:1.27' }, { Name: 'any', Image: { Ref: 'Image' } },
            { Name: 'join', Image: { 'Fn::Join': ['', ['ghcr.io/acme/join:', { Ref: 'Tag' }]] } },
            { Name: 'parts', Image: { 'Fn::Join': ['/', ['ghcr.io', 'acme', { Ref: 'Tag' }]] } },
            { Name: 'map', Image: { 'Fn::Join': [':', [{ 'Fn::Join': ['/', ['ghcr.io', 'acme/map']] }, { 'Fn::FindInMap': ['Tags', 'prod', 'api'] }]] } },
            { Name: 'own', Image: 'ghcr.io/acme/own:1', RepositoryCredentials: OWN_IF_PROD },
          ],
        },
      },
    },
  });
  authenticate(appOf(stack));

  const template = Template.fromStack(stack);
  template.hasResource('AWS::ECS::TaskDefinition', {
    Condition: 'IsProd',
    Properties: {
      ContainerDefinitions: [
        { Name: 'sub', Image: { 'Fn::Sub': 'ghcr.io/acme/api:${Tag}' }, RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } },
        { Name: 'hub', Image: 'nginx:1.27', RepositoryCredentials: { CredentialsParameter: HUB_SECRET_ARN } },
        { Name: 'any', Image: { Ref: 'Image' }, RepositoryCredentials: Match.absent() },
        { Name: 'join', RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } },
        { Name: 'parts', RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } },
        { Name: 'map', RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } },
        { Name: 'own', RepositoryCredentials: OWN_IF_PROD },
      ],
    },
  });
  template.allResources('Custom::PrivateRegistryPullCheck', { Condition: 'IsProd' });
  expect(statementsOf(stack).filter(({ Action }) => Action === 'secretsmanager:GetSecretValue').length).toBeGreaterThan(1);
  expectTaskWaitsForPolicy(stack);
});

test('credentials of an L1 are kept, and a digest is pinned with its label', () => {
  const stack = checkedStack();
  new ecs.CfnTaskDefinition(stack, 'Task', {
    ...FARGATE,
    containerDefinitions: [
      { name: 'own', image: 'ghcr.io/acme/own:1', repositoryCredentials: { credentialsParameter: OWN_SECRET_ARN } }, { name: 'app', image: IMAGE },
    ],
  });
  PrivateRegistries.of(stack).add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS, pinDigest: true });

  const [own, app] = resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties.ContainerDefinitions;
  expect(own).toEqual({ Name: 'own', Image: 'ghcr.io/acme/own:1', RepositoryCredentials: { CredentialsParameter: OWN_SECRET_ARN } });
  expect(app).toEqual({
    Name: 'app',
    Image: { 'Fn::GetAtt': [expect.stringContaining('PrivateRegistryPullCheck'), 'Image'] },
    RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN },
    DockerLabels: { 'cdk-private-registry.image': IMAGE },
  });
});

test.each<[name: string, repositoryCredentials: ecs.CfnTaskDefinition.RepositoryCredentialsProperty]>([
  ['an empty object', {}], ['an empty text', { credentialsParameter: '' }],
])('%s is no credentials', (_, repositoryCredentials) => {
  const stack = checkedStack();
  new ecs.CfnTaskDefinition(stack, 'Task', { ...FARGATE, containerDefinitions: [{ name: 'app', image: IMAGE, repositoryCredentials }] });
  authenticate(appOf(stack));
  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN });
});

test.each<[name: string, define: (stack: Stack) => CfnResource]>([
  ['a list that an override sets', (stack) => {
    const task = new ecs.CfnTaskDefinition(stack, 'Task', { ...FARGATE, containerDefinitions: [{ name: 'other', image: 'quay.io/acme/x:1' }] });
    task.addPropertyOverride('ContainerDefinitions', [{ Name: 'app', Image: IMAGE }, { Name: 'web', Image: 'nginx:1.27' }]);
    return task;
  }],
  ['containers that are tokens', (stack) => new ecs.CfnTaskDefinition(stack, 'Task', {
    ...FARGATE, containerDefinitions: [{ name: 'app', image: IMAGE }, { name: 'web', image: 'nginx:1.27' }].map((container) => Token.asAny(container)),
  })],
  ['a list that is a token', (stack) => new ecs.CfnTaskDefinition(stack, 'Task', {
    ...FARGATE, containerDefinitions: Token.asAny([{ name: 'app', image: IMAGE }, { name: 'web', image: 'nginx:1.27' }]),
  })],
  ['a list that an override sets to a token', (stack) => {
    const task = new ecs.CfnTaskDefinition(stack, 'Task', FARGATE);
    task.addPropertyOverride('ContainerDefinitions', Token.asAny([{ Name: 'app', Image: IMAGE }, { Name: 'web', Image: 'nginx:1.27' }]));
    return task;
  }],
])('%s is read, and stays as it is', (_, define) => {
  const stack = checkedStack();
  define(stack);
  PrivateRegistries.of(stack).add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS, pinDigest: true })
    .add({ provider: RegistryProvider.DOCKER_HUB, credentials: HUB_CREDENTIALS });

  expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties.ContainerDefinitions).toEqual([
    {
      Name: 'app',
      Image: { 'Fn::GetAtt': [expect.stringContaining('PrivateRegistryPullCheck'), 'Image'] },
      RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN },
      DockerLabels: { 'cdk-private-registry.image': IMAGE },
    },
    { Name: 'web', Image: 'nginx:1.27', RepositoryCredentials: { CredentialsParameter: HUB_SECRET_ARN } },
  ]);
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties: { Mode } }) => Mode)).toEqual(['ENFORCE', 'ENFORCE']);
});

test.each<[name: string, override: unknown[] | IResolvable]>([
  ['a list', [{ Name: 'app', Image: IMAGE }]],
  ['a list that is a token', Token.asAny([{ Name: 'app', Image: IMAGE }])],
])('%s that an override sets gets no container that it lacks', (_, override) => {
  const stack = checkedStack();
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  task.addContainer('app', { image: plain(IMAGE) });
  task.addContainer('sidecar', { image: plain('ghcr.io/acme/sidecar:1') });
  (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('ContainerDefinitions', override);
  authenticate(appOf(stack));
  expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties.ContainerDefinitions).toEqual([
    { Name: 'app', Image: IMAGE, RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } },
  ]);
});

test('a list that an override chooses with Fn::If stays, and is an error if it has images of the registry', () => {
  const stack = checkedStack();
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  task.addContainer('app', { image: plain(IMAGE) });
  const condition = new CfnCondition(stack, 'Condition');
  const list = Fn.conditionIf(condition.logicalId, [{ Name: 'app', Image: IMAGE }], [{ Name: 'app', Image: 'ghcr.io/acme/other:1' }]);
  (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('ContainerDefinitions', list);
  authenticate(appOf(stack));
  expectSynthError(stack, 'imageNotAuthenticated', IMAGE);
});

test.each<[name: string, override: (task: ecs.CfnTaskDefinition, labels: IResolvable) => void]>([
  ['an override', (task, labels) => task.addPropertyOverride('ContainerDefinitions.0.DockerLabels', labels)],
  ['a list that an override sets', (task, DockerLabels) => task.addPropertyOverride('ContainerDefinitions', [{ Name: 'app', Image: IMAGE, DockerLabels }])],
])('labels that %s chooses with Fn::If stay as they are', (_, override) => {
  const stack = checkedStack();
  const task = new ecs.CfnTaskDefinition(stack, 'Task', { ...FARGATE, containerDefinitions: [{ name: 'app', image: IMAGE }] });
  const condition = new CfnCondition(stack, 'Condition');
  override(task, Fn.conditionIf(condition.logicalId, { a: 'b' }, { c: 'd' }));
  PrivateRegistries.of(stack).add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS, pinDigest: true });
  expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties.ContainerDefinitions).toEqual([
    expect.objectContaining({ Name: 'app', DockerLabels: { 'Fn::If': ['Condition', { a: 'b' }, { c: 'd' }] }, RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } }),
  ]);
});

test('an Aspect that adds to the array of an L1 is waited for', () => {
  const stack = checkedStack();
  const containerDefinitions = [{ name: 'app', image: IMAGE }];
  const task = new ecs.CfnTaskDefinition(stack, 'Task', { ...FARGATE, containerDefinitions });
  new Stack(appOf(stack), 'Later');
  addAspect(appOf(stack), (construct) => {
    if (construct === task) {
      containerDefinitions.unshift({ name: 'sidecar', image: 'ghcr.io/acme/sidecar:1' });
    }
  }, 900);
  authenticate(appOf(stack));
  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN, 'ghcr.io/acme/sidecar:1': GHCR_SECRET_ARN });
});

test('images of one registry that CloudFormation chooses from are authenticated', () => {
  const stack = checkedStack();
  const condition = new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
  const choice = { 'Fn::If': ['IsProd', IMAGE, { 'Fn::Sub': 'ghcr.io/acme/api:${AWS::Region}' }] };
  new ecs.CfnTaskDefinition(stack, 'Task', {
    ...FARGATE, containerDefinitions: [{ name: 'app', image: Fn.conditionIf(condition.logicalId, IMAGE, Fn.sub('ghcr.io/acme/api:${AWS::Region}')).toString() }],
  });
  authenticate(appOf(stack));

  expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties.ContainerDefinitions).toEqual([
    { Name: 'app', Image: choice, RepositoryCredentials: { CredentialsParameter: GHCR_SECRET_ARN } },
  ]);
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties: { Image, Mode } }) => [Image, Mode])).toEqual([[choice, 'ENFORCE']]);
});

describe('what cannot be read at synth and certainly has no credentials', () => {
  const choose = (stack: Stack, one: any, other: any): any => {
    const condition = new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals('a', 'b') });
    return Fn.conditionIf(condition.logicalId, one, other);
  };
  const cases: Array<[name: string, path: string, define: (stack: Stack) => any]> = [
    ['a lazy list', 'ContainerDefinitions.0', () => Lazy.any({ produce: () => [{ name: 'app', image: IMAGE }] })],
    ['Fn::If around the image', 'ContainerDefinitions.0', (stack) => [{ name: 'app', image: choose(stack, IMAGE, 'quay.io/acme/x:1').toString() }]],
    ['Fn::If with a parameter', 'ContainerDefinitions.0', (stack) => [{ name: 'app', image: choose(stack, IMAGE, { Ref: 'AWS::StackName' }).toString() }]],
    ['Fn::If around a container', 'ContainerDefinitions.0.Fn::If.1', (stack) => [choose(stack, { Name: 'app', Image: IMAGE }, { Ref: 'AWS::NoValue' })]],
    ['Fn::If around the list', 'ContainerDefinitions.Fn::If.2.0', (stack) => choose(stack, [], [{ Name: 'app', Image: IMAGE }])],
  ];

  test.each(cases)('%s: an error with the path', (_, path, define) => {
    const stack = checkedStack();
    new ecs.CfnTaskDefinition(stack, 'Task', { ...FARGATE, containerDefinitions: define(stack) });
    authenticate(appOf(stack));
    expectSynthError(stack, 'imageNotAuthenticated', IMAGE, `in ${path} `, 'Stack/Task');
  });

  test.each(cases.slice(1))('%s: silence if it is exempt, or of other registries', (_, _path, define) => {
    const [exempt, other] = [checkedStack(), checkedStack()];
    new ecs.CfnTaskDefinition(exempt, 'Task', { ...FARGATE, containerDefinitions: define(exempt) });
    authenticate(appOf(exempt));
    PrivateRegistries.exempt(exempt);
    new ecs.CfnTaskDefinition(other, 'Task', { ...FARGATE, containerDefinitions: define(other) });
    PrivateRegistries.of(other).add({ provider: RegistryProvider.NVIDIA, credentials: CREDENTIALS });
    expect([exempt, other].map((stack) => resourcesOf(stack, 'AWS::ECS::TaskDefinition').length)).toEqual([1, 1]);
  });
});
