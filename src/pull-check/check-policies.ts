import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grantStatements } from '../access/grant-pull';
import { policyName } from '../access/policy-name';
import { countPolicy } from '../access/policy-size';
import { policyOf, policyStatement, PullStatement } from '../access/pull-statements';
import { customizesRoles, isImmutable, nameOfRole } from '../access/roles';
import { warn } from '../private/errors';
import { hashOf, identityOf } from '../private/identity';
import { validateWhenKnown } from '../private/late';
import { createFor } from '../private/late-condition';
import { certainlyDiffer } from '../private/tokens';

/**
 * The roles behind a pull check. Only in a VPC they differ.
 */
export interface CheckRoles {
  /** Reads the secrets. */
  readonly reader: iam.IRole;
  /** Answers CloudFormation. */
  readonly responder: iam.IRole;
  /** What the functions need from a role that cannot be changed. */
  readonly own?: PullStatement[];
}

/**
 * Gives the roles their permissions in the stack of the construct that depends on them, and warns about roles that cannot be
 * changed from there.
 */
export function attachPolicies(dependent: Construct, { reader, responder, own = [] }: CheckRoles, read: PullStatement[]): void {
  const stack = Stack.of(dependent);
  const needs = [
    { role: reader, purpose: 'ReadSecret', statements: read },
    { role: responder, purpose: 'DescribeStack', statements: [describeStack(stack)] },
  ];
  const missing = new Map<iam.IRole, PullStatement[]>();
  for (const { role, purpose, statements } of needs) {
    if (customizesRoles(role)) {
      grantStatements(role, statements);
    } else if (isImmutable(role) || customizesRoles(dependent) || certainlyDiffer(role.env.account, stack.account)) {
      missing.set(role, [...missing.get(role) ?? (isImmutable(role) ? own : []), ...statements]);
    } else {
      attachPolicy(dependent, role, purpose, statements);
    }
  }
  for (const [role, statements] of missing) {
    warnAboutPolicy(dependent, `the role ${nameOfRole(role)} of the pull check cannot be changed from here`, statements);
  }
}

/**
 * Shows the policy for a function whose roles are not known here.
 */
export function warnAboutFunction(dependent: Construct, functionArn: string, read: PullStatement[]): void {
  warnAboutPolicy(dependent, `the role of the pull check function ${functionArn} is not known here`, [...read, describeStack(Stack.of(dependent))]);
}

/**
 * An update in a rollback must not fail: the function asks which it is.
 */
function describeStack(stack: Stack): PullStatement {
  return { actions: ['cloudformation:DescribeStacks'], resources: [stack.stackId] };
}

/**
 * Each secret has a separate policy. With one policy for all of them, each check would wait for the secrets of the others, one of
 * which can belong to a task that waits for a check. The policy stays when the image changes: IAM limits the size of all policies
 * of a role together.
 */
function attachPolicy(dependent: Construct, role: iam.IRole, purpose: string, statements: PullStatement[]): void {
  const stack = Stack.of(dependent);
  const hash = hashOf([role.node.addr, identityOf(stack, ...statements)]);
  const id = `PrivateRegistryPullCheck${purpose}${hash}`;
  let policy = stack.node.tryFindChild(id) as iam.Policy | undefined;
  if (policy === undefined) {
    policy = new iam.Policy(stack, id, {
      policyName: policyName(stack, `PrivateRegistryPullCheck${purpose}`, hash),
      roles: [role],
      statements: statements.map(policyStatement),
    });
    countPolicy(role, policy);
  }
  createFor(policy.node.defaultChild as CfnResource, () => [dependent.node.defaultChild as CfnResource]);
  dependent.node.addDependency(policy);
}

function warnAboutPolicy(dependent: Construct, reason: string, statements: PullStatement[]): void {
  validateWhenKnown(dependent, statements, () => {
    const policy = JSON.stringify(Stack.of(dependent).resolve(policyOf(statements)));
    warn(dependent, 'pullCheckPolicyMissing', `${reason}; attach to it ${policy}`);
    return undefined;
  });
}
