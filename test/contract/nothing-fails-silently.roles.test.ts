import { NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { row } from './silent-failures';
import { RegistryCredentials } from '../../src';
import { expectError, expectSilence, expectSynthError, messageOf } from '../support/errors';
import {
  credentialsParametersOf, ENV, FLAG_SETS, newApp, newStack, pullStatementsOf, resourcesOf, SECRET_ARN, templateOf, warningsOf,
} from '../support/synth';
import { apiImage, CREDENTIALS, defineTask, defineTaskWith, ecsRole, expectTaskWaitsForPolicy, ownSecret, rawImage, rawSecret } from '../support/tasks';

const PULL_STATEMENT = { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN };

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  describe(row('immutableExecutionRole'), () => {
    const roles: Array<[string, (stack: Stack) => iam.IRole]> = [
      ['mutable: false', (stack) => iam.Role.fromRoleArn(stack, 'Imported', 'arn:aws:iam::111122223333:role/exec', { mutable: false })],
      ['withoutPolicyUpdates()', (stack) => ecsRole(stack).withoutPolicyUpdates()],
    ];

    test.each(roles)('fails with the policy to attach, where aws-cdk-lib adds no policy and no warning: %s', (_name, roleIn) => {
      const raw = newStack(flags);
      defineTask(raw, rawImage(rawSecret(raw)), { executionRole: roleIn(raw) });
      expect(resourcesOf(raw, 'AWS::IAM::Policy')).toEqual([]);
      expect(warningsOf(raw)).toEqual([]);

      const stack = newStack(flags);
      const message = expectError(() => defineTaskWith(stack, CREDENTIALS, { executionRole: roleIn(stack) }),
        'executionRoleImmutable', 'rolePolicyManagedExternally');
      expect(message).toContain(JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN }],
      }));
    });

    test.each(roles)('%s: somebody else attaches the policy', (_name, roleIn) => {
      const stack = newStack(flags);
      defineTaskWith(stack, CREDENTIALS, { executionRole: roleIn(stack) }, { rolePolicyManagedExternally: true });

      expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
      expectSilence(stack);
    });
  });

  describe(row('executionRoleOfOtherAccount'), () => {
    const roleArn = 'arn:aws:iam::999988887777:role/exec';

    test('fails, where aws-cdk-lib adds no policy and no warning', () => {
      const raw = newStack(flags);
      defineTask(raw, rawImage(rawSecret(raw)), { executionRole: iam.Role.fromRoleArn(raw, 'Role', roleArn) });
      expect(resourcesOf(raw, 'AWS::IAM::Policy')).toEqual([]);
      expect(warningsOf(raw)).toEqual([]);

      const stack = newStack(flags);
      expectError(() => defineTaskWith(stack, CREDENTIALS, { executionRole: iam.Role.fromRoleArn(stack, 'Role', roleArn) }),
        'executionRoleOfOtherAccount', roleArn, 'account 999988887777', 'account 111122223333');
    });
  });

  describe(row('executionRoleOfOtherStack'), () => {
    function twoStacks(): { platform: Stack; stack: Stack } {
      const app = newApp(flags);
      return { platform: new Stack(app, 'Platform', { env: ENV }), stack: new Stack(app, 'Stack', { env: ENV }) };
    }

    test('works and waits, where aws-cdk-lib puts the policy into the other stack and no task waits for it', () => {
      const raw = twoStacks();
      defineTask(raw.stack, rawImage(rawSecret(raw.stack)), { executionRole: ecsRole(raw.platform) });
      expect(resourcesOf(raw.platform, 'AWS::IAM::Policy')).toHaveLength(1);
      expect(resourcesOf(raw.stack, 'AWS::IAM::Policy')).toEqual([]);
      expect(resourcesOf(raw.stack, 'AWS::ECS::TaskDefinition')[0].DependsOn).toBeUndefined();

      const { platform, stack } = twoStacks();
      defineTaskWith(stack, CREDENTIALS, { executionRole: ecsRole(platform) });
      expect(resourcesOf(platform, 'AWS::IAM::Policy')).toEqual([]);
      expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
      expectTaskWaitsForPolicy(stack);
      expectSilence(platform, stack);
    });

    test('works with a secret of the stack of the tasks, where aws-cdk-lib closes a cycle', () => {
      const raw = twoStacks();
      defineTask(raw.stack, rawImage(ownSecret(raw.stack)), { executionRole: ecsRole(raw.platform) });
      expect(messageOf(() => templateOf(raw.stack))).toMatch(/depends on|cyclic/i);

      const { platform, stack } = twoStacks();
      const secret = ownSecret(stack);
      defineTaskWith(stack, RegistryCredentials.fromSecret(secret), { executionRole: ecsRole(platform) });
      expect(pullStatementsOf(stack)).toEqual([{ ...PULL_STATEMENT, Resource: stack.resolve(secret.secretArn) }]);
      expectTaskWaitsForPolicy(stack);
    });

    test('works in a nested stack with the role of its parent, where in aws-cdk-lib no task waits for the policy', () => {
      const raw = newStack(flags);
      const rawNested = new NestedStack(raw, 'Nested');
      defineTask(rawNested, rawImage(rawSecret(rawNested)), { executionRole: ecsRole(raw) });
      expect(resourcesOf(raw, 'AWS::IAM::Policy')).toHaveLength(1);
      expect(resourcesOf(raw, 'AWS::CloudFormation::Stack')[0].DependsOn).toBeUndefined();
      expect(resourcesOf(rawNested, 'AWS::ECS::TaskDefinition')[0].DependsOn).toBeUndefined();

      const parent = newStack(flags);
      const nested = new NestedStack(parent, 'Nested');
      defineTaskWith(nested, CREDENTIALS, { executionRole: ecsRole(parent) });
      expect(resourcesOf(parent, 'AWS::IAM::Policy')).toEqual([]);
      expect(pullStatementsOf(nested)).toEqual([PULL_STATEMENT]);
      expectTaskWaitsForPolicy(nested);
      expectSilence(parent, nested);
    });
  });

  describe(row('executionRoleNotAssumable'), () => {
    const lambda = { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') };

    test('fails, where aws-cdk-lib accepts it', () => {
      const raw = newStack(flags);
      defineTask(raw, rawImage(rawSecret(raw)), { executionRole: ecsRole(raw, lambda) });
      templateOf(raw);
      expect(warningsOf(raw)).toEqual([]);

      const stack = newStack(flags);
      defineTaskWith(stack, CREDENTIALS, { executionRole: ecsRole(stack, lambda) });
      expectSynthError(stack, 'executionRoleNotAssumable', 'Stack/Role', 'lambda.amazonaws.com', 'ecs-tasks.amazonaws.com');
    });
  });

  describe(row('tasksBeforePolicy'), () => {
    /** A service without load balancer: the image is all that matters. */
    function define(stack: Stack, image: ecs.ContainerImage): void {
      const cluster = new ecs.Cluster(stack, 'Cluster');
      new ecs.FargateService(stack, 'Service', { cluster, taskDefinition: defineTask(stack, image) });
    }

    test('the task definition waits, where aws-cdk-lib lets neither it nor the service wait for the policy', () => {
      const raw = newStack(flags);
      define(raw, rawImage(rawSecret(raw)));
      const policies = Object.keys(Template.fromStack(raw).findResources('AWS::IAM::Policy'));
      expect(policies).toHaveLength(1);
      expect(resourcesOf(raw, 'AWS::ECS::Service')[0].DependsOn ?? []).not.toContain(policies[0]);
      expect(resourcesOf(raw, 'AWS::ECS::TaskDefinition')[0].DependsOn).toBeUndefined();

      const stack = newStack(flags);
      define(stack, apiImage());
      expectTaskWaitsForPolicy(stack);
    });
  });

  describe(row('sameSecretInSeveralContainers'), () => {
    function define(stack: Stack, image: ecs.ContainerImage): void {
      const task = defineTask(stack, image);
      task.addContainer('sidecar', { image });
      task.addContainer('other', { image });
    }

    test('one statement, as in aws-cdk-lib', () => {
      const raw = newStack(flags);
      define(raw, rawImage(rawSecret(raw)));
      expect(pullStatementsOf(raw)).toHaveLength(1);

      const stack = newStack(flags);
      define(stack, apiImage());
      expect(pullStatementsOf(stack)).toEqual([PULL_STATEMENT]);
      expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN, SECRET_ARN, SECRET_ARN]);
    });
  });
});
