import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { nameOfRole } from './roles';
import { warn } from '../private/errors';
import { stageOf } from '../private/scopes';
import { certainlyDiffer } from '../private/tokens';

/** The roles of each stage that are judged together, since each policy of the app has to be looked at. */
const ROLES = new WeakMap<IConstruct, Set<iam.IRole>>();

/**
 * Warns if the policy that aws-cdk-lib adds to an imported role, for the logs, has the name of one that another stack of the app adds to
 * that role. Without its feature flag aws-cdk-lib derives the name from the path inside of the stack.
 */
export function warnAboutSharedName(role: iam.IRole): void {
  const stage = stageOf(role);
  const roles = ROLES.get(stage);
  if (roles) {
    roles.add(role);
    return;
  }
  const all = new Set([role]);
  ROLES.set(stage, all);
  role.node.addValidation({
    validate: () => {
      warnAboutEach(all);
      return [];
    },
  });
}

function warnAboutEach([first, ...others]: Iterable<iam.IRole>): void {
  const byName = new Map<string, iam.CfnPolicy[]>();
  for (const policy of first.node.root.node.findAll().filter(isPolicy)) {
    byName.set(nameOf(policy), [...byName.get(nameOf(policy)) ?? [], policy]);
  }
  for (const role of [first, ...others]) {
    for (const own of role.node.findAll().filter(isPolicy)) {
      const other = byName.get(nameOf(own))?.find((policy) => replaces(policy, own));
      if (other) {
        warnAbout(role, own, Stack.of(other));
      }
    }
  }
}

function nameOf(policy: iam.CfnPolicy): string {
  return JSON.stringify(Stack.of(policy).resolve(policy.policyName));
}

function warnAbout(role: iam.IRole, { policyName }: iam.CfnPolicy, other: Stack): void {
  warn(role, 'policyNameShared',
    `the inline policy ${JSON.stringify(Stack.of(role).resolve(policyName))} of the role ${nameOfRole(role)} has the same name in the stack ${other.node.path}, `
    + 'and the stack that is deployed last replaces the permissions of the other, like those for the logs; '
    + 'import the role under another id or with defaultPolicyName, or set the feature flag @aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName');
}

function isPolicy(construct: unknown): construct is iam.CfnPolicy {
  return construct instanceof iam.CfnPolicy;
}

/**
 * Whether both policies are the same one in IAM.
 */
function replaces(one: iam.CfnPolicy, other: iam.CfnPolicy): boolean {
  const [stack, otherStack] = [Stack.of(one), Stack.of(other)];
  if (stack === otherStack || certainlyDiffer(stack.account, otherStack.account)) {
    return false;
  }
  const [name, roles] = stack.resolve([one.policyName, one.roles]);
  const [otherName, otherRoles] = otherStack.resolve([other.policyName, other.roles]);
  return typeof name === 'string' && name === otherName
    && [roles ?? []].flat().some((role) => typeof role === 'string' && [otherRoles ?? []].flat().includes(role));
}
