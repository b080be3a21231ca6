import { readFileSync } from 'node:fs';
import { App, CfnDynamicReference, CfnDynamicReferenceService, CfnParameter, SecretValue, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  PrivateRegistry, PrivateRegistryImage, PrivateRegistryImageOptions, PullCheckMode, RegistryCredentials, RegistryProvider,
} from '../../../src';

/** A task for every way to give credentials, in as few stacks as possible. ../agents-path.credentials.test.ts goes through them. */
const IMAGE = 'ghcr.io/acme/api:1.5.0';
/** See ../support/given.ts. */
const { secrets, keyArn, keyAlias, keyOfOtherRegion } = JSON.parse(readFileSync('given.json', 'utf8'));
const aliasArn = keyArn.replace(/key\/.*/, keyAlias);

const app = new App();
const env = { account: '111122223333', region: 'eu-west-1' };

function task(stack: Stack, id: string, image: ecs.ContainerImage): void {
  new ecs.FargateTaskDefinition(stack, id).addContainer('app', { image });
}

function taskWith(stack: Stack, id: string, credentials: RegistryCredentials, options: Partial<PrivateRegistryImageOptions> = {}): void {
  task(stack, id, new PrivateRegistryImage(IMAGE, { credentials, ...options }));
}

/** What other stacks use. It is deployed first, and its placeholders are filled then. */
const platform = new Stack(app, 'Platform', { env });
const platformKey = new kms.Key(platform, 'Key');
const platformSecret = new secretsmanager.Secret(platform, 'Secret', {
  encryptionKey: platformKey,
  secretObjectValue: {
    username: SecretValue.unsafePlainText('acme-bot'),
    password: SecretValue.secretsManager(secrets.tokens, { jsonField: 'ghcr' }),
  },
});
const placeholder = new PrivateRegistry(platform, 'Filled', { provider: RegistryProvider.GHCR, credentials: RegistryCredentials.placeholder() });
const keyedPlaceholder = new PrivateRegistry(platform, 'FilledAndKeyed', {
  provider: RegistryProvider.GHCR, credentials: RegistryCredentials.placeholder({ encryptionKey: platformKey, secretName: 'platform/ghcr' }),
});

const existing = new Stack(app, 'Existing', { env });
taskWith(existing, 'ByArn', RegistryCredentials.fromSecretCompleteArn(secrets['ghcr/pull']));
taskWith(existing, 'ByArnWithKey', RegistryCredentials.fromSecretCompleteArn(secrets['keyed/pull'], { encryptionKeyArn: keyArn }));
taskWith(existing, 'ByArnWithAlias', RegistryCredentials.fromSecretCompleteArn(secrets['keyed/pull'], { encryptionKeyArn: aliasArn }));
taskWith(existing, 'ByName', RegistryCredentials.fromSecretName('ghcr_pull'));
taskWith(existing, 'ByNameWithKey', RegistryCredentials.fromSecretName('keyed_pull', { encryptionKeyArn: keyArn }));
taskWith(existing, 'BySlashedName', RegistryCredentials.fromSecretName('ghcr/pull'));
taskWith(existing, 'BySlashedNameWithKey', RegistryCredentials.fromSecretName('keyed/pull', { encryptionKey: kms.Key.fromKeyArn(existing, 'Key', keyArn) }));
taskWith(existing, 'ByNameUnchecked', RegistryCredentials.fromSecretName('ghcr_pull'), { pullCheck: { mode: PullCheckMode.OFF } });
taskWith(existing, 'Imported', RegistryCredentials.fromSecret(secretsmanager.Secret.fromSecretAttributes(existing, 'ImportedSecret', {
  secretCompleteArn: secrets['keyed/pull'], encryptionKey: kms.Alias.fromAliasName(existing, 'Alias', keyAlias),
})));
taskWith(existing, 'ImportedByName', RegistryCredentials.fromSecret(secretsmanager.Secret.fromSecretNameV2(existing, 'NamedSecret', 'ghcr/pull')));
taskWith(existing, 'ImportedByPartialArn', RegistryCredentials.fromSecret(
  secretsmanager.Secret.fromSecretPartialArn(existing, 'PartialSecret', secrets.ghcr_pull.slice(0, -7)),
));
taskWith(existing, 'OtherRegion', RegistryCredentials.fromSecretCompleteArn(secrets['virginia/pull'], { encryptionKeyArn: keyOfOtherRegion }));
taskWith(existing, 'Replica', RegistryCredentials.fromSecretCompleteArn(secrets['replicated/pull'], { replicaRegions: [env.region] }));

const created = new Stack(app, 'Created', { env });
const password = SecretValue.cfnParameter(new CfnParameter(created, 'Token', { noEcho: true }));
const username = 'acme-bot';
const ownValue = { secretObjectValue: { username: SecretValue.unsafePlainText(username), password } };
const createdKey = new kms.Key(created, 'Key');
taskWith(created, 'Own', RegistryCredentials.fromSecret(new secretsmanager.Secret(created, 'OwnSecret', ownValue)));
taskWith(created, 'OwnWithKey', RegistryCredentials.fromSecret(new secretsmanager.Secret(created, 'OwnKeyedSecret', {
  ...ownValue, secretName: 'own/keyed', encryptionKey: createdKey,
})));
taskWith(created, 'OwnWithImportedKey', RegistryCredentials.fromSecret(new secretsmanager.Secret(created, 'OwnForeignKeySecret', {
  ...ownValue, encryptionKey: kms.Key.fromKeyArn(created, 'ImportedKey', keyArn),
})));
taskWith(created, 'FromSecret', RegistryCredentials.fromSecretValue({ username, password: SecretValue.secretsManager(secrets.tokens, { jsonField: 'ghcr' }) }));
taskWith(created, 'FromSsmWithKey', RegistryCredentials.fromSecretValue({
  username, password: SecretValue.cfnDynamicReference(new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/tokens/ghcr')), encryptionKey: createdKey,
}));
taskWith(created, 'FromParameter', RegistryCredentials.fromSecretValue({ username, password }));
taskWith(created, 'FromParameters', RegistryCredentials.fromParameters());
task(created, 'FromParametersWithKey', new PrivateRegistryImage('registry.example.com/acme/api:1.5.0', {
  credentials: RegistryCredentials.fromParameters({ encryptionKey: createdKey }),
  provider: RegistryProvider.custom('registry.example.com', { authHost: 'auth.example.com' }),
}));

const consumer = new Stack(app, 'Consumer', { env });
task(consumer, 'Placeholder', placeholder.image(IMAGE));
task(consumer, 'PlaceholderWithKey', keyedPlaceholder.image(IMAGE));
taskWith(consumer, 'OfOtherStack', RegistryCredentials.fromSecret(platformSecret));
