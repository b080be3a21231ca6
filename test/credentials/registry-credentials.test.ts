import { SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryImage, PullCheckFunction, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence } from '../support/errors';
import { CHECKED, credentialsParametersOf, IMAGE, newStack, SECRET_ARN } from '../support/synth';
import { defineTask, ownSecret, rawSecret } from '../support/tasks';

/** Every place that accepts credentials, with something that only JavaScript lets through. */
const PLACES: Array<[place: string, define: (stack: Stack, credentials: any) => unknown]> = [
  ['PrivateRegistryImage', (_stack, credentials) => new PrivateRegistryImage(IMAGE, { credentials })],
  ['PrivateRegistry', (stack, credentials) => new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials })],
];

describe.each([...PLACES, ['PrivateRegistryFargateService', (stack, credentials) => (
  new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials })
)] as typeof PLACES[number]])('%s', (_place, define) => {
  test.each<[string, (stack: Stack) => unknown]>([
    ['a secret of the app', (stack) => ownSecret(stack)],
    ['an imported secret', (stack) => rawSecret(stack)],
  ])('fails with %s, and says what to write', (_, credentialsIn) => {
    const stack = newStack();
    expectError(() => define(stack, credentialsIn(stack)), 'invalidCredentials', 'credentials is a secret', 'write RegistryCredentials.fromSecret(secret)');
  });

  test('fails with a text, which is not shown, since it can be a password', () => {
    expect(expectError(() => define(newStack(), 'hunter2'), 'invalidCredentials', 'a value of type string', 'fromSecretCompleteArn(arn)')).not.toContain('hunter2');
  });

  test('fails with a SecretValue', () => {
    expectError(() => define(newStack(), SecretValue.secretsManager('ghcr')), 'invalidCredentials', 'a value of type object');
  });
});

test.each(PLACES)('%s fails without credentials', (_, define) => {
  for (const nothing of [undefined, null]) {
    expectError(() => define(newStack(), nothing), 'invalidCredentials', 'credentials is not set');
  }
});

test('the error says which construct it is about', () => {
  const stack = newStack();
  const credentials: any = rawSecret(stack);
  expectError(() => new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials }), 'invalidCredentials', '(at Stack/Ghcr)');
});

test('what another copy of the package made is accepted', () => {
  let copy!: { RegistryCredentials: typeof RegistryCredentials; PullCheckFunction: typeof PullCheckFunction };
  jest.isolateModules(() => {
    copy = jest.requireActual('../../src');
  });
  expect(copy.RegistryCredentials).not.toBe(RegistryCredentials);
  const stack = newStack(CHECKED);
  const credentials = copy.RegistryCredentials.fromSecretCompleteArn(SECRET_ARN);
  const checkFunction = new copy.PullCheckFunction(stack, 'Check');
  defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials, pullCheck: { checkFunction } }));

  expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
  expectSilence(stack);
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
});
