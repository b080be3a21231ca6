/** A deployment that the check has to stop: its stack must not be made, and CloudFormation must say why. */
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistryImage, RegistryCredentials } from '../src';
import { expectRefusal } from './integ/expectations';
import { inputs } from './integ/inputs';
import { newStack, newTest, synthesize } from './integ/stacks';

const { missingImage, secretArn } = inputs();
const stack = newStack('IntegImageNotFound');
new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', {
  image: new PrivateRegistryImage(missingImage, { credentials: RegistryCredentials.fromSecretCompleteArn(secretArn) }),
});

const test = newTest(stack, { cdkCommandOptions: { deploy: { expectError: true, expectedMessage: '\\[IMAGE_NOT_FOUND\\]' } } });
expectRefusal(test, stack);
synthesize(test);
