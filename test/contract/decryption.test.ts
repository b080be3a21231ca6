import { App, SecretValue, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { PrivateRegistry, RegistryCredentials, RegistryProvider } from '../../src';
import { messageOf } from '../support/errors';
import { keyPolicyOf, managedKeyPolicyOf, Permissions, PolicyDocument } from '../support/permissions';
import { allowAsOwner, LEAST_RIGHTS, pullRights, readersIn, stacksOf } from '../support/pull-rights';
import { CHECKED, ENV, FLAG_SETS, IMAGE, KEY_ARN, newApp, SECRET_ARN } from '../support/synth';
import { defineTask, ownerPoliciesOf, ownSecret, rawImage, rawSecret } from '../support/tasks';

const OTHER_ACCOUNT = '444455556666';
const MANAGED_KEY_ARN = KEY_ARN.replace('00000000', 'aaaaaaaa');
const OTHER_ACCOUNT_KEY_ARN = KEY_ARN.replace(ENV.account, OTHER_ACCOUNT);
const ALIAS = 'alias/registry';

type RawResult = 'decrypts' | 'does not decrypt' | 'does not synthesize';

/** A key as it is made or imported, and where it is in the end. */
interface KeyCase {
  readonly name: string;
  readonly keyIn: (stack: Stack) => kms.IKey | undefined;
  /** Of a key that no template has. */
  readonly arn?: string;
  readonly policy?: PolicyDocument;
  readonly aliases?: string[];
  /** What aws-cdk-lib makes of it without this library, with a secret that is imported and with one of the stack. */
  readonly raw: { readonly imported: RawResult; readonly owned: RawResult };
}

const KEYS: KeyCase[] = [
  {
    name: 'the AWS managed key',
    keyIn: () => undefined,
    arn: MANAGED_KEY_ARN,
    policy: managedKeyPolicyOf(ENV.account, ENV.region),
    raw: { imported: 'decrypts', owned: 'decrypts' },
  },
  { name: 'a key of the stack', keyIn: (stack) => new kms.Key(stack, 'Key'), raw: { imported: 'decrypts', owned: 'decrypts' } },
  {
    name: 'a key by its ARN',
    keyIn: (stack) => kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
    arn: KEY_ARN,
    policy: keyPolicyOf(ENV.account),
    raw: { imported: 'does not decrypt', owned: 'does not decrypt' },
  },
  {
    name: 'a key by its alias',
    keyIn: (stack) => kms.Alias.fromAliasName(stack, 'Key', ALIAS),
    arn: KEY_ARN,
    policy: keyPolicyOf(ENV.account),
    aliases: ['alias/other-name', ALIAS],
    raw: { imported: 'does not decrypt', owned: 'does not decrypt' },
  },
  {
    name: 'a key of another stack',
    keyIn: (stack) => new kms.Key(new Stack(App.of(stack) as App, 'Keys', { env: ENV }), 'Key'),
    raw: { imported: 'decrypts', owned: 'does not synthesize' },
  },
  {
    name: 'a key of another account',
    keyIn: (stack) => kms.Key.fromKeyArn(stack, 'Key', OTHER_ACCOUNT_KEY_ARN),
    arn: OTHER_ACCOUNT_KEY_ARN,
    policy: keyPolicyOf(OTHER_ACCOUNT),
    raw: { imported: 'does not decrypt', owned: 'does not decrypt' },
  },
];

interface Way {
  readonly name: string;
  readonly credentialsIn: (stack: Stack, encryptionKey?: kms.IKey) => RegistryCredentials;
}

const WAYS: Way[] = [
  {
    name: 'fromSecretCompleteArn',
    credentialsIn: (_stack, encryptionKey) => RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKey }),
  },
  {
    name: 'fromSecretCompleteArn, with the ARN of the key',
    credentialsIn: (stack, key) => RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: key && arnOf(stack, key) }),
  },
  {
    name: 'fromSecret of the stack',
    credentialsIn: (stack, encryptionKey) => RegistryCredentials.fromSecret(ownSecret(stack, { encryptionKey })),
  },
  {
    name: 'fromSecret, imported',
    credentialsIn: (stack, key) => RegistryCredentials.fromSecret(rawSecret(stack, SECRET_ARN, key)),
  },
  {
    name: 'fromSecretName',
    credentialsIn: (_stack, encryptionKey) => RegistryCredentials.fromSecretName('ghcr/pull', { encryptionKey }),
  },
  {
    name: 'fromSecretValue',
    credentialsIn: (_stack, encryptionKey) => RegistryCredentials.fromSecretValue({
      username: 'acme-bot', password: SecretValue.secretsManager('tokens', { jsonField: 'ghcr' }), encryptionKey,
    }),
  },
  { name: 'fromParameters', credentialsIn: (_stack, encryptionKey) => RegistryCredentials.fromParameters({ encryptionKey }) },
  { name: 'placeholder', credentialsIn: (_stack, encryptionKey) => RegistryCredentials.placeholder({ encryptionKey }) },
];

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  describe.each(WAYS)('$name', (way) => {
    test.each(KEYS)('$name: the execution role and the check may read and decrypt the secret, and nothing else', async (key) => {
      const app = newApp({ ...flags, ...CHECKED });
      const stack = new Stack(app, 'Stack', { env: ENV });
      // A placeholder belongs in a stack that is deployed before.
      const home = way.name === 'placeholder' ? new Stack(app, 'Registry', { env: ENV }) : stack;
      const registry = new PrivateRegistry(home, 'Ghcr', {
        provider: RegistryProvider.GHCR, credentials: way.credentialsIn(home, key.keyIn(home)),
      });
      defineTask(stack, registry.image(IMAGE));
      const permissions = new Permissions(...stacksOf(app.synth()));
      const keyArn = keyArnOf(permissions, key);
      if (keyArn === OTHER_ACCOUNT_KEY_ARN) {
        allowAsOwner(permissions, keyArn, permissions.valueIn(home.stackName, ownerPoliciesOf(registry).keyPolicy));
      }
      const { secret, executionRole, checkRole = '' } = readersIn(permissions);

      for (const role of [executionRole, checkRole]) {
        const rights = await pullRights(permissions, { role, secret, key: keyArn, aliases: key.aliases });
        // The AWS managed key serves whoever may use Secrets Manager, to encrypt too.
        expect({ role, rights }).toEqual({ role, rights: { ...LEAST_RIGHTS, encrypt: keyArn === MANAGED_KEY_ARN } });
      }
    });
  });

  describe.each<[keyof KeyCase['raw'], (stack: Stack, key?: kms.IKey) => secretsmanager.ISecret]>([
    ['imported', (stack, key) => rawSecret(stack, SECRET_ARN, key)],
    ['owned', (stack, encryptionKey) => ownSecret(stack, { encryptionKey })],
  ])('aws-cdk-lib alone, a secret that is %s', (kind, secretIn) => {
    test.each(KEYS)(`$name: $raw.${kind}`, async (key) => {
      const app = newApp(flags);
      const stack = new Stack(app, 'Stack', { env: ENV });
      defineTask(stack, rawImage(secretIn(stack, key.keyIn(stack))));
      if (key.raw[kind] === 'does not synthesize') {
        expect(messageOf(() => app.synth())).toMatch(/depends on|cyclic/i);
        return;
      }
      const permissions = new Permissions(...stacksOf(app.synth()));
      const keyArn = keyArnOf(permissions, key);
      const { secret, executionRole } = readersIn(permissions);
      const { 'read the secret': reads, 'decrypt it': decrypts } = await pullRights(permissions, {
        role: executionRole, secret, key: keyArn, aliases: key.aliases,
      });

      expect({ reads, decrypts }).toEqual({ reads: true, decrypts: key.raw[kind] === 'decrypts' });
    });
  });
});

/** The key that encrypts the secret; it has the policy that is in a template, or the one of the case. */
function keyArnOf(permissions: Permissions, { arn, policy }: KeyCase): string {
  if (arn === undefined || policy === undefined) {
    return permissions.resources('AWS::KMS::Key')[0].attribute('Arn');
  }
  permissions.setResourcePolicy(arn, policy);
  return arn;
}

function arnOf(stack: Stack, key: kms.IKey): string {
  return 'aliasName' in key ? stack.formatArn({ service: 'kms', resource: ALIAS }) : key.keyArn;
}
