import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import { PrivateRegistry, PrivateRegistryFargateService, RegistryCredentials, RegistryProvider } from 'cdk-private-registry';

const app = new App();
const stack = new Stack(app, 'SharedRegistry', { env: { account: '111122223333', region: 'eu-west-1' } });

// The secret is made from the parameters GhcrIoUsername and GhcrIoPassword of the stack.
const ghcr = new PrivateRegistry(stack, 'Ghcr', {
  provider: RegistryProvider.GHCR,
  credentials: RegistryCredentials.fromParameters({
    encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
  }),
});

const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });

// A web service, with a sidecar from the same registry.
const api = new PrivateRegistryFargateService(stack, 'Api', {
  cluster,
  registry: ghcr,
  image: 'ghcr.io/acme/api:1.4.2',
  containerPort: 8080,
  desiredCount: 2,
});
api.taskDefinition.addContainer('agent', {
  image: ghcr.image('ghcr.io/acme/agent:2.1.0'),
  logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'agent' }),
  essential: false,
  memoryReservationMiB: 64,
});

// A worker without a load balancer. The image does the same in every construct that takes an ecs.ContainerImage.
const worker = new ecs.FargateTaskDefinition(stack, 'WorkerTask');
worker.addContainer('worker', {
  image: ghcr.image('ghcr.io/acme/worker:3.0.0'),
  logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'worker' }),
});
new ecs.FargateService(stack, 'Worker', {
  cluster,
  taskDefinition: worker,
  desiredCount: 1,
  minHealthyPercent: 100,
  circuitBreaker: { rollback: true },
});
