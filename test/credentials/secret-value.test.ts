import { CfnParameter, CfnResource, Fn, Lazy, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CreatedSecretOptions, PrivateRegistry, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence, expectSynthError } from '../support/errors';
import { credentialsParametersOf, FLAG_SETS, newStack, pullStatementsOf, resourcesOf } from '../support/synth';
import { defineTaskWith, stackWith } from '../support/tasks';

const PASSWORD = 'hunter2-hunter2';
const TOKEN = SecretValue.secretsManager('tokens', { jsonField: 'ghcr' });

function secretStringWith(password: SecretValue, username = 'acme-bot'): unknown {
  const [secret] = resourcesOf(stackWith(RegistryCredentials.fromSecretValue({ username, password })), 'AWS::SecretsManager::Secret');
  return secret.Properties.SecretString;
}

describe('the secret', () => {
  test.each(FLAG_SETS)('the tasks read it, with %s', (_, flags) => {
    const stack = stackWith(RegistryCredentials.fromSecretValue({ username: 'acme-bot', password: TOKEN }), flags);
    const [[logicalId, secret]] = Object.entries(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));

    expect(secret.Properties.SecretString).toBe('{"username":"acme-bot","password":"{{resolve:secretsmanager:tokens:SecretString:ghcr::}}"}');
    expect(secret.DeletionPolicy).toBe('Delete');
    expect(credentialsParametersOf(stack)).toEqual([{ Ref: logicalId }]);
    expect(pullStatementsOf(stack)).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: { Ref: logicalId } }]);
    expectSilence(stack);
  });

  test('from a parameter', () => {
    const stack = newStack();
    const password = SecretValue.cfnParameter(new CfnParameter(stack, 'Token', { noEcho: true }));
    defineTaskWith(stack, RegistryCredentials.fromSecretValue({ username: 'acme-bot', password }));

    expect(resourcesOf(stack, 'AWS::SecretsManager::Secret')[0].Properties.SecretString).toEqual({
      'Fn::Join': ['', ['{"username":"acme-bot","password":"', { Ref: 'Token' }, '"}']],
    });
  });

  test('from a parameter of SSM', () => {
    const text = '{"username":"acme-bot","password":"{{resolve:ssm:/ghcr/token:3}}"}';

    expect(secretStringWith(SecretValue.unsafePlainText('{{resolve:ssm:/ghcr/token:3}}'))).toBe(text);
  });

  test('from an attribute of a resource', () => {
    const stack = newStack();
    const password = SecretValue.resourceAttribute(new CfnResource(stack, 'Token', { type: 'Custom::Token' }).getAtt('Value').toString());
    defineTaskWith(stack, RegistryCredentials.fromSecretValue({ username: 'acme-bot', password }));

    expect(resourcesOf(stack, 'AWS::SecretsManager::Secret')[0].Properties.SecretString).toEqual({
      'Fn::Join': ['', ['{"username":"acme-bot","password":"', { 'Fn::GetAtt': ['Token', 'Value'] }, '"}']],
    });
  });

  test('a user name with characters that JSON escapes', () => {
    expect(JSON.parse(secretStringWith(TOKEN, 'robot$team+"puller"\\') as string).username).toBe('robot$team+"puller"\\');
  });

  test('is described by what belongs into it', () => {
    const [secret] = resourcesOf(stackWith(RegistryCredentials.fromSecretValue({ username: 'bot', password: TOKEN })), 'AWS::SecretsManager::Secret');

    expect(secret.Properties.Description).toBe('Pull credentials. User name for ghcr.io: any text, by convention the name of the account. '
      + 'Password: classic personal access token ghp_... with the scope read:packages');
  });
});

describe('how the secret is created', () => {
  const KINDS: Array<[string, (options: CreatedSecretOptions) => RegistryCredentials]> = [
    ['fromSecretValue', (options) => RegistryCredentials.fromSecretValue({ username: 'bot', password: TOKEN, ...options })],
    ['fromParameters', (options) => RegistryCredentials.fromParameters(options)],
    ['placeholder', (options) => RegistryCredentials.placeholder(options)],
  ];

  test.each(KINDS)('%s takes its name, description, key and removal policy', (_, credentialsWith) => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    new PrivateRegistry(stack, 'Ghcr', {
      provider: RegistryProvider.GHCR,
      credentials: credentialsWith({ secretName: 'ghcr', description: 'Pulls', encryptionKey, removalPolicy: RemovalPolicy.RETAIN }),
    });

    expect(resourcesOf(stack, 'AWS::SecretsManager::Secret')).toEqual([expect.objectContaining({
      Properties: expect.objectContaining({ Name: 'ghcr', Description: 'Pulls', KmsKeyId: stack.resolve(encryptionKey.keyArn) }),
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    })]);
  });

  test.each(KINDS)('%s fails where it is used twice, and says to share a registry', (_, credentialsWith) => {
    const credentials = credentialsWith({});
    const stack = newStack();
    new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials });

    expectError(() => defineTaskWith(stack, credentials), 'credentialsReused', '(at Stack/Ghcr)', 'define one PrivateRegistry', 'image()', '(at Stack/Task/app)');
  });

  test.each(KINDS)('%s belongs to a scope only when it is used', (_, credentialsWith) => {
    credentialsWith({});
    expect(resourcesOf(newStack(), 'AWS::SecretsManager::Secret')).toEqual([]);
  });
});

describe('a password in plain text', () => {
  test('fails', () => {
    const message = expectError(() => RegistryCredentials.fromSecretValue({ username: 'bot', password: SecretValue.unsafePlainText(PASSWORD) }),
      'plainTextPassword', 'SecretValue.secretsManager()', 'SecretValue.cfnParameter()', 'fromSecretCompleteArn()', 'placeholder()');

    expect(message).not.toContain('hunter2');
  });

  test.each([PASSWORD, undefined, null, 42, { password: PASSWORD }])('fails for what is no SecretValue in JavaScript: %p', (password: any) => {
    const message = expectError(() => RegistryCredentials.fromSecretValue({ username: 'bot', password }), 'plainTextPassword');

    expect(message).not.toContain('hunter2');
  });

  test('fails with the look of a reference around it', () => {
    const password = SecretValue.unsafePlainText(`{{resolve:ssm:/ghcr/token}}${PASSWORD}`);

    expectError(() => RegistryCredentials.fromSecretValue({ username: 'bot', password }), 'plainTextPassword');
  });

  test('fails if it is only produced at synth', () => {
    const password = SecretValue.unsafePlainText(Lazy.string({ produce: () => PASSWORD }));

    expectSynthError(stackWith(RegistryCredentials.fromSecretValue({ username: 'bot', password })), 'plainTextPassword');
  });
});

describe('a password that CloudFormation cannot resolve', () => {
  test.each([
    ['ssmSecure()', SecretValue.ssmSecure('/ghcr/token', '3')],
    ['a token around it', SecretValue.unsafePlainText(Fn.join('', ['{{resolve:ssm-secure:', Fn.ref('Name'), '}}']))],
  ])('fails: %s', (_, password) => {
    const credentials = RegistryCredentials.fromSecretValue({ username: 'bot', password });

    expectError(() => stackWith(credentials), 'unresolvablePassword', 'SecureString', 'fromSecretCompleteArn()', '(at Stack/Task/app)');
  });
});
