import { readFileSync, writeFileSync } from 'node:fs';
import { App, Aspects, IAspect, Size, Stack } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as include from 'aws-cdk-lib/cloudformation-include';
import { IConstruct } from 'constructs';
import { PrivateRegistries, RegistryCredentials, RegistryProvider } from '../../../src';

// Installed for these tests only: the newest one needs a newer aws-cdk-lib than this library does.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { DatadogECSFargate, LoggingType } = require('datadog-cdk-constructs-v2');

/** Constructs that know nothing of this library, and one statement. ../agents-path.whole-app.test.ts goes through them. */
/** See ../support/given.ts. */
const { secrets, hubSecret } = JSON.parse(readFileSync('given.json', 'utf8'));

const API = ecs.ContainerImage.fromRegistry('ghcr.io/acme/api:1.5.0');
const SIDECAR = ecs.ContainerImage.fromRegistry('acme/sidecar:0.9');

const app = new App();
const env = { account: '111122223333', region: 'eu-west-1' };

const services = new Stack(app, 'Services', { env });
const vpc = new ec2.Vpc(services, 'Vpc', { maxAzs: 2, natGateways: 0, restrictDefaultSecurityGroup: false });
const cluster = new ecs.Cluster(services, 'Cluster', { vpc });
const web = new patterns.ApplicationLoadBalancedFargateService(services, 'Web', {
  cluster, assignPublicIp: true, taskImageOptions: { containerName: 'web', image: ecs.ContainerImage.fromRegistry('ghcr.io/acme/web:2.0.0') },
});
web.taskDefinition.addContainer('web-sidecar', { image: SIDECAR });
new patterns.ScheduledFargateTask(services, 'Nightly', {
  cluster,
  subnetSelection: { subnetType: ec2.SubnetType.PUBLIC },
  schedule: appscaling.Schedule.cron({ hour: '3' }),
  scheduledFargateTaskImageOptions: { image: ecs.ContainerImage.fromRegistry('acme/worker:3.0.0') },
});

const tasks = new Stack(app, 'Tasks', { env });
const plain = new ecs.FargateTaskDefinition(tasks, 'Plain');
plain.addContainer('api', { image: API });
plain.addContainer('sidecar', { image: SIDECAR });
const onInstances = new ecs.Ec2TaskDefinition(tasks, 'OnInstances');
onInstances.addContainer('on-instances', { image: API, memoryLimitMiB: 256 });

/** Adds an agent, and a log router for FireLens. */
const datadog = new DatadogECSFargate({
  apiKey: 'not-a-key',
  registry: 'acme/agent',
  imageVersion: '2.1.0',
  logCollection: { isEnabled: true, loggingType: LoggingType.FLUENTBIT, fluentbitConfig: { registry: 'ghcr.io/acme/sidecar', imageVersion: '0.9' } },
});
datadog.fargateTaskDefinition(tasks, 'Observed').addContainer('observed', { image: API });

const jobs = new Stack(app, 'Jobs', { env });
new batch.EcsJobDefinition(jobs, 'Job', {
  container: new batch.EcsFargateContainerDefinition(jobs, 'Container', { image: API, cpu: 0.25, memory: Size.mebibytes(512) }),
});

writeFileSync('template.yaml', `
Parameters:
  Tag:
    Type: String
    Default: 1.5.0
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: included
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: '256'
      Memory: '512'
      ContainerDefinitions:
        - Name: included
          Image: !Sub ghcr.io/acme/api:\${Tag}
        - Name: included-worker
          Image: acme/worker:3.0.0
`);
new include.CfnInclude(new Stack(app, 'Included', { env }), 'Template', { templateFile: 'template.yaml' });

/** What a platform team adds to every task. */
class Agents implements IAspect {
  public visit(node: IConstruct): void {
    if (node === plain) {
      plain.addContainer('agent', { image: ecs.ContainerImage.fromRegistry('ghcr.io/acme/agent:2.1.0') });
    }
  }
}
Aspects.of(app).add(new Agents());

PrivateRegistries.of(app)
  .add({ provider: RegistryProvider.GHCR, credentials: RegistryCredentials.fromSecretCompleteArn(secrets['ghcr/pull']) })
  .add({ provider: RegistryProvider.DOCKER_HUB, credentials: RegistryCredentials.fromSecretName(hubSecret) });
