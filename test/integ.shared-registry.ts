/** One registry for a service with a sidecar, and for a plain FargateService. */
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistry, PrivateRegistryFargateService, RegistryCredentials, RegistryProvider } from '../src';
import { expectTasksToRun, expectToAnswer, expectVerdicts } from './integ/expectations';
import { inputs } from './integ/inputs';
import { newStack, newTest, publicVpc, synthesize } from './integ/stacks';

const { image, secretArn } = inputs();
const stack = newStack('IntegSharedRegistry');
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: publicVpc(stack) });
const registry = new PrivateRegistry(stack, 'Registry', {
  provider: RegistryProvider.forImage(image),
  credentials: RegistryCredentials.fromSecretCompleteArn(secretArn),
});

const api = new PrivateRegistryFargateService(stack, 'Api', { cluster, registry, image });
// The containers of a task share its ports, so that this one does something else. It is essential: the task runs only if it does.
api.taskDefinition.addContainer('sidecar', { image: registry.image(image), entryPoint: ['sleep', '86400'] });

const taskDefinition = new ecs.FargateTaskDefinition(stack, 'WorkerTask');
taskDefinition.addContainer('worker', { image: registry.image(image) });
const worker = new ecs.FargateService(stack, 'Worker', {
  cluster, taskDefinition, assignPublicIp: true, minHealthyPercent: 100, circuitBreaker: { enable: true, rollback: true },
});

const test = newTest(stack);
// The same image is checked once.
expectVerdicts(test, stack, 'OK');
expectTasksToRun(test, api.service, 1);
expectToAnswer(test, api.loadBalancer);
expectTasksToRun(test, worker, 1);
synthesize(test);
