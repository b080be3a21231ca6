import { CfnParameter, Fn, SecretValue, Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { PrivateRegistryImage, RegistryCredentials } from '../../src';
import { PLACEHOLDER } from '../../src/private/placeholder';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { IMAGE, newStack, warningIdsOf } from '../support/synth';
import { defineTask, defineTaskWith } from '../support/tasks';

const plain = SecretValue.unsafePlainText;

/** A stack with a secret of the app and a task that uses it. */
function stackWithSecret(props: secretsmanager.SecretProps | ((stack: Stack) => secretsmanager.SecretProps)): Stack {
  const stack = newStack();
  const secret = new secretsmanager.Secret(stack, 'Secret', typeof props === 'function' ? props(stack) : props);
  defineTaskWith(stack, RegistryCredentials.fromSecret(secret));
  return stack;
}

describe('nothing is said about', () => {
  test.each<[string, secretsmanager.SecretProps | ((stack: Stack) => secretsmanager.SecretProps)]>([
    ['a password that CloudFormation looks up', {
      secretObjectValue: { username: plain('bot'), password: SecretValue.secretsManager('tokens', { jsonField: 'ghcr' }) },
    }],
    ['a password from a parameter', (stack) => ({
      secretObjectValue: { username: plain('bot'), password: SecretValue.cfnParameter(new CfnParameter(stack, 'Token', { noEcho: true })) },
    })],
    ['keys in another case, which ECS reads too', {
      secretObjectValue: { Username: plain('bot'), PASSWORD: SecretValue.secretsManager('tokens') },
    }],
    ['more keys than ECS reads', {
      secretObjectValue: { username: plain('bot'), password: SecretValue.secretsManager('tokens'), accessToken: SecretValue.secretsManager('tokens') },
    }],
    ['a value that is not known', (stack) => ({ secretStringValue: SecretValue.cfnParameter(new CfnParameter(stack, 'Json', { noEcho: true })) })],
    ['the placeholder of this library', { secretStringValue: plain(PLACEHOLDER) }],
  ])('%s', (_, props) => {
    expectSilence(stackWithSecret(props));
  });

  test('a value that is imported as a whole', () => {
    expectSilence(stackWithSecret({ secretStringValue: plain(Fn.importValue('Json')) }));
  });

  test('a secret that is attached to something', () => {
    const stack = newStack();
    const secret = new secretsmanager.Secret(stack, 'Secret', { secretObjectValue: { username: plain('bot'), password: SecretValue.secretsManager('tokens') } });
    const attached = secret.attach({ asSecretAttachmentTarget: () => ({ targetId: 'id', targetType: 'AWS::RDS::DBInstance' as any }) });
    defineTaskWith(stack, RegistryCredentials.fromSecret(attached));

    expectSilence(stack);
  });
});

describe('it is warned about', () => {
  test.each<[string, secretsmanager.SecretProps]>([
    ['a random text', {}],
    ['a generated password without a user name', { generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'password' } }],
    ['a generated text beside the credentials', { generateSecretString: { secretStringTemplate: '{"username":"bot"}', generateStringKey: 'token' } }],
    ['JSON without a password', { secretObjectValue: { username: plain('bot') } }],
    ['an empty password', { secretObjectValue: { username: plain('bot'), password: plain('') } }],
    ['a password that is no text', { secretStringValue: plain('{"username":"bot","password":42}') }],
    ['a password without a user name', { secretObjectValue: { password: SecretValue.secretsManager('tokens') } }],
    ['JSON that is no object', { secretStringValue: plain('null') }],
    ['text that is no JSON', { secretStringValue: plain('bot') }],
  ])('%s', (_, props) => {
    expectWarning(stackWithSecret(props), 'secretWithoutCredentials', 'Stack/Secret', '{"username": "...", "password": "..."}', 'never change');
  });

  test.each(['password', 'Password'])('the right object with a random password, under the key %s', (generateStringKey) => {
    const stack = stackWithSecret({ generateSecretString: { secretStringTemplate: '{"username":"bot"}', generateStringKey } });
    const message = expectWarning(stack, 'secretWithoutCredentials', 'Stack/Secret', 'a random password, which no registry knows', 'never change');

    expect(message).not.toContain('is not a credential');
  });

  test('once for each secret, however many containers use it', () => {
    const stack = newStack();
    for (const id of ['One', 'Two']) {
      const credentials = RegistryCredentials.fromSecret(new secretsmanager.Secret(stack, `Secret${id}`));
      defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials }), {}, `${id}First`);
      defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials }), {}, `${id}Second`);
    }

    expect(warningIdsOf(stack)).toEqual(['secretWithoutCredentials', 'secretWithoutCredentials']);
  });
});

describe('a password in plain text', () => {
  test.each<[string, secretsmanager.SecretProps]>([
    ['in an object', { secretObjectValue: { username: plain('bot'), password: plain('hunter2') } }],
    ['in a text', { secretStringValue: plain('{"username":"bot","password":"hunter2"}') }],
    ['under a key in another case', { secretStringValue: plain('{"Username":"bot","Password":"hunter2"}') }],
    ['beside a user name that is a token', { secretObjectValue: { username: plain(Fn.ref('Name')), password: plain('hunter2') } }],
    ['without a user name', { secretObjectValue: { password: plain('hunter2') } }],
  ])('fails: %s', (_, props) => {
    const message = expectError(() => stackWithSecret(props), 'plainTextPassword', 'Stack/Secret', 'placeholder()', 'fromSecretValue()', '(at Stack/Task/app)');

    expect(message).not.toContain('hunter2');
  });
});
