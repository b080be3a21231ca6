import { NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PrivateRegistry, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { credentialsParametersOf, ENV, FLAG_SETS, newApp, newStack, pullStatementsOf, templateOf } from '../support/synth';
import { defineTask, defineTaskWith, stackWith } from '../support/tasks';

function registryIn(stack: Stack, provider = RegistryProvider.GHCR, id = 'Registry'): PrivateRegistry {
  return new PrivateRegistry(stack, id, { provider, credentials: RegistryCredentials.fromParameters() });
}

/** What the user passes, without what aws-cdk-lib adds. */
function parametersOf(stack: Stack): Record<string, any> {
  const { BootstrapVersion: _, ...parameters } = templateOf(stack).Parameters;
  return parameters;
}

test.each(FLAG_SETS)('two parameters and the secret of them, under readable names, with %s', (_, flags) => {
  const stack = stackWith(RegistryCredentials.fromParameters(), flags);
  const rules = {
    Type: 'String',
    MinLength: 1,
    AllowedPattern: '^[^"\\\\\\x00-\\x1f\\x7f]+$',
    ConstraintDescription: expect.stringContaining('_json_key_base64'),
  };

  expect(parametersOf(stack)).toEqual({
    GhcrIoUsername: { ...rules, Description: 'User name for ghcr.io: any text, by convention the name of the account' },
    GhcrIoPassword: { ...rules, NoEcho: true, Description: 'Password for ghcr.io: classic personal access token ghp_... with the scope read:packages' },
  });
  expect(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret')).toEqual({
    GhcrIoSecret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Description: expect.stringContaining('ghcr.io'),
        SecretString: { 'Fn::Join': ['', ['{"username":"', { Ref: 'GhcrIoUsername' }, '","password":"', { Ref: 'GhcrIoPassword' }, '"}']] },
      },
      UpdateReplacePolicy: 'Delete',
      DeletionPolicy: 'Delete',
    },
  });
  expect(credentialsParametersOf(stack)).toEqual([{ Ref: 'GhcrIoSecret' }]);
  expect(pullStatementsOf(stack)).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: { Ref: 'GhcrIoSecret' } }]);
  expectSilence(stack);
});

describe('the pattern of the values, as CloudFormation uses it', () => {
  const { GhcrIoPassword } = parametersOf(stackWith(RegistryCredentials.fromParameters()));
  const pattern = new RegExp(GhcrIoPassword.AllowedPattern);

  test.each(['robot$team+puller', 'ghp_0123456789abcdef', 'a b', "it's", '{}[]:,/', 'ä€😀', '_json_key_base64', '~'])('accepts %p, which stays the same in JSON', (value) => {
    expect(pattern.test(value)).toBe(true);
    expect(JSON.parse(`{"password":"${value}"}`)).toEqual({ password: value });
  });

  test.each(['', 'a"b', 'a\\b', 'a\nb', 'a\n', '\r', '\t', '\0', '\x1f', '\x7f', '{"type":"service_account"}'])('refuses %p', (value) => {
    expect(pattern.test(value)).toBe(false);
  });
});

describe('where they are', () => {
  test('in the outermost stack, which takes parameters from the user', () => {
    const parent = newStack();
    const nested = new NestedStack(new NestedStack(parent, 'Outer'), 'Inner');
    defineTaskWith(nested, RegistryCredentials.fromParameters());

    expect(Object.keys(parametersOf(parent))).toEqual(expect.arrayContaining(['GhcrIoUsername', 'GhcrIoPassword']));
    Template.fromStack(parent).hasResource('AWS::SecretsManager::Secret', {});
    Template.fromStack(nested).resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(pullStatementsOf(nested)).toEqual([{
      Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: credentialsParametersOf(nested)[0],
    }]);
    expectSilence(parent, nested);
  });

  test('two registries side by side', () => {
    const stack = newStack();
    registryIn(stack, RegistryProvider.GHCR, 'Ghcr');
    registryIn(stack, RegistryProvider.custom('registry.my-company.example.com:5000'), 'Own');

    expect(Object.keys(parametersOf(stack))).toEqual([
      'GhcrIoUsername', 'GhcrIoPassword', 'RegistryMyCompanyExampleCom5000Username', 'RegistryMyCompanyExampleCom5000Password',
    ]);
  });

  test('the same registry in two stacks', () => {
    const app = newApp();
    const stacks = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
    stacks.forEach((stack) => registryIn(stack));

    for (const stack of stacks) {
      expect(Object.keys(parametersOf(stack))).toEqual(['GhcrIoUsername', 'GhcrIoPassword']);
    }
  });

  test('fails for the same registry twice in one stack', () => {
    const stack = newStack();
    registryIn(stack, RegistryProvider.GHCR, 'One');

    expectError(() => registryIn(stack, RegistryProvider.GHCR, 'Two'),
      'credentialsReused', 'GhcrIoUsername', 'define one PrivateRegistry for ghcr.io', '(at Stack/Two)');
  });

  test('fails for the same registry in the stack and in a nested stack', () => {
    const stack = newStack();
    registryIn(stack);

    expectError(() => registryIn(new NestedStack(stack, 'Nested')), 'credentialsReused', 'the stack Stack already has');
  });
});

describe('in a Stage', () => {
  test('they are warned about, since CDK Pipelines passes none', () => {
    const stack = new Stack(new Stage(newApp(), 'Prod', { env: ENV }), 'Stack');
    defineTaskWith(stack, RegistryCredentials.fromParameters());

    expectWarning(stack, 'parametersInStage', 'CDK Pipelines', 'fromSecretCompleteArn()', 'cdk deploy --parameters');
  });

  test('once for each registry', () => {
    const stack = new Stack(new Stage(newApp(), 'Prod', { env: ENV }), 'Stack');
    const registry = registryIn(stack);
    defineTask(stack, registry.image('ghcr.io/acme/api:1'));
    defineTask(stack, registry.image('ghcr.io/acme/web:1'), {}, 'Web');

    expect(stack.node.findAll().flatMap((construct) => construct.node.metadata).filter(({ type }) => type === 'aws:cdk:warning')).toHaveLength(1);
  });
});
