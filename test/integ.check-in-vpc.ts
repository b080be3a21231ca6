/** Checks that ask from inside a VPC: one says yes, and one that must not stop the deployment says no. */
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistry, PullCheckMode, RegistryCredentials, RegistryProvider } from '../src';
import { expectVerdicts } from './integ/expectations';
import { inputs } from './integ/inputs';
import { newStack, newTest, privateVpc, synthesize } from './integ/stacks';

const { image, missingImage, secretArn } = inputs();
const stack = newStack('IntegCheckInVpc');
const registry = new PrivateRegistry(stack, 'Registry', {
  provider: RegistryProvider.forImage(image),
  credentials: RegistryCredentials.fromSecretCompleteArn(secretArn),
  pullCheck: { vpc: privateVpc(stack) },
});

const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('app', { image: registry.image(image) });
taskDefinition.addContainer('missing', { image: registry.image(missingImage, { pullCheck: { mode: PullCheckMode.WARN } }) });

const test = newTest(stack);
expectVerdicts(test, stack, 'OK', 'IMAGE_NOT_FOUND');
synthesize(test);
