import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Dependable, IDependable } from 'constructs';
import { targetOf } from './certain-denial';
import { encryptionKeyOf } from './encryption-key';
import { policyName } from './policy-name';
import { policyOf, policyStatement, PullStatement } from './pull-statements';
import { Puller } from './puller';
import { customizesRoles, isImmutable, isOwnRole, nameOfRole } from './roles';
import { warnAboutSharedName } from './shared-name';
import { validateTrust } from './trust';
import { wordingFor } from './wording';
import { invalid } from '../private/errors';
import { hashOf, identityOf } from '../private/identity';
import { validateWhenKnown } from '../private/late';
import { createFor } from '../private/late-condition';
import { awaitsContext, isOwned, roleResourceOf } from '../private/scopes';
import { certainlyDiffer } from '../private/tokens';

export interface PullGrantOptions {
  readonly secret: secretsmanager.ISecret;
  readonly statements: PullStatement[];
  /** The policy of a role that cannot be changed is attached elsewhere. */
  readonly rolePolicyManagedExternally?: boolean;
}

/**
 * Allows the role of a puller to read the secret, by a policy in the stack of the puller, for which the puller waits.
 */
export function grantPull(puller: Puller, options: PullGrantOptions): void {
  const { scope, resource, role, ownsRole } = puller;
  const { secret, statements } = options;
  validateAccount(puller);
  if (customizesRoles(scope, role)) {
    puller.waitUnlessCyclic(grantStatements(role, statements));
    return;
  }
  if (isImmutable(role)) {
    if (role.addGrantsToResources && hasPolicies(secret)) {
      puller.waitUnlessCyclic(secret.grantRead(role));
      return;
    }
    validateImmutable(puller, options);
  }
  validateTrust(puller);
  warnAboutSharedName(role);
  const stack = Stack.of(scope);
  if (isImmutable(role)) {
    puller.waitUnlessCyclic(grantStatements(role, statements));
    return;
  }
  if (ownsRole && isOwnRole(stack, role)) {
    grantStatements(role, statements);
    // Not the grant: in an Aspect, that of a role that was visited before has no dependencies.
    puller.waitUnlessCyclic(policiesBelow(role));
    return;
  }
  const policy = addPullPolicy(stack, role, statements);
  createFor(policy.node.defaultChild as CfnResource, () => [resource]);
  puller.waitFor(policy);
  if (Stack.of(role) === stack) {
    puller.waitUnlessCyclic(policiesBelow(role));
  }
}

/**
 * Whether secret and key are resources of the app. aws-cdk-lib drops what is added to the policy of an imported one.
 */
function hasPolicies(secret: secretsmanager.ISecret): boolean {
  const key = encryptionKeyOf(secret.encryptionKey);
  return isOwned(secret) && (key === undefined || targetOf(key.arn) instanceof kms.CfnKey);
}

/**
 * The policy that aws-cdk-lib adds for the logs is a child of the role.
 */
function policiesBelow(role: iam.IRole): IDependable {
  const policies: IDependable = {};
  Dependable.implement(policies, {
    get dependencyRoots() {
      return role.node.children.filter((child) => !CfnResource.isCfnResource(child));
    },
  });
  return policies;
}

export function grantStatements(grantee: iam.IGrantable, statements: PullStatement[]): iam.Grant {
  return statements
    .map(({ actions, resources, conditions }) => iam.Grant.addToPrincipal({ grantee, actions, resourceArns: resources, conditions }))
    .reduce((all, grant) => all.combine(grant));
}

/**
 * A role that others can use, too, gets one policy for each set of statements: equal ones share it, since IAM limits the size of all
 * policies of a role together. With one policy for all secrets, each task would wait for the secrets of the others, and in the policy
 * of aws-cdk-lib for their log groups.
 */
function addPullPolicy(stack: Stack, role: iam.IRole, statements: PullStatement[]): iam.Policy {
  const identity = roleResourceOf(role)?.node.addr ?? identityOf(stack, { arn: role.roleArn });
  const hash = hashOf([identity, identityOf(stack, ...statements)]);
  const id = `PrivateRegistryPullPolicy${hash}`;
  return (stack.node.tryFindChild(id) as iam.Policy | undefined) ?? new iam.Policy(stack, id, {
    policyName: policyName(stack, 'PrivateRegistryPull', hash),
    roles: [role],
    statements: statements.map(policyStatement),
  });
}

function validateAccount(puller: Puller): void {
  const { scope, role } = puller;
  const { account } = Stack.of(scope);
  if (certainlyDiffer(role.env.account, account) && !awaitsContext(scope)) {
    const words = wordingFor(puller);
    throw invalid('executionRoleOfOtherAccount',
      `the ${words.role} ${nameOfRole(role)} belongs to account ${role.env.account}, and the ${words.starts} run in account ${account}, where ${words.service} cannot use it; `
      + 'use a role of the same account', scope);
  }
}

function validateImmutable(puller: Puller, { statements, rolePolicyManagedExternally }: PullGrantOptions): void {
  const { scope, role } = puller;
  if (rolePolicyManagedExternally || awaitsContext(scope)) {
    return;
  }
  validateWhenKnown(scope, statements, () => {
    const words = wordingFor(puller);
    const policy = JSON.stringify(Stack.of(scope).resolve(policyOf(statements)));
    return invalid('executionRoleImmutable',
      `this app cannot change the ${words.role} ${nameOfRole(role)}, so its ${words.starts} could not read the secret; `
      + `attach this policy to the role, in addition to the permissions for its logs, and set rolePolicyManagedExternally: true: ${policy}`, scope);
  });
}
