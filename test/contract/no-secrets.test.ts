import { App, Lazy, SecretValue, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { PrivateRegistryImage, RegistryCredentials } from '../../src';
import { CONFIGURATIONS } from '../snapshots/configurations';
import { AssemblyFile, synthesize } from '../snapshots/synthesize';
import { FLAG_SETS, IMAGE, newStack, templateOf } from '../support/synth';

const CANARY = 'canary-7d1f0c5e';

/** What a token or a key looks like, wherever it stands. */
const SECRETS = [
  CANARY,
  Buffer.from(CANARY).toString('base64').replace(/=+$/, ''),
  'gh[pousr]_[A-Za-z0-9]{16,}',
  'github_pat_[A-Za-z0-9_]{16,}',
  'dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,}',
  'gl[a-z]{2,4}-[A-Za-z0-9_-]{16,}',
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'eyJ[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}',
  'BEGIN (?:[A-Z]+ )?PRIVATE KEY',
];

/** The value of a password in JSON, also in JSON inside JSON. */
const PASSWORD = /\\*"password\\*"\s*:\s*\\*"([^"\\]*)/gi;

/** A dynamic reference, the reference to a parameter that follows in `Fn::Join`, the placeholder, and the examples in an output and in a warning. */
const HARMLESS_PASSWORDS = [/^\{\{resolve:[^{}]+\}\}$/, /^$/, /^REPLACE-ME$/, /^<password>$/, /^\.\.\.$/];

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  test.each(CONFIGURATIONS)('$name: no file of the cloud assembly contains a secret', (configuration) => {
    const files = synthesize(configuration, flags);

    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['manifest.json', 'tree.json']));
    expect(secretsIn(files)).toEqual([]);
  });
});

describe('the search finds', () => {
  test.each([
    ['a known value', CANARY],
    ['a known value in base64', Buffer.from(CANARY).toString('base64')],
    ['a token of GitHub', `ghp_${'0a'.repeat(18)}`],
    ['a token of Docker Hub', `dckr_pat_${'0a'.repeat(13)}`],
    ['a token of GitLab', `glpat-${'0a'.repeat(10)}`],
    ['any other password', 'hunter2'],
  ])('%s in the template and in the tree of a secret of aws-cdk-lib', (_what, password) => {
    const define = (app: App) => {
      new secretsmanager.Secret(new Stack(app, 'Stack'), 'Secret', {
        secretObjectValue: { username: SecretValue.unsafePlainText('acme-bot'), password: SecretValue.unsafePlainText(password) },
      });
    };

    const paths = secretsIn(synthesize({ define }, {})).map(({ path }) => path);

    expect(paths).toEqual(expect.arrayContaining(['Stack.template.json', 'tree.json']));
  });
});

describe('what is refused is not repeated in the error', () => {
  test.each<[string, (stack: Stack) => void]>([
    ['a password in plain text', () => {
      RegistryCredentials.fromSecretValue({ username: 'acme-bot', password: SecretValue.unsafePlainText(CANARY) });
    }],
    ['a password in plain text inside a token', (stack) => {
      const password = SecretValue.unsafePlainText(Lazy.string({ produce: () => CANARY }));
      new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', {
        image: new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecretValue({ username: 'acme-bot', password }) }),
      });
    }],
    ['a password in plain text in a secret of the app', (stack) => {
      const secret = new secretsmanager.Secret(stack, 'Secret', {
        secretObjectValue: { username: SecretValue.unsafePlainText('acme-bot'), password: SecretValue.unsafePlainText(CANARY) },
      });
      new ecs.FargateTaskDefinition(stack, 'Task')
        .addContainer('app', { image: new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecret(secret) }) });
    }],
    ['a password in the image', () => {
      new PrivateRegistryImage(`acme-bot:${CANARY}@${IMAGE}`, { credentials: RegistryCredentials.fromSecretName('ghcr-pull') });
    }],
    ['a password in the URL of the image', () => {
      new PrivateRegistryImage(`https://acme-bot:${CANARY}@${IMAGE}`, { credentials: RegistryCredentials.fromSecretName('ghcr-pull') });
    }],
  ])('%s', (_what, define) => {
    const defineAndSynthesize = () => {
      const stack = newStack();
      define(stack);
      templateOf(stack);
    };
    expect(defineAndSynthesize).toThrow(/cdk-private-registry:/);
    expect(defineAndSynthesize).not.toThrow(new RegExp(CANARY));
  });
});

function secretsIn(files: AssemblyFile[]): Array<{ path: string; secret: string }> {
  return files.flatMap(({ path, text }) => [
    ...[...text.matchAll(new RegExp(SECRETS.join('|'), 'g'))].map(([secret]) => secret),
    ...[...text.matchAll(PASSWORD)].map(([, password]) => password)
      .filter((password) => !HARMLESS_PASSWORDS.some((harmless) => harmless.test(password))),
  ].map((secret) => ({ path, secret })));
}
