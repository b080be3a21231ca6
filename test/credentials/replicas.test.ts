import { CfnParameter, Stack } from 'aws-cdk-lib';
import { RegistryCredentials } from '../../src';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { credentialsParametersOf, ENV, KEY_ARN, newApp, newStack, pullStatementsOf, SECRET_ARN } from '../support/synth';
import { defineTaskWith } from '../support/tasks';

const REPLICA_ARN = SECRET_ARN.replace('eu-west-1', 'us-east-1');
const MULTI_REGION_KEY = KEY_ARN.replace('key/', 'key/mrk-');
const replicaRegions = ['us-east-1', 'eu-central-1'];

function stackIn(region: string | undefined, credentials: RegistryCredentials): Stack {
  const stack = newStack({}, region === undefined ? {} : { ...ENV, region });
  defineTaskWith(stack, credentials);
  return stack;
}

function decrypt(resource: string, region: string): object {
  return {
    Action: 'kms:Decrypt',
    Effect: 'Allow',
    Resource: resource,
    Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', [`secretsmanager.${region}.`, { Ref: 'AWS::URLSuffix' }]] } } },
  };
}

describe('without a customer-managed key', () => {
  const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { replicaRegions });

  test.each([
    ['in the Region of the secret: its ARN', 'eu-west-1', SECRET_ARN],
    ['in the Region of a replica: the ARN of the replica', 'us-east-1', REPLICA_ARN],
    ['in a Region that is not known: the ARN as given', undefined, SECRET_ARN],
  ])('%s', (_, region, arn) => {
    const stack = stackIn(region, credentials);

    expect(credentialsParametersOf(stack)).toEqual([arn]);
    expect(pullStatementsOf(stack)).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: arn }]);
    expectSilence(stack);
  });

  test('in a Region without a replica: the secret of the other Region, with a warning', () => {
    const stack = stackIn('ap-south-1', credentials);

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expectWarning(stack, 'crossRegionSecret', 'eu-west-1', 'ap-south-1');
  });

  test('one object in all Regions', () => {
    const app = newApp();
    const stacks = ['eu-west-1', 'us-east-1', 'eu-central-1'].map((region) => new Stack(app, region, { env: { ...ENV, region } }));
    stacks.forEach((stack) => defineTaskWith(stack, credentials));

    expectSilence(...stacks);
    expect(stacks.flatMap(credentialsParametersOf)).toEqual(stacks.map(({ region }) => SECRET_ARN.replace('eu-west-1', region)));
  });
});

describe('with a customer-managed key', () => {
  test('a multi-Region key: its replica', () => {
    const stack = stackIn('us-east-1', RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { replicaRegions, encryptionKeyArn: MULTI_REGION_KEY }));

    expect(pullStatementsOf(stack)[1]).toEqual(decrypt(MULTI_REGION_KEY.replace('eu-west-1', 'us-east-1'), 'us-east-1'));
    expectSilence(stack);
  });

  test.each([
    ['an ordinary key', KEY_ARN],
    ['an alias', KEY_ARN.replace(/key\/.*/, 'alias/registry')],
  ])('%s: the key of the replica is not known, which is warned about', (_, encryptionKeyArn) => {
    const stack = stackIn('us-east-1', RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { replicaRegions, encryptionKeyArn }));

    expect(pullStatementsOf(stack)).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: REPLICA_ARN }]);
    expectWarning(stack, 'replicaKeyUnknown', 'us-east-1', 'key/mrk-', 'fromSecretCompleteArn()');
  });

  test('in the Region of the secret: the key', () => {
    const stack = stackIn('eu-west-1', RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { replicaRegions, encryptionKeyArn: KEY_ARN }));

    expect(pullStatementsOf(stack)[1]).toEqual(decrypt(KEY_ARN, 'eu-west-1'));
    expectSilence(stack);
  });
});

test('fails with an ARN that is a token', () => {
  const { valueAsString } = new CfnParameter(newStack(), 'SecretArn');

  expectError(() => RegistryCredentials.fromSecretCompleteArn(valueAsString, { replicaRegions }), 'invalidSecretArn', 'replicaRegions', 'pass the ARN as text');
});

test('a token without replicas is fine', () => {
  const stack = newStack();
  defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(new CfnParameter(stack, 'SecretArn').valueAsString));

  expectSilence(stack);
});
