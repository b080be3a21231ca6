import { Stack } from 'aws-cdk-lib';
import { LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PrivateRegistries, PrivateRegistry, PrivateRegistryBuildImage, PrivateRegistryFargateService, PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { ErrorId } from '../../src/private/errors';
import { expectError } from '../support/errors';
import { IMAGE, KEY_ARN, newStack, SECRET_ARN } from '../support/synth';
import { CREDENTIALS } from '../support/tasks';

const GHCR = RegistryProvider.GHCR;

/** The places that accept the options of an image, with those that only JavaScript lets through. */
const PLACES: Array<[place: string, define: (stack: Stack, options: any) => unknown]> = [
  ['PrivateRegistryImage', (_, options) => new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, ...options })],
  ['PrivateRegistry', (stack, options) => new PrivateRegistry(stack, 'Ghcr', { provider: GHCR, credentials: CREDENTIALS, ...options })],
  ['PrivateRegistries', (stack, options) => PrivateRegistries.of(stack).add({ provider: GHCR, credentials: CREDENTIALS, ...options })],
  ['PrivateRegistryBuildImage', (_, options) => new PrivateRegistryBuildImage(LinuxBuildImage.fromDockerRegistry(IMAGE), { credentials: CREDENTIALS, ...options })],
  ['PrivateRegistryFargateService', (stack, options) => (
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, ...options })
  )],
];

describe.each([...PLACES, ['image() of a PrivateRegistry', (stack, options) => (
  new PrivateRegistry(stack, 'Ghcr', { provider: GHCR, credentials: CREDENTIALS }).image(IMAGE, options)
)] as typeof PLACES[number]])('%s fails for the pull check', (_place, define) => {
  test.each<[unknown, string]>([
    ['OFF', 'a value of type string'],
    [true, 'a value of type boolean'],
    [false, 'a value of type boolean'],
    [null, 'not set'],
    [['OFF'], 'a value of type object'],
  ])('%j', (pullCheck, kind) => {
    expectError(() => define(newStack(), { pullCheck }), 'invalidPullCheck', `pullCheck is ${kind}`, '{ mode: PullCheckMode.OFF }');
  });

  test.each(['vpc', 'role', 'checkFunction'])('with a text as %s', (name) => {
    expectError(() => define(newStack(), { pullCheck: { [name]: 'arn' } }), 'invalidPullCheck', `pullCheck.${name} is a value of type string`, 'import it');
  });
});

test.each(PLACES)('%s fails for a host as the provider', (_, define) => {
  for (const provider of ['ghcr.io', 42, {}]) {
    expectError(() => define(newStack(), { provider }), 'invalidProvider', `provider is a value of type ${typeof provider}`, 'RegistryProvider.custom("registry.example.com")');
  }
});

test.each<[string, (stack: Stack, any: any) => unknown, unknown[], ErrorId, string]>([
  ['the credentials of an image instead of its options', (_, options) => new PrivateRegistryImage(IMAGE, options), [undefined, 'ghcr/pull', CREDENTIALS], 'invalidCredentials', 'credentials is not set'],
  ['the credentials of a build image instead of its options', (_, options) => (
    new PrivateRegistryBuildImage(LinuxBuildImage.fromDockerRegistry(IMAGE), options)
  ), [undefined, CREDENTIALS], 'invalidCredentials', 'credentials is not set'],
  ['the credentials of a scope without a provider', (stack, props) => PrivateRegistries.of(stack).add(props), [undefined, { credentials: CREDENTIALS }], 'invalidProvider', 'provider is not set'],
  ['a mode instead of the options of image()', (stack, options) => (
    new PrivateRegistry(stack, 'Ghcr', { provider: GHCR, credentials: CREDENTIALS }).image(IMAGE, options)
  ), ['OFF', true, null], 'invalidPullCheck', 'the second argument of image()'],
  ['something else as the registry of a service', (stack, registry) => (
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, registry })
  ), ['ghcr.io', GHCR, CREDENTIALS, null], 'invalidRegistry', 'expected a PrivateRegistry'],
  ['something else as a registry of a scope', (stack, registry) => (
    PrivateRegistries.of(stack).authenticate(registry)
  ), ['ghcr.io', GHCR, CREDENTIALS, null, undefined], 'invalidRegistry', 'expected a PrivateRegistry'],
  ['something else as a scope', (_, scope) => PrivateRegistries.of(scope), ['app', {}, null, undefined], 'invalidScope', 'expected a construct'],
  ['something else as a scope to leave alone', (_, scope) => PrivateRegistries.exempt(scope), ['app', undefined], 'invalidScope', 'expected a construct'],
  ['an image instead of its reference', (stack, image) => (
    new PrivateRegistryFargateService(stack, 'Api', { image, credentials: CREDENTIALS })
  ), [new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS }), null], 'invalidImageReference', 'pass a string'],
  ['a text as a build image', (stack, image) => (
    new PrivateRegistry(stack, 'Ghcr', { provider: GHCR, credentials: CREDENTIALS }).buildImage(image)
  ), [IMAGE, null, undefined], 'invalidBuildImage', 'LinuxBuildImage.fromDockerRegistry'],
  ['an image of an image', (_, image) => new PrivateRegistryImage(image, { credentials: CREDENTIALS }), [{}, 42], 'invalidImageReference', 'pass a string'],
  ['an ARN as a key', (_, encryptionKey) => RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKey }), [KEY_ARN], 'invalidEncryptionKeyArn', 'pass an ARN as encryptionKeyArn'],
  ['a key as an ARN', (stack, encryptionKeyArn) => RegistryCredentials.fromSecretName('ghcr', { encryptionKeyArn: encryptionKeyArn ?? stack }), [undefined, null, {}, 42], 'invalidEncryptionKeyArn', 'encryptionKeyArn is'],
  ['a text as a password', (_, password) => RegistryCredentials.fromSecretValue({ username: 'bot', password }), ['hunter2', undefined], 'plainTextPassword', 'SecretValue'],
])('fails for %s', (_what, define, values, id, text) => {
  for (const value of values) {
    expectError(() => define(newStack(), value), id, text);
  }
});
