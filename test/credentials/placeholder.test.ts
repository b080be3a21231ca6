import { NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PrivateRegistry, PrivateRegistryFargateService, RegistryCredentials, RegistryProvider } from '../../src';
import { PLACEHOLDER } from '../../src/private/placeholder';
import { expectSilence, expectWarning } from '../support/errors';
import { credentialsParametersOf, ENV, FLAG_SETS, IMAGE, newApp, newStack, resourcesOf, templateOf } from '../support/synth';
import { defineTask, defineTaskWith, ecsRole } from '../support/tasks';

function registryIn(stack: Stack): PrivateRegistry {
  return new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: RegistryCredentials.placeholder() });
}

test('never changes: CloudFormation would overwrite the stored value in its place', () => {
  expect(PLACEHOLDER).toBe('{"username":"REPLACE-ME","password":"REPLACE-ME"}');
});

test.each(FLAG_SETS)('the secret holds it, and stays when the stack goes, with %s', (_, flags) => {
  const stack = newStack(flags);
  registryIn(stack);

  expect(resourcesOf(stack, 'AWS::SecretsManager::Secret')).toEqual([{
    Type: 'AWS::SecretsManager::Secret',
    Properties: { Description: expect.stringContaining('ghcr.io'), SecretString: '{"username":"REPLACE-ME","password":"REPLACE-ME"}' },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  }]);
  expectSilence(stack);
});

test.each([undefined, RemovalPolicy.DESTROY])('the removal policy %s', (removalPolicy) => {
  const stack = newStack();
  new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: RegistryCredentials.placeholder({ removalPolicy }) });

  expect(resourcesOf(stack, 'AWS::SecretsManager::Secret')[0].DeletionPolicy).toBe(removalPolicy ? 'Delete' : 'RetainExceptOnCreate');
});

describe('the output', () => {
  function outputOf(stack: Stack): any {
    const outputs = Object.values<any>(templateOf(stack).Outputs);
    expect(outputs).toHaveLength(1);
    return outputs[0];
  }

  test('the command that stores the credentials', () => {
    const stack = newStack();
    registryIn(stack);
    const [logicalId] = Object.keys(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));

    expect(outputOf(stack)).toEqual({
      Description: 'Stores the credentials. User name for ghcr.io: any text, by convention the name of the account. '
        + 'Password: classic personal access token ghp_... with the scope read:packages',
      Value: {
        'Fn::Join': ['', [
          "aws secretsmanager put-secret-value --region 'eu-west-1' --secret-id '", { Ref: logicalId },
          "' --secret-string '{\"username\":\"<user name>\",\"password\":\"<password>\"}'",
        ]],
      },
    });
  });

  test('names the Region where that is not known', () => {
    const stack = newStack({}, {});
    registryIn(stack);

    expect(JSON.stringify(outputOf(stack))).toContain("--region '\",{\"Ref\":\"AWS::Region\"},\"'");
  });
});

describe('beside the tasks that need it', () => {
  const texts = ['Stack/Ghcr/Secret', 'cannot start before it has a value', 'in a stack that is deployed first'];

  test('is warned about', () => {
    const stack = newStack();
    defineTask(stack, registryIn(stack).image(IMAGE));

    expectWarning(stack, 'placeholderBesideTasks', ...texts);
  });

  test('is warned about without a registry of its own', () => {
    const stack = newStack();
    defineTaskWith(stack, RegistryCredentials.placeholder());

    expectWarning(stack, 'placeholderBesideTasks', 'Stack/Task/app/Secret');
  });

  test('is warned about by the service', () => {
    const stack = newStack();
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: RegistryCredentials.placeholder() });

    expectWarning(stack, 'placeholderBesideTasks', 'Stack/Api/Registry/Secret');
  });

  test('is fine with a service that starts with no task', () => {
    const stack = newStack();
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: RegistryCredentials.placeholder(), desiredCount: 0 });

    expectSilence(stack);
  });

  test('is fine in a stack that is deployed before', () => {
    const app = newApp();
    const shared = new Stack(app, 'Shared', { env: ENV });
    const stack = new Stack(app, 'Stack', { env: ENV });
    defineTask(stack, registryIn(shared).image(IMAGE));

    expectSilence(shared, stack);
    expect(stack.dependencies).toEqual([shared]);
    expect(credentialsParametersOf(stack)).toEqual([expect.objectContaining({})]);
  });

  test('is warned about in a nested stack, which is deployed with its parent', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    defineTask(new NestedStack(stack, 'Nested'), registry.image(IMAGE));

    expectWarning(stack, 'placeholderBesideTasks', 'Stack/Ghcr/Secret');
  });

  test('whoever else may read it is not concerned', () => {
    const stack = newStack();
    registryIn(stack).grantPull(ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));

    expectSilence(stack);
  });
});
