import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Puller } from './puller';
import { nameOfRole } from './roles';
import { wordingFor } from './wording';
import { warnOnce } from '../private/errors';
import { validateLate } from '../private/late';
import { ownDependencies } from '../private/late-dependencies';
import { dependenciesInTemplate, overridesOf, roleResourceOf } from '../private/scopes';
import { isSameIn, resolvedText } from '../private/tokens';

const UNKNOWN = '<token>';

/**
 * Warns at the end of synth if the template names another role than the one that is allowed to read the secret here.
 *
 * @param pulls whether the puller still needs the secret
 */
export function warnAboutReplacedRole(puller: Puller, pulls: () => boolean): void {
  const { scope, resource, role } = puller;
  validateLate(scope, () => {
    if (puller.keepsRole() || isNamed(puller) || !pulls()) {
      return undefined;
    }
    const arn = puller.roleArn();
    const change = arn === undefined
      ? 'no role in the template; remove what deletes it'
      : `the role ${JSON.stringify(arn)} in the template; pass that role where the construct is defined, or allow it to read the secret with PrivateRegistry.grantPull(), and acknowledge this warning`;
    warnOnce(scope, 'executionRoleReplaced',
      `the ${wordingFor(puller).role} ${nameOfRole(role)} is allowed to read the secret, but ${resource.node.path} has ${change}`);
    return undefined;
  });
}

/**
 * Warns at the end of synth if an override of DependsOn drops what the puller waits for.
 */
export function warnAboutReplacedWaits(puller: Puller): void {
  const { scope, resource } = puller;
  validateLate(scope, () => {
    if (!('DependsOn' in overridesOf(resource))) {
      return undefined;
    }
    const stack = Stack.of(resource);
    const kept = dependenciesInTemplate(resource);
    const own: string[] = stack.resolve(ownDependencies(resource).filter((target) => Stack.of(target) === stack).map(({ logicalId }) => logicalId));
    const dropped = own.filter((id) => !kept.includes(id));
    if (dropped.length > 0) {
      warnOnce(scope, 'dependenciesReplaced',
        `an override replaces the DependsOn of ${resource.node.path}, so that its ${wordingFor(puller).starts} can start before their permissions and the pull check: it drops ${dropped.sort().join(', ')}; `
        + 'remove the override, and use addDependency()');
    }
    return undefined;
  });
}

/**
 * Whether the template names the role of the puller, in whatever way its ARN is written.
 */
function isNamed({ resource, role, roleArn }: Puller): boolean {
  const arn = roleArn();
  const [name, own] = [arn, role.roleArn].map((value) => /[^/]+$/.exec(resolvedText(resource, value ?? '', UNKNOWN))?.[0]);
  const stack = Stack.of(resource);
  return isSameIn(stack, arn, role.roleArn) || (name === own && name?.includes(UNKNOWN) === false) || isPartOf(role, stack, arn);
}

/**
 * Whether a value of a template refers to a role of its stack, also within a text or a choice.
 */
function isPartOf(role: iam.IRole, stack: Stack, value: unknown): boolean {
  const resource = roleResourceOf(role);
  if (resource === undefined || Stack.of(resource) !== stack) {
    return false;
  }
  // Ref and Fn::GetAtt have the logical id in quotes, and Fn::Sub has it in braces.
  return new RegExp(`["{]${stack.resolve(resource.logicalId)}["}.]`).test(JSON.stringify(value) ?? '');
}
