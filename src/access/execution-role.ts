import { Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IConstruct } from 'constructs';
import { policyOf, PullStatement } from './pull-statements';
import { PullOptions } from '../image/pull-options';
import { invalid } from '../private/errors';
import { roleResourceOf } from '../private/scopes';
import { certainlyDiffer } from '../private/tokens';

const ECS_TASKS = 'ecs-tasks.amazonaws.com';

/**
 * Gives the execution role of a container's task definition the right to read the secret, in the stack of the container.
 */
export function grantPull(
  container: Construct, role: iam.IRole, secret: secretsmanager.ISecret, statements: PullStatement[], options: PullOptions,
): iam.Grant {
  const account = Stack.of(container).account;
  if (certainlyDiffer(role.env.account, account)) {
    throw invalid('executionRoleOfOtherAccount',
      `the execution role ${describe(role)} belongs to account ${role.env.account} and the tasks run in account ${account}, where ECS cannot use it; `
      + 'use a role of the same account', container);
  }
  if (customizesRoles(container)) {
    return grantStatements(role, statements);
  }
  if (isImmutable(role)) {
    if (role.addGrantsToResources) {
      return secret.grantRead(role);
    }
    if (!options.executionRolePolicyManagedExternally) {
      const policy = policyOf(statements);
      throw invalid('executionRoleImmutable',
        `the execution role ${describe(role)} cannot be changed from here, so that its tasks could not read the secret; `
        + `set executionRolePolicyManagedExternally: true and attach to the role, beside what its logs need, ${JSON.stringify(Stack.of(container).resolve(policy))}`, container);
    }
  }
  validateTrust(container, role);
  return grantStatements(roleIn(container.node.scope as Construct, 'ImportedExecutionRole', role), statements);
}

export function grantStatements(grantee: iam.IGrantable, statements: PullStatement[]): iam.Grant {
  return statements
    .map(({ actions, resources, conditions }) => iam.Grant.addToPrincipal({ grantee, actions, resourceArns: resources, conditions }))
    .reduce((all, grant) => all.combine(grant));
}

/**
 * The role as one of the stack of `scope`: a policy that is added to it lands there. In the role's own stack the policy would
 * refer to resources of this one and close a cycle, or nothing could wait for it.
 */
export function roleIn(scope: Construct, id: string, role: iam.IRole): iam.IRole {
  if (Stack.of(role) === Stack.of(scope) || isImmutable(role) || customizesRoles(scope)) {
    return role;
  }
  const imported = scope.node.tryFindChild(id) as iam.IRole | undefined;
  if (imported) {
    return imported;
  }
  const resource = roleResourceOf(role);
  // In parts: from a token aws-cdk-lib would take the first element of the role's path for its name.
  const arn = resource === undefined ? role.roleArn : Stack.of(resource).formatArn({
    service: 'iam', region: '', resource: 'role', resourceName: `${(resource.path ?? '/').slice(1)}${role.roleName}`,
  });
  return iam.Role.fromRoleArn(scope, id, arn, {
    // Two stacks that import the role must not overwrite each other's inline policy.
    defaultPolicyName: `Policy${Names.uniqueResourceName(scope, { maxLength: 100 })}`,
  });
}

/**
 * A role that was imported as immutable, or made so by `withoutPolicyUpdates()`. There is no public way to ask: it says of
 * every statement that it was added, and its class has another name in every release.
 */
export function isImmutable(role: iam.IRole): role is iam.IRole & { readonly addGrantsToResources: boolean } {
  return !iam.Role.isRole(role) && 'addGrantsToResources' in role;
}

/**
 * Whether `Role.customizeRoles()` writes the policies into a report, for somebody else to create the roles.
 */
function customizesRoles(scope: IConstruct): boolean {
  return scope.node.tryGetContext('@aws-cdk/iam:customizeRoles') !== undefined;
}

/**
 * Checks at the end of synth whether ECS tasks may assume the role: its trust policy can change until then.
 */
function validateTrust(scope: Construct, role: iam.IRole): void {
  const resource = roleResourceOf(role);
  if (resource === undefined) {
    return;
  }
  scope.node.addValidation({
    validate: () => {
      const statements: Statement[] = Stack.of(resource).resolve(resource.assumeRolePolicyDocument).Statement;
      if (statements.some(letsEcsTasksAssume)) {
        return [];
      }
      const principals = JSON.stringify(statements.map((statement) => statement.Principal));
      return [invalid('executionRoleNotAssumable',
        `the execution role ${describe(role)} cannot be assumed by ECS tasks, only by ${principals}; `
        + `create it with assumedBy: new iam.ServicePrincipal("${ECS_TASKS}")`).message];
    },
  });
}

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
}

/**
 * A principal that is an unresolved token may be the right one.
 */
function letsEcsTasksAssume({ Effect, Principal }: Statement): boolean {
  if (Effect !== 'Allow') {
    return false;
  }
  if (Principal === '*') {
    return true;
  }
  const services = [(Principal as { Service?: unknown }).Service ?? []].flat();
  return services.some((service) => typeof service !== 'string' || service === ECS_TASKS);
}

function describe(role: iam.IRole): string {
  return roleResourceOf(role)?.node.scope?.node.path ?? JSON.stringify(role.roleArn);
}
