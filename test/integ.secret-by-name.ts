/** A secret of which only the name is known, and an image that is pinned: both take what the check finds. */
import { PrivateRegistryFargateService, RegistryCredentials } from '../src';
import { expectPinnedImage, expectTasksToRun, expectVerdicts } from './integ/expectations';
import { inputs } from './integ/inputs';
import { newStack, newTest, publicVpc, synthesize } from './integ/stacks';

const { image, secretName } = inputs();
const stack = newStack('IntegSecretByName');
const { service } = new PrivateRegistryFargateService(stack, 'Api', {
  vpc: publicVpc(stack),
  image,
  credentials: RegistryCredentials.fromSecretName(secretName),
  pinDigest: true,
});

const test = newTest(stack);
expectVerdicts(test, stack, 'OK');
expectPinnedImage(test, stack);
expectTasksToRun(test, service, 1);
synthesize(test);
