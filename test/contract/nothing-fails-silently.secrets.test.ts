import { SecretValue, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { row } from './silent-failures';
import { PrivateRegistry, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence, expectWarning, messageOf } from '../support/errors';
import { CHECKED, credentialsParametersOf, ENV, FLAG_SETS, KEY_ARN, newApp, newStack, pullStatementsOf, SECRET_ARN, templateOf, warningsOf } from '../support/synth';
import { defineTask, defineTaskWith, ownerPoliciesOf, ownSecret, rawImage, rawSecret, stackWith } from '../support/tasks';

const NAME_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr';
const OTHER_ACCOUNT_ARN = SECRET_ARN.replace('111122223333', '999988887777');
const OTHER_ACCOUNT_KEY = KEY_ARN.replace('111122223333', '999988887777');
const OTHER_REGION_ARN = SECRET_ARN.replace('eu-west-1', 'us-east-1');
const OTHER_REGION_KEY = KEY_ARN.replace('eu-west-1', 'us-east-1');

function viaService(region: string): object {
  return { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', [`secretsmanager.${region}.`, { Ref: 'AWS::URLSuffix' }]] } } };
}

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  /** A stack with a task as aws-cdk-lib makes it. */
  function rawStackWith(secretIn: (stack: Stack) => secretsmanager.ISecret): Stack {
    const raw = newStack(flags);
    defineTask(raw, rawImage(secretIn(raw)));
    return raw;
  }

  /** What nobody is told, and nobody may. */
  function expectNoDecrypt(raw: Stack): void {
    expect(JSON.stringify(templateOf(raw))).not.toContain('kms:Decrypt');
    expect(warningsOf(raw)).toEqual([]);
  }

  describe(row('importedKey'), () => {
    test.each<[string, (scope: Construct) => kms.IKey, (stack: Stack) => object]>([
      ['by ARN', (scope) => kms.Key.fromKeyArn(scope, 'Key', KEY_ARN), () => ({ Resource: KEY_ARN, Condition: viaService('eu-west-1') })],
      ['by alias', (scope) => kms.Alias.fromAliasName(scope, 'Key', 'alias/registry'), (stack) => ({
        Resource: stack.resolve(stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })),
        Condition: { ...viaService('eu-west-1'), 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/registry' } },
      })],
    ])('works, where aws-cdk-lib grants nobody the right to decrypt: %s', (_name, keyIn, statement) => {
      expectNoDecrypt(rawStackWith((raw) => rawSecret(raw, SECRET_ARN, keyIn(raw))));
      expectNoDecrypt(rawStackWith((raw) => ownSecret(raw, { encryptionKey: keyIn(raw) })));

      const imported = newStack(flags);
      defineTaskWith(imported, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKey: keyIn(imported) }));
      expect(pullStatementsOf(imported)).toContainEqual({ Action: 'kms:Decrypt', Effect: 'Allow', ...statement(imported) });
      expectSilence(imported);

      const owned = newStack(flags);
      defineTaskWith(owned, RegistryCredentials.fromSecret(ownSecret(owned, { encryptionKey: keyIn(owned) })));
      expect(pullStatementsOf(owned)).toContainEqual({ Action: 'kms:Decrypt', Effect: 'Allow', ...statement(owned) });
      expectSilence(owned);
    });
  });

  describe(row('secretAndKeyOfOtherStack'), () => {
    function define(image: (stack: Stack, secret: secretsmanager.Secret) => void): { shared: Stack; stack: Stack } {
      const app = newApp(flags);
      const shared = new Stack(app, 'Shared', { env: ENV });
      const stack = new Stack(app, 'Stack', { env: ENV });
      image(stack, ownSecret(shared, { encryptionKey: new kms.Key(shared, 'Key') }));
      return { shared, stack };
    }

    test('works, where aws-cdk-lib closes a cycle', () => {
      const raw = define((stack, secret) => defineTask(stack, rawImage(secret)));
      expect(messageOf(() => templateOf(raw.stack))).toMatch(/depends on|cyclic/i);

      const { shared, stack } = define((scope, secret) => defineTaskWith(scope, RegistryCredentials.fromSecret(secret)));
      expectSilence(shared, stack);
      expect(pullStatementsOf(stack)).toEqual([
        { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: credentialsParametersOf(stack)[0] },
        { Action: 'kms:Decrypt', Effect: 'Allow', Resource: expect.anything(), Condition: viaService('eu-west-1') },
      ]);
    });
  });

  describe(row('mistakenSecretId'), () => {
    test('fails with what to do, where aws-cdk-lib only says that a partial ARN is not complete', () => {
      expect(messageOf(() => rawStackWith((raw) => rawSecret(raw, NAME_ARN)))).toContain('does not appear to be complete');

      expectError(() => RegistryCredentials.fromSecretCompleteArn(NAME_ARN),
        'secretArnIncomplete', NAME_ARN, 'describe-secret', 'fromSecretName()');
    });

    test('a partial ARN that looks complete is warned about, and works either way, where aws-cdk-lib allows only the one', () => {
      const raw = rawStackWith((stack) => rawSecret(stack, `${NAME_ARN}-secret`));
      expect(pullStatementsOf(raw)[0].Resource).toBe(`${NAME_ARN}-secret`);
      expect(warningsOf(raw)).toEqual([]);

      const stack = stackWith(RegistryCredentials.fromSecretCompleteArn(`${NAME_ARN}-secret`), flags);
      expect(pullStatementsOf(stack)[0].Resource).toEqual([`${NAME_ARN}-secret`, `${NAME_ARN}-secret-??????`]);
      expectWarning(stack, 'secretArnMayBeIncomplete', `${NAME_ARN}-secret`, 'six characters');
    });

    test('fails, where aws-cdk-lib makes an ARN of an ARN that is passed as a name', () => {
      const raw = rawStackWith((stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', SECRET_ARN));
      expect(JSON.stringify(credentialsParametersOf(raw))).toContain(`:secretsmanager:eu-west-1:111122223333:secret:${SECRET_ARN}`);

      expectError(() => RegistryCredentials.fromSecretName(SECRET_ARN), 'invalidSecretName', SECRET_ARN, 'fromSecretCompleteArn()');
    });

    test('a name with the suffix of an ARN is warned about, where the policy of aws-cdk-lib never matches', () => {
      const raw = rawStackWith((stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'ghcr-a1B2c3'));
      expect(JSON.stringify(pullStatementsOf(raw))).toContain('ghcr-a1B2c3-??????');
      expect(warningsOf(raw)).toEqual([]);

      expectWarning(stackWith(RegistryCredentials.fromSecretName('ghcr-a1B2c3'), flags), 'secretNameMayHaveSuffix', '"ghcr-a1B2c3"');
    });

    test('fails with the ARN to pass, where aws-cdk-lib takes an ARN with a JSON key for an incomplete one, or even accepts it', () => {
      expect(messageOf(() => rawStackWith((raw) => rawSecret(raw, `${SECRET_ARN}:password::`)))).toContain('does not appear to be complete');
      templateOf(rawStackWith((raw) => rawSecret(raw, `${SECRET_ARN}:password:my-a1B2c3`)));

      expectError(() => RegistryCredentials.fromSecretCompleteArn(`${SECRET_ARN}:password::`),
        'secretArnWithJsonKey', `pass the ARN up to "${SECRET_ARN}"`);
    });

    test('fails, where aws-cdk-lib accepts the ARN of another service', () => {
      const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/ghcr-a1B2c3';
      const raw = rawStackWith((stack) => rawSecret(stack, arn));
      expect(credentialsParametersOf(raw)).toEqual([arn]);

      expectError(() => RegistryCredentials.fromSecretCompleteArn(arn), 'invalidSecretArn', arn);
    });
  });

  describe(row('secretByName'), () => {
    test('the complete ARN that the pull check finds, where aws-cdk-lib has a partial ARN', () => {
      const stack = newStack({ ...flags, ...CHECKED });
      defineTaskWith(stack, RegistryCredentials.fromSecretName('ghcr/pull'));
      expect(credentialsParametersOf(stack)).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/PullCheck/), 'CredentialsParameter'] }]);
      expectSilence(stack);
    });

    test('the name without a check, where aws-cdk-lib has a partial ARN', () => {
      const raw = rawStackWith((stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'ghcr_pull'));
      expect(JSON.stringify(credentialsParametersOf(raw))).toMatch(/:secret:ghcr_pull"/);

      const stack = stackWith(RegistryCredentials.fromSecretName('ghcr_pull'), flags);
      expect(credentialsParametersOf(stack)).toEqual(['ghcr_pull']);
      expectSilence(stack);
    });

    test('the partial ARN of aws-cdk-lib without a check, with a warning, for a name that ECS does not accept', () => {
      const raw = rawStackWith((stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'ghcr/pull'));
      const stack = stackWith(RegistryCredentials.fromSecretName('ghcr/pull'), flags);
      expect(credentialsParametersOf(stack)).toEqual(credentialsParametersOf(raw));
      expectWarning(stack, 'secretNameNeedsArn', '"ghcr/pull"', 'fromSecretCompleteArn()');
    });
  });

  describe(row('secretOfOtherAccount'), () => {
    test('the warning leads to the policies of its owner, where aws-cdk-lib neither says them nor lets anybody decrypt', () => {
      expectNoDecrypt(rawStackWith((raw) => rawSecret(raw, OTHER_ACCOUNT_ARN, kms.Key.fromKeyArn(raw, 'Key', OTHER_ACCOUNT_KEY))));

      const stack = newStack(flags);
      const registry = new PrivateRegistry(stack, 'Ghcr', {
        provider: RegistryProvider.GHCR,
        credentials: RegistryCredentials.fromSecretCompleteArn(OTHER_ACCOUNT_ARN, { encryptionKeyArn: OTHER_ACCOUNT_KEY }),
      });
      defineTask(stack, registry.image('ghcr.io/acme/api:1'));
      expect(credentialsParametersOf(stack)).toEqual([OTHER_ACCOUNT_ARN]);
      expect(pullStatementsOf(stack)).toEqual([
        { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: OTHER_ACCOUNT_ARN },
        { Action: 'kms:Decrypt', Effect: 'Allow', Resource: OTHER_ACCOUNT_KEY, Condition: viaService('eu-west-1') },
      ]);
      expectWarning(stack, 'crossAccountSecret', OTHER_ACCOUNT_ARN, 'PrivateRegistry.ownerPolicies()');
      const { secretPolicy, keyPolicy } = ownerPoliciesOf(registry);
      expect([secretPolicy, keyPolicy].map(({ Statement: [{ Action, Resource }] }) => [Action, Resource])).toEqual([
        ['secretsmanager:GetSecretValue', OTHER_ACCOUNT_ARN], ['kms:Decrypt', '*'],
      ]);
    });

    test('fails without a complete ARN, where aws-cdk-lib has a partial one', () => {
      const partial = NAME_ARN.replace('111122223333', '999988887777');
      const raw = rawStackWith((stack) => secretsmanager.Secret.fromSecretPartialArn(stack, 'Secret', partial));
      expect(credentialsParametersOf(raw)).toEqual([partial]);

      const stack = newStack(flags);
      const secret = secretsmanager.Secret.fromSecretPartialArn(stack, 'Secret', partial);
      expectError(() => defineTaskWith(stack, RegistryCredentials.fromSecret(secret)),
        'crossAccountSecretIncomplete', '999988887777', '111122223333', 'fromSecretCompleteArn()');
    });

    test('fails without a key', () => {
      expectError(() => stackWith(RegistryCredentials.fromSecretCompleteArn(OTHER_ACCOUNT_ARN), flags),
        'crossAccountSecretWithoutKey', 'aws/secretsmanager', 'encryptionKeyArn');
    });

    test('fails for a secret that another stack of the app owns, where aws-cdk-lib has a partial ARN', () => {
      const define = (image: (stack: Stack, secret: secretsmanager.Secret) => unknown) => {
        const app = newApp(flags);
        const owner = new Stack(app, 'Owner', { env: { ...ENV, account: '999988887777' } });
        const secret = ownSecret(owner, { secretName: 'ghcr', encryptionKey: new kms.Key(owner, 'Key', { alias: 'ghcr' }) });
        const stack = new Stack(app, 'Stack', { env: ENV });
        image(stack, secret);
        return stack;
      };
      const raw = define((stack, secret) => defineTask(stack, rawImage(secret)));
      expect(JSON.stringify(credentialsParametersOf(raw))).toMatch(/:secretsmanager:eu-west-1:999988887777:secret:ghcr"/);

      expectError(() => define((stack, secret) => defineTaskWith(stack, RegistryCredentials.fromSecret(secret))),
        'secretOfOtherAccountStack', 'Owner/Secret', 'fromSecretCompleteArn()');
    });
  });

  describe(row('secretOfOtherRegion'), () => {
    test('works with a warning about endpoints, where aws-cdk-lib is silent and lets nobody decrypt', () => {
      expectNoDecrypt(rawStackWith((raw) => rawSecret(raw, OTHER_REGION_ARN, kms.Key.fromKeyArn(raw, 'Key', OTHER_REGION_KEY))));

      const stack = stackWith(RegistryCredentials.fromSecretCompleteArn(OTHER_REGION_ARN, { encryptionKeyArn: OTHER_REGION_KEY }), flags);
      expect(credentialsParametersOf(stack)).toEqual([OTHER_REGION_ARN]);
      expect(pullStatementsOf(stack)).toEqual([
        { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: OTHER_REGION_ARN },
        { Action: 'kms:Decrypt', Effect: 'Allow', Resource: OTHER_REGION_KEY, Condition: viaService('us-east-1') },
      ]);
      expectWarning(stack, 'crossRegionSecret', 'us-east-1', 'eu-west-1', 'VPC endpoint', 'replicaRegions');
    });

    test('fails without a complete ARN, where aws-cdk-lib has a partial one', () => {
      const partial = NAME_ARN.replace('eu-west-1', 'us-east-1');
      const raw = rawStackWith((stack) => secretsmanager.Secret.fromSecretPartialArn(stack, 'Secret', partial));
      expect(credentialsParametersOf(raw)).toEqual([partial]);

      const stack = newStack(flags);
      const secret = secretsmanager.Secret.fromSecretPartialArn(stack, 'Secret', partial);
      expectError(() => defineTaskWith(stack, RegistryCredentials.fromSecret(secret)), 'crossRegionSecretIncomplete', '"ghcr"', 'us-east-1');
    });

    test('fails for a named secret that a stack of another Region owns, where aws-cdk-lib has a partial ARN', () => {
      const define = (image: (stack: Stack, secret: secretsmanager.Secret) => unknown) => {
        const app = newApp(flags);
        const secret = ownSecret(new Stack(app, 'Owner', { env: { ...ENV, region: 'us-east-1' } }), { secretName: 'ghcr' });
        const stack = new Stack(app, 'Stack', { env: ENV });
        image(stack, secret);
        return stack;
      };
      const raw = define((stack, secret) => defineTask(stack, rawImage(secret)));
      expect(JSON.stringify(credentialsParametersOf(raw))).toMatch(/:secretsmanager:us-east-1:111122223333:secret:ghcr"/);

      expectError(() => define((stack, secret) => defineTaskWith(stack, RegistryCredentials.fromSecret(secret))),
        'secretOfOtherRegionStack', 'Owner/Secret', 'crossRegionReferences');
    });
  });

  describe(row('initialValueNoCredential'), () => {
    test('is warned about, where aws-cdk-lib accepts it', () => {
      expect(warningsOf(rawStackWith((raw) => new secretsmanager.Secret(raw, 'Secret')))).toEqual([]);

      const stack = newStack(flags);
      defineTaskWith(stack, RegistryCredentials.fromSecret(new secretsmanager.Secret(stack, 'Secret')));
      expectWarning(stack, 'secretWithoutCredentials', 'Stack/Secret', 'CloudFormation would overwrite the stored value');
    });
  });

  describe(row('plainTextPassword'), () => {
    const password = SecretValue.unsafePlainText('hunter2-hunter2');

    test('fails, where aws-cdk-lib writes it into the template', () => {
      const props = { secretObjectValue: { username: SecretValue.unsafePlainText('bot'), password } };
      const raw = rawStackWith((stack) => new secretsmanager.Secret(stack, 'Secret', props));
      expect(JSON.stringify(templateOf(raw))).toContain('hunter2-hunter2');
      expect(warningsOf(raw)).toEqual([]);

      const stack = newStack(flags);
      const secret = new secretsmanager.Secret(stack, 'Secret', props);
      const messages = [
        expectError(() => defineTaskWith(stack, RegistryCredentials.fromSecret(secret)), 'plainTextPassword', 'placeholder()'),
        expectError(() => RegistryCredentials.fromSecretValue({ username: 'bot', password }), 'plainTextPassword', 'fromSecretCompleteArn()'),
      ];
      expect(messages.join()).not.toContain('hunter2');
    });
  });
});
