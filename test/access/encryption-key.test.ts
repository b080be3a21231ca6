import { CfnParameter, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { RegistryCredentials } from '../../src';
import { expectError, expectSilence } from '../support/errors';
import { ENV, FLAG_SETS, KEY_ARN, newApp, newStack, pullStatementsOf, SECRET_ARN, templateOf } from '../support/synth';
import { defineTaskWith, ownSecret } from '../support/tasks';

const ALIAS_ARN = KEY_ARN.replace(/key\/.*/, 'alias/registry');
const ALL_KEYS = KEY_ARN.replace(/key\/.*/, 'key/*');

function viaService(region = 'eu-west-1'): object {
  return { 'kms:ViaService': { 'Fn::Join': ['', [`secretsmanager.${region}.`, { Ref: 'AWS::URLSuffix' }]] } };
}

function decrypt(resource: unknown, alias?: string): object {
  return {
    Action: 'kms:Decrypt',
    Effect: 'Allow',
    Resource: resource,
    Condition: { StringEquals: viaService(), ...(alias && { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } }) },
  };
}

function allKeysOf(stack: Stack): unknown {
  return stack.resolve(stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' }));
}

type Case = [name: string, keyIn: (scope: Construct) => kms.IKey, resource: (stack: Stack, key: kms.IKey) => unknown, alias?: string];

const KEYS: Case[] = [
  ['owned key', (scope) => new kms.Key(scope, 'Key'), (stack, key) => stack.resolve(key.keyArn)],
  ['key imported by ARN', (scope) => kms.Key.fromKeyArn(scope, 'Key', KEY_ARN), () => KEY_ARN],
  ['alias imported by name', (scope) => kms.Alias.fromAliasName(scope, 'Key', 'alias/registry'), allKeysOf, 'alias/registry'],
  ['owned alias', (scope) => new kms.Key(scope, 'Target').addAlias('alias/registry'),
    (stack, key) => stack.resolve((key as kms.Alias).aliasTargetKey.keyArn)],
  ['alias imported with its key', (scope) => kms.Alias.fromAliasAttributes(scope, 'Key', {
    aliasName: 'alias/registry', aliasTargetKey: kms.Key.fromKeyArn(scope, 'Target', KEY_ARN),
  }), () => KEY_ARN],
];

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  describe.each(KEYS)('%s', (_name, keyIn, resource, alias) => {
    test.each<[string, (stack: Stack, key: kms.IKey) => RegistryCredentials]>([
      ['of a secret of the app', (stack, key) => RegistryCredentials.fromSecret(ownSecret(stack, { encryptionKey: key }))],
      ['of an imported secret', (stack, key) => RegistryCredentials.fromSecret(secretsmanager.Secret.fromSecretAttributes(stack, 'Imported', {
        secretCompleteArn: SECRET_ARN, encryptionKey: key,
      }))],
      ['of a secret by ARN', (_stack, key) => RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKey: key })],
      ['of a secret by name', (_stack, key) => RegistryCredentials.fromSecretName('ghcr', { encryptionKey: key })],
      ['of a secret that the library creates', (_stack, key) => RegistryCredentials.fromParameters({ encryptionKey: key })],
    ])('%s: the execution role may decrypt with it, and only for Secrets Manager', (_secret, credentialsIn) => {
      const stack = newStack(flags);
      const key = keyIn(stack);
      defineTaskWith(stack, credentialsIn(stack, key));

      expect(pullStatementsOf(stack)).toEqual([
        { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: expect.anything() },
        decrypt(resource(stack, key), alias),
      ]);
      expectSilence(stack);
    });
  });
});

describe('by the ARN of the key', () => {
  test.each([
    ['key', KEY_ARN, decrypt(KEY_ARN)],
    ['multi-Region key', KEY_ARN.replace('key/', 'key/mrk-'), decrypt(KEY_ARN.replace('key/', 'key/mrk-'))],
    ['alias', ALIAS_ARN, decrypt(ALL_KEYS, 'alias/registry')],
  ])('%s', (_, encryptionKeyArn, statement) => {
    for (const credentials of [
      RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn }),
      RegistryCredentials.fromSecretName('ghcr', { encryptionKeyArn }),
    ]) {
      const stack = newStack();
      defineTaskWith(stack, credentials);
      expect(pullStatementsOf(stack)[1]).toEqual(statement);
      expectSilence(stack);
    }
  });

  test('a token is taken for the ARN of a key', () => {
    const stack = newStack();
    const encryptionKeyArn = new CfnParameter(stack, 'KeyArn').valueAsString;
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn }));

    expect(pullStatementsOf(stack)[1]).toEqual(decrypt({ Ref: 'KeyArn' }));
  });

  test.each(['alias/registry', KEY_ARN.replace('kms', 'iam'), KEY_ARN.replace('key/', ''), '00000000-1111-2222-3333-444444444444', ''])(
    'fails for what is no ARN of a key: %p', (encryptionKeyArn) => {
      expectError(() => RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn }), 'invalidEncryptionKeyArn', `"${encryptionKeyArn}"`);
      expectError(() => RegistryCredentials.fromSecretName('ghcr', { encryptionKeyArn }), 'invalidEncryptionKeyArn', 'alias/<name>');
    });

  test('fails together with the key', () => {
    const encryptionKey = new kms.Key(newStack(), 'Key');
    const options = { encryptionKey, encryptionKeyArn: KEY_ARN };

    expectError(() => RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, options), 'encryptionKeyAmbiguous', KEY_ARN);
    expectError(() => RegistryCredentials.fromSecretName('ghcr', options), 'encryptionKeyAmbiguous', 'encryptionKey', 'encryptionKeyArn');
  });
});

describe('where', () => {
  test('in a stack without a fixed environment: the Region of the secret', () => {
    const stack = newStack({}, {});
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN }));

    expect(pullStatementsOf(stack)[1]).toEqual(decrypt(KEY_ARN));
  });

  test('a secret by name in a stack without a fixed environment: the Region of the stack', () => {
    const stack = newStack({}, {});
    defineTaskWith(stack, RegistryCredentials.fromSecretName('ghcr', { encryptionKeyArn: KEY_ARN }));

    expect(pullStatementsOf(stack)[1].Condition.StringEquals).toEqual({
      'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
    });
  });

  test.each([['aws-cn', 'cn-north-1'], ['aws-us-gov', 'us-gov-west-1']])('in the partition %s', (partition, region) => {
    const stack = newStack({}, { ...ENV, region });
    const inPartition = (arn: string) => arn.replace('arn:aws', `arn:${partition}`).replace('eu-west-1', region);
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(inPartition(SECRET_ARN), { encryptionKeyArn: inPartition(ALIAS_ARN) }));

    expect(pullStatementsOf(stack)[1]).toEqual({
      Action: 'kms:Decrypt',
      Effect: 'Allow',
      Resource: inPartition(ALL_KEYS),
      Condition: { 'StringEquals': viaService(region), 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/registry' } },
    });
    expectSilence(stack);
  });

  test('a key of another stack keeps its policy as it is', () => {
    const define = (use: (stack: Stack, secret: secretsmanager.Secret) => void) => {
      const app = newApp();
      const shared = new Stack(app, 'Shared', { env: ENV });
      use(new Stack(app, 'Stack', { env: ENV }), ownSecret(shared, { encryptionKey: new kms.Key(shared, 'Key') }));
      return templateOf(shared).Resources;
    };

    expect(define((stack, secret) => defineTaskWith(stack, RegistryCredentials.fromSecret(secret)))).toEqual(define(() => undefined));
  });
});
