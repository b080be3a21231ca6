import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { nameOfRole } from './roles';
import { warn } from '../private/errors';
import { roleResourceOf } from '../private/scopes';
import { isIntrinsic } from '../private/template-json';

/**
 * What IAM accepts of all inline policies of a role together, in characters without white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const LIMIT = 10_240;
/** Lengths that are not known at synth are estimates. */
const NEAR_LIMIT = 0.8 * LIMIT;
/** Of an ARN of a secret or a key. */
const ARN_LENGTH = 85;
/** Of the name of a nested stack. */
const NAME_LENGTH = 60;
/** Of an account and, nearly, of a Region. */
const PSEUDO_PARAMETER_LENGTH = 12;
/** Of the id of a stack, without its name. */
const STACK_ID_LENGTH = 'arn:aws:cloudformation:eu-central-1:111122223333:stack//00000000-1111-2222-3333-444444444444'.length;

/** The policies of the checks on each role, in all stacks of an app. */
const POLICIES = new WeakMap<IConstruct, Map<string, iam.Policy[]>>();

/**
 * Warns at the end of synth if the role has nearly as many inline policies as IAM accepts. Only those of this app are known.
 */
export function countPolicy(role: iam.IRole, policy: iam.Policy): void {
  const roles = POLICIES.get(role.node.root) ?? new Map<string, iam.Policy[]>();
  POLICIES.set(role.node.root, roles);
  const key = keyOf(role);
  const policies = roles.get(key);
  if (policies) {
    policies.push(policy);
    return;
  }
  const first = [policy];
  roles.set(key, first);
  role.node.addValidation({
    validate: () => {
      warnNearLimit(role, first);
      return [];
    },
  });
}

/**
 * Each stack can import the same role. In an account that is not known, one name can be that of many roles.
 */
function keyOf(role: iam.IRole): string {
  const imported = [role.env.account, role.roleName];
  return roleResourceOf(role)?.node.path ?? (imported.some((part) => Token.isUnresolved(part)) ? role.node.path : imported.join(' '));
}

function warnNearLimit(role: iam.IRole, ofChecks: iam.Policy[]): void {
  const own = role.node.findAll().filter((construct) => construct instanceof iam.Policy);
  const length = [...own, ...ofChecks].reduce((sum, policy) => sum + lengthOf(policy), 0);
  if (length > NEAR_LIMIT) {
    const stacks = new Set(ofChecks.map(({ stack }) => stack)).size;
    warn(role, 'pullCheckFunctionNearLimit',
      `the inline policies of the role ${nameOfRole(role)} have about ${length} characters, for the pull checks of ${stacks} ${stacks === 1 ? 'stack' : 'stacks'}, `
      + `and IAM accepts ${LIMIT}; use several PullCheckFunctions with a role each, or leave pullCheck.checkFunction out where each stack can have its own`);
  }
}

function lengthOf({ stack, document }: iam.Policy): number {
  return JSON.stringify(stack.resolve(document), (_, value) => isIntrinsic(value) ? 'x'.repeat(lengthOfIntrinsic(stack, value)) : value).length;
}

function lengthOfIntrinsic(stack: Stack, value: Record<string, any>): number {
  if (value['Fn::Join']) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map((part: any) => typeof part === 'string' ? part : 'x'.repeat(lengthOfIntrinsic(stack, part))).join(separator).length;
  }
  if (value.Ref === 'AWS::StackId') {
    return STACK_ID_LENGTH + (Token.isUnresolved(stack.stackName) ? NAME_LENGTH : stack.stackName.length);
  }
  return String(value.Ref).startsWith('AWS::') ? PSEUDO_PARAMETER_LENGTH : ARN_LENGTH;
}
