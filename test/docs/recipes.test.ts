import { Stack } from 'aws-cdk-lib';
import { runExample } from './example';
import { codeBlocks, documentAt } from './markdown';
import { pullStatementsOf, resourcesOf, SECRET_ARN, templateOf } from '../support/synth';

const RECIPES = codeBlocks(documentAt('docs/recipes.md'), 'ts');
const PULL = { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN };

function recipe(name: string): Stack {
  return runExample(RECIPES.find(({ heading }) => heading === name)!.code);
}

function idOf(stack: Stack, type: string): string {
  const [[id]] = Object.entries<any>(templateOf(stack).Resources).filter(([, { Type }]) => Type === type);
  return id;
}

function onlyCheckOf(stack: Stack): any {
  const [check, ...others] = resourcesOf(stack, 'Custom::PrivateRegistryPullCheck');
  expect(others).toEqual([]);
  return check.Properties;
}

test('Express Mode: the service runs the task definition, which has the credentials and waits for the check', () => {
  const stack = recipe('Express Mode');
  const [service] = resourcesOf(stack, 'AWS::ECS::ExpressGatewayService');
  const [task] = resourcesOf(stack, 'AWS::ECS::TaskDefinition');

  expect(service.Properties).toEqual({
    TaskDefinitionArn: { Ref: idOf(stack, 'AWS::ECS::TaskDefinition') },
    InfrastructureRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^InfrastructureRole/), 'Arn'] },
    HealthCheckPath: '/health',
  });
  expect(task.Properties.RequiresCompatibilities).toEqual(['FARGATE']);
  expect(task.Properties.ContainerDefinitions).toEqual([expect.objectContaining({
    Name: 'Main',
    RepositoryCredentials: { CredentialsParameter: SECRET_ARN },
    PortMappings: [{ ContainerPort: 8080, Name: 'http', Protocol: 'tcp' }],
  })]);
  expect(task.DependsOn).toContain(idOf(stack, 'Custom::PrivateRegistryPullCheck'));
});

test('Managed Instances: the task definition is for them only, and the check is for its platform', () => {
  const stack = recipe('Managed Instances');
  const [task] = resourcesOf(stack, 'AWS::ECS::TaskDefinition');

  expect(task.Properties).toMatchObject({
    RequiresCompatibilities: ['MANAGED_INSTANCES'],
    RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
    ContainerDefinitions: [{ RepositoryCredentials: { CredentialsParameter: SECRET_ARN } }],
  });
  expect(onlyCheckOf(stack)).toMatchObject({ Platform: 'linux/arm64', Mode: 'ENFORCE' });
  expect(onlyCheckOf(stack)).not.toHaveProperty('Engine');
});

test('Daemons: the role may read the secret before the daemon is defined', () => {
  const stack = recipe('Daemons');
  const [daemon] = resourcesOf(stack, 'AWS::ECS::DaemonTaskDefinition');

  expect(daemon.Properties.ContainerDefinitions[0].RepositoryCredentials).toEqual({ CredentialsParameter: SECRET_ARN });
  expect(daemon.Properties.ExecutionRoleArn).toEqual({ 'Fn::GetAtt': [idOf(stack, 'AWS::IAM::Role'), 'Arn'] });
  expect(daemon.DependsOn).toEqual([idOf(stack, 'AWS::IAM::Policy')]);
  expect(pullStatementsOf(stack)).toEqual([PULL]);
});

test('CodeBuild: the project has the credentials and waits for the check of its platform', () => {
  const stack = recipe('CodeBuild');
  const [project] = resourcesOf(stack, 'AWS::CodeBuild::Project');

  expect(project.Properties.Environment).toMatchObject({ Type: 'ARM_CONTAINER', RegistryCredential: { Credential: SECRET_ARN } });
  expect(project.DependsOn).toEqual([idOf(stack, 'Custom::PrivateRegistryPullCheck')]);
  expect(onlyCheckOf(stack)).toMatchObject({ Platform: 'linux/arm64', Engine: 'codebuild' });
});

test('The pull-through cache of ECR: the task waits for the rule, and may make the repository and fill it', () => {
  const stack = recipe('The pull-through cache of ECR');
  const [task] = resourcesOf(stack, 'AWS::ECS::TaskDefinition');
  const [policy] = resourcesOf(stack, 'AWS::IAM::Policy');

  expect(task.DependsOn).toContain(idOf(stack, 'AWS::ECR::PullThroughCacheRule'));
  expect(JSON.stringify(task.Properties.ContainerDefinitions[0].Image)).toMatch(/111122223333\.dkr\.ecr\.eu-west-1.*ghcr\/acme\/api:1\.4\.2/);
  expect(task.Properties.ContainerDefinitions[0]).not.toHaveProperty('RepositoryCredentials');
  expect(policy.Properties.PolicyDocument.Statement).toContainEqual({
    Action: ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'],
    Effect: 'Allow',
    Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:eu-west-1:111122223333:repository/ghcr/acme/api']] },
  });
});
