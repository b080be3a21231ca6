import { CfnCondition, CfnParameter, CfnResource, Fn, NestedStack, Size, Stack, Stage } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { CHECKED, ENV, newApp, SECRET_ARN } from './synth';
import { CREDENTIALS, defineTask } from './tasks';
import { PrivateRegistryImage, RegistryCredentials } from '../../src';

export const HUB_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub/pull-d4E5f6';

/** What the command line of the CDK sets, and the app alone does not. */
export const CDK_CONTEXT = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

/** An app with everything that pulls images, of this library and of aws-cdk-lib alone. */
export function synthesizeWholeApp(outdir: string, context: Record<string, unknown> = {}): void {
  const app = newApp({ ...CHECKED, ...context }, { outdir });
  const main = new Stack(app, 'Main', { env: ENV });
  defineTasks(main);
  defineOthers(main);
  defineConditional(new Stack(app, 'Conditional'));
  const nested = new NestedStack(main, 'Nest');
  const byName = RegistryCredentials.fromSecretName('hub/pull');
  defineTask(nested, new PrivateRegistryImage('acme/api:2', { credentials: byName, pullCheck: { restrictedNetwork: true }, pinDigest: true }));
  defineTask(new NestedStack(nested, 'Deep'), ecs.ContainerImage.fromRegistry('quay.io/acme/deep:1'));
  const stage = new Stage(app, 'Prod', { env: ENV });
  const prod = new Stack(stage, 'Main');
  defineTask(prod, new PrivateRegistryImage('ghcr.io/acme/api:1.4.2', { credentials: CREDENTIALS }));
  defineTask(new NestedStack(prod, 'Nest'), ecs.ContainerImage.fromRegistry('quay.io/acme/prod:1'));
  app.synth();
}

function defineTasks(stack: Stack): void {
  const runtimePlatform = { cpuArchitecture: ecs.CpuArchitecture.ARM64 };
  defineTask(stack, new PrivateRegistryImage('ghcr.io/acme/api:1.4.2', { credentials: CREDENTIALS }), { runtimePlatform }, 'Api');
  const web = defineTask(stack, ecs.ContainerImage.fromRegistry('nginx:1.27'), {}, 'Web');
  web.addContainer('own', { image: ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Repository'), '1') });
  const instance = new ecs.Ec2TaskDefinition(stack, 'Instance');
  instance.addContainer('app', { image: ecs.ContainerImage.fromRegistry('quay.io/acme/agent:1'), memoryLimitMiB: 128 });
}

function defineOthers(stack: Stack): void {
  const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Hub', HUB_ARN);
  const container = new batch.EcsFargateContainerDefinition(stack, 'Container', {
    image: ecs.ContainerImage.fromRegistry('acme/job:1'), cpu: 1, memory: Size.gibibytes(2), fargateCpuArchitecture: ecs.CpuArchitecture.ARM64,
  });
  const job = new batch.EcsJobDefinition(stack, 'Job', { container }).node.defaultChild as CfnResource;
  job.addPropertyOverride('ContainerProperties.RepositoryCredentials.CredentialsParameter', HUB_ARN);
  const project = (id: string, buildImage: codebuild.IBuildImage) => new codebuild.Project(stack, id, {
    buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2' }), environment: { buildImage },
  });
  project('Curated', codebuild.LinuxBuildImage.STANDARD_7_0);
  project('Build', codebuild.LinuxArmBuildImage.fromDockerRegistry('acme/build:1', { secretsManagerCredentials: secret }));
  new CfnResource(stack, 'Express', {
    type: 'AWS::ECS::ExpressGatewayService',
    properties: { PrimaryContainer: { Image: 'ghcr.io/acme/express:1', RepositoryCredentials: { CredentialsParameter: SECRET_ARN } } },
  });
  new CfnResource(stack, 'Function', { type: 'AWS::Lambda::Function', properties: { Code: { ImageUri: 'ghcr.io/acme/function:1' } } });
}

function defineConditional(stack: Stack): void {
  const tag = new CfnParameter(stack, 'Tag').valueAsString;
  const image = new CfnParameter(stack, 'Image').valueAsString;
  const isProd = new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals(new CfnParameter(stack, 'Environment').valueAsString, 'prod') });
  const task = (id: string, definition: Record<string, unknown>) => new ecs.CfnTaskDefinition(stack, id, {
    requiresCompatibilities: ['FARGATE'], containerDefinitions: [{ name: 'app', ...definition } as any],
  });
  task('Tagged', { image: `ghcr.io/acme/tagged:${tag}`, repositoryCredentials: { credentialsParameter: SECRET_ARN } });
  task('Any', { image });
  task('Either', {
    image: Fn.conditionIf('IsProd', 'ghcr.io/acme/either:1', 'quay.io/acme/either:1'),
    repositoryCredentials: Fn.conditionIf('IsProd', { CredentialsParameter: SECRET_ARN }, { Ref: 'AWS::NoValue' }),
  });
  task('Sometimes', {
    image: 'ghcr.io/acme/sometimes:1',
    repositoryCredentials: Fn.conditionIf('IsProd', { CredentialsParameter: SECRET_ARN }, { Ref: 'AWS::NoValue' }),
  });
  task('Rarely', { image: 'quay.io/acme/rarely:1' }).cfnOptions.condition = isProd;
}
