/** A secret of the stack, under a customer-managed key. */
import { SecretValue } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { PrivateRegistryFargateService, RegistryCredentials } from '../src';
import { expectTasksToRun, expectVerdicts } from './integ/expectations';
import { inputs } from './integ/inputs';
import { newStack, newTest, publicVpc, synthesize } from './integ/stacks';

const { image, secretArn } = inputs();
const stack = newStack('IntegSecretWithKey');
const secret = new secretsmanager.Secret(stack, 'Secret', {
  encryptionKey: new kms.Key(stack, 'Key'),
  secretObjectValue: {
    username: SecretValue.secretsManager(secretArn, { jsonField: 'username' }),
    password: SecretValue.secretsManager(secretArn, { jsonField: 'password' }),
  },
});
const { service } = new PrivateRegistryFargateService(stack, 'Api', {
  vpc: publicVpc(stack),
  image,
  credentials: RegistryCredentials.fromSecret(secret),
});

const test = newTest(stack);
expectVerdicts(test, stack, 'OK');
expectTasksToRun(test, service, 1);
synthesize(test);
