import { readFileSync } from 'node:fs';
import { App, SecretValue, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PrivateRegistryImage, PrivateRegistryImageOptions, PullCheckMode, RegistryCredentials } from '../../../src';

/** Pairs of tasks: one with aws-cdk-lib alone, and one with this library, where it lets it be. ../agents-path.raw.test.ts goes through them. */
const IMAGE = 'ghcr.io/acme/api:1.5.0';
/** See ../support/given.ts; `doubtful` has the ARNs of ../support/doubtful.ts. */
const { secrets, keyArn, keyOfOtherRegion, roleArn, doubtful } = JSON.parse(readFileSync('given.json', 'utf8'));

const app = new App();
const env = { account: '111122223333', region: 'eu-west-1' };
const raw = new Stack(app, 'Raw', { env });
const ours = new Stack(app, 'Ours', { env });

function task(scope: Construct, id: string, image: ecs.ContainerImage, executionRole?: iam.IRole): void {
  new ecs.FargateTaskDefinition(scope, id, { executionRole }).addContainer('app', { image });
}

function rawTask(id: string, credentials: (stack: Stack) => secretsmanager.ISecret, image: string = IMAGE, executionRole?: iam.IRole): void {
  task(raw, id, ecs.ContainerImage.fromRegistry(image, { credentials: credentials(raw) }), executionRole);
}

function ourTask(id: string, credentials: RegistryCredentials, options: Partial<PrivateRegistryImageOptions> = {}, executionRole?: iam.IRole): void {
  task(ours, id, new PrivateRegistryImage(IMAGE, { credentials, ...options }), executionRole);
}

function byArn(id: string, secretCompleteArn: string, encryptionKeyArn?: string) {
  return (scope: Construct) => secretsmanager.Secret.fromSecretAttributes(scope, `${id}Secret`, {
    secretCompleteArn,
    encryptionKey: encryptionKeyArn === undefined ? undefined : kms.Key.fromKeyArn(scope, `${id}Key`, encryptionKeyArn),
  });
}

function byName(id: string, name: string) {
  return (scope: Construct) => secretsmanager.Secret.fromSecretNameV2(scope, `${id}Secret`, name);
}

const GHCR = RegistryCredentials.fromSecretCompleteArn(secrets['ghcr/pull']);

// A role that can't be changed from here.
const immutable = (scope: Construct) => iam.Role.fromRoleArn(scope, 'Immutable', roleArn, { mutable: false });
rawTask('ImmutableRole', byArn('ImmutableRole', secrets['ghcr/pull']), IMAGE, immutable(raw));
ourTask('ImmutableRole', GHCR, { rolePolicyManagedExternally: true }, immutable(ours));

// A key that is known by its ARN.
rawTask('ImportedKey', byArn('ImportedKey', secrets['keyed/pull'], keyArn));
ourTask('ImportedKey', RegistryCredentials.fromSecretCompleteArn(secrets['keyed/pull'], { encryptionKeyArn: keyArn }));
rawTask('OtherRegion', byArn('OtherRegion', secrets['virginia/pull'], keyOfOtherRegion));
ourTask('OtherRegion', RegistryCredentials.fromSecretCompleteArn(secrets['virginia/pull'], { encryptionKeyArn: keyOfOtherRegion }));

// The id of a secret that is not what it seems.
rawTask('ArnForName', byName('ArnForName', secrets['ghcr/pull']));
rawTask('NameWithSuffix', byName('NameWithSuffix', secrets['ghcr/pull'].split(':secret:')[1]));
rawTask('ArnWithJsonKey', byArn('ArnWithJsonKey', `${secrets['ghcr/pull']}:password:my-a1B2c3`));
rawTask('OtherService', byArn('OtherService', 'arn:aws:ssm:eu-west-1:111122223333:parameter/ghcr-a1B2c3'));
rawTask('ByName', byName('ByName', 'ghcr/pull'));
ourTask('ByName', RegistryCredentials.fromSecretName('ghcr/pull'));

// A value that is no credential, or that everybody can read.
rawTask('Generated', (scope) => new secretsmanager.Secret(scope, 'GeneratedSecret'));
rawTask('PlainText', (scope) => new secretsmanager.Secret(scope, 'PlainTextSecret', {
  secretObjectValue: { username: SecretValue.unsafePlainText('acme-bot'), password: SecretValue.unsafePlainText('hunter2-hunter2') },
}));

// Images that are none of this registry, or none at all.
rawTask('Scheme', byArn('Scheme', secrets['ghcr/pull']), 'https://ghcr.io/acme/api:1.5.0');
rawTask('UpperCase', byArn('UpperCase', secrets['ghcr/pull']), 'ghcr.io/Acme/API:1.5.0');
rawTask('NoHost', byArn('NoHost', secrets['ghcr/pull']), 'acme/api:1.5.0');

// A role that ECS can't assume.
rawTask('NotAssumable', byArn('NotAssumable', secrets['ghcr/pull']), IMAGE, new iam.Role(raw, 'LambdaRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));

// Several containers of one secret.
const rawImage = ecs.ContainerImage.fromRegistry(IMAGE, { credentials: byArn('Containers', secrets['ghcr/pull'])(raw) });
for (const [stack, image] of [[raw, rawImage], [ours, new PrivateRegistryImage(IMAGE, { credentials: GHCR })]] as const) {
  const containers = new ecs.FargateTaskDefinition(stack, 'Containers');
  containers.addContainer('app', { image });
  containers.addContainer('sidecar', { image });
}

// A task and the policy of its role, of which the task comes first by its name; no check lets it wait.
const unchecked = new PrivateRegistryImage(IMAGE, { credentials: GHCR, pullCheck: { mode: PullCheckMode.OFF } });
for (const [stack, image] of [[raw, rawImage], [ours, unchecked]] as const) {
  const role = new iam.Role(stack, 'LateRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  new ecs.FargateTaskDefinition(stack, 'Early', { executionRole: role, taskRole: role }).addContainer('app', { image });
}

// What the check says of secrets that ECS can't read, and of some that look strange and that it can.
const checked = new Stack(app, 'Doubtful', { env });
for (const [id, arn] of Object.entries<string>(doubtful)) {
  const credentials = RegistryCredentials.fromSecretCompleteArn(arn);
  task(checked, id, new PrivateRegistryImage(IMAGE, { credentials, pullCheck: { mode: PullCheckMode.WARN } }));
}

