import { Aspects, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { policyName } from './policy-name';
import { roleResourceOf } from '../private/scopes';

const DEFAULT_POLICY = 'Policy';

/**
 * Whether the role is a resource of the stack. Any other role can have policies of many stacks, in many Regions.
 */
export function isOwnRole(stack: Stack, role: iam.IRole): boolean {
  const resource = roleResourceOf(role);
  return resource !== undefined && Stack.of(resource) === stack;
}

/**
 * The role as one of `scope`: a policy that is added to it lands there. In the role's own stack the policy would refer to resources of
 * this one and close a cycle, or nothing could wait for it. In the same stack, whoever waits for the role waits for nothing that others
 * allow it, which can wait for `scope`.
 */
export function roleIn(scope: Construct, id: string, role: iam.IRole): iam.IRole {
  const resource = roleResourceOf(role);
  if (isImmutable(role) || customizesRoles(scope, role) || Token.isUnresolved(resource?.path)) {
    return role;
  }
  // In parts: from a token aws-cdk-lib would take the first element of the role's path for its name.
  const arn = resource === undefined ? role.roleArn : Stack.of(resource).formatArn({
    service: 'iam', region: '', resource: 'role', resourceName: `${(resource.path ?? '/').slice(1)}${role.roleName}`,
  });
  const imported = iam.Role.fromRoleArn(scope, id, arn, { defaultPolicyName: DEFAULT_POLICY });
  // aws-cdk-lib accepts no name for the default policy, only a construct id, and the name that it derives from it has no Region.
  Aspects.of(imported).add({
    visit: (node) => {
      if (node instanceof iam.CfnPolicy && node.node.scope === imported.node.tryFindChild(DEFAULT_POLICY)) {
        node.policyName = policyName(imported, 'PrivateRegistryAccess');
      }
    },
  });
  return imported;
}

/**
 * A role that was imported as immutable, or made so by `withoutPolicyUpdates()`. There is no public way to ask: it says of
 * every statement that it was added, and its class has another name in every release.
 */
export function isImmutable(role: iam.IRole): role is iam.IRole & { readonly addGrantsToResources: boolean } {
  return !iam.Role.isRole(role) && 'addGrantsToResources' in role;
}

/**
 * Whether `Role.customizeRoles()` writes the policies of one of the scopes into a report, so that the roles are created elsewhere.
 */
export function customizesRoles(...scopes: IConstruct[]): boolean {
  return scopes.some(({ node }) => node.tryGetContext('@aws-cdk/iam:customizeRoles') !== undefined);
}

/**
 * The role as messages name it: the path of a role of the app, otherwise its ARN or name.
 */
export function nameOfRole(role: iam.IRole): string {
  const resource = roleResourceOf(role);
  if (resource !== undefined) {
    return resource.node.scope!.node.path;
  }
  const text = [role.roleArn, role.roleName].find((value) => !Token.isUnresolved(value));
  return text === undefined ? role.node.path : JSON.stringify(text);
}
