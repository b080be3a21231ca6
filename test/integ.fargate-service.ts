/** A new service, with a secret that exists. */
import { PrivateRegistryFargateService, RegistryCredentials } from '../src';
import { expectTasksToRun, expectToAnswer, expectVerdicts } from './integ/expectations';
import { inputs } from './integ/inputs';
import { newStack, newTest, publicVpc, synthesize } from './integ/stacks';

const { image, secretArn } = inputs();
const stack = newStack('IntegFargateService');
const { service, loadBalancer } = new PrivateRegistryFargateService(stack, 'Api', {
  vpc: publicVpc(stack),
  image,
  credentials: RegistryCredentials.fromSecretCompleteArn(secretArn),
  desiredCount: 2,
});

const test = newTest(stack);
expectVerdicts(test, stack, 'OK');
expectTasksToRun(test, service, 2);
expectToAnswer(test, loadBalancer);
synthesize(test);
