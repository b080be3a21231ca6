import { App, Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IPullCheckFunction, PrivateRegistryImage, PullCheckFunction, RegistryCredentials } from '../../src';
import { expectSilence, expectWarning } from '../support/errors';
import { CHECKED, ENV, IMAGE, KEY_ARN, newApp, newStack, resourcesOf, SECRET_ARN, warningIdsOf } from '../support/synth';
import { defineTask } from '../support/tasks';

const LIMIT = 10_240;

function stacksWith(
  app: App, count: number, functionIn: (stack: Stack) => IPullCheckFunction, { hasKey = false, env = ENV as Environment } = {},
): Stack[] {
  return Array.from({ length: count }, (_, index) => {
    const stack = new Stack(app, `Service${index + 10}`, { env });
    const encryptionKey = hasKey ? kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) : undefined;
    const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKey });
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials, pullCheck: { checkFunction: functionIn(stack) } }));
    return stack;
  });
}

function shared(count: number, hasKey = false): { owner: Stack; stacks: Stack[]; length: number } {
  const app = newApp(CHECKED);
  const owner = new Stack(app, 'Security', { env: ENV });
  const checkFunction = new PullCheckFunction(owner, 'Check');
  const stacks = stacksWith(app, count, () => checkFunction, { hasKey });
  app.synth();
  return { owner, stacks, length: [owner, ...stacks].reduce((sum, stack) => sum + lengthOfPolicies(stack), 0) };
}

/** Of the policies on the role of the function, with values as AWS fills them in. */
function lengthOfPolicies(stack: Stack): number {
  const policies = resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) => /CheckRole|Security:/.test(JSON.stringify(Properties.Roles)));
  return policies.reduce((sum, { Properties }) => sum + JSON.stringify(Properties.PolicyDocument)
    .replace('{"Ref":"AWS::StackId"}', `"arn:aws:cloudformation:eu-west-1:111122223333:stack/${stack.stackName}/00000000-1111-2222-3333-444444444444"`)
    .replace('{"Fn::Join":["",["secretsmanager.eu-west-1.",{"Ref":"AWS::URLSuffix"}]]}', '"secretsmanager.eu-west-1.amazonaws.com"')
    .replace(/\{"Fn::GetAtt":\["\w+","Arn"\]\}/, '"arn:aws:logs:eu-west-1:111122223333:log-group:Security-CheckLogGroupABCDEF01-0123456789ab:*"')
    .length, 0);
}

test.each([
  ['with one secret each', false, 25],
  ['with one secret each, and a customer-managed key', true, 16],
])('one function is enough for as many stacks as docs/errors.md says, and the warning comes before: %s', (_, hasKey, stacks) => {
  const last = shared(stacks, hasKey);
  expect(last.length).toBeLessThanOrEqual(LIMIT);
  expect(shared(stacks + 1, hasKey).length).toBeGreaterThan(LIMIT);

  const message = expectWarning(last.owner, 'pullCheckFunctionNearLimit', 'the role Security/Check/Role', `of ${stacks} stacks`, `IAM accepts ${LIMIT}`);
  const estimate = Number(/about (\d+) characters/.exec(message)![1]);
  expect(Math.abs(estimate - last.length) / last.length).toBeLessThan(0.02);
  expectSilence(...last.stacks);
});

test('a function that is shared by some stacks is fine', () => {
  const { owner, stacks } = shared(18);
  expectSilence(owner, ...stacks);
});

test.each<[string, Environment, string[]]>([
  ['of one account is one role', ENV, ['pullCheckFunctionNearLimit']],
  ['of accounts that are not known can be many', {}, []],
])('a role that each stack imports by its name, %s', (_, env, warnings) => {
  const stacks = stacksWith(newApp(CHECKED), 25, (stack) => PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Check', {
    functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:check', role: iam.Role.fromRoleName(stack, 'Role', 'check'),
  }), { env });
  (stacks[0].node.root as App).synth();
  expect(stacks.flatMap(warningIdsOf)).toEqual(warnings);
});

test('a function with many secrets in one stack is warned about too', () => {
  const stack = newStack(CHECKED);
  for (let index = 10; index < 60; index++) {
    const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN.replace('pull', `pull${index}`));
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials }), {}, `Task${index}`);
  }
  Template.fromStack(stack);
  expectWarning(stack, 'pullCheckFunctionNearLimit', 'of 1 stack,');
});
