import { PullCheckOptions } from '../pull-check/pull-check-options';

/**
 * How an image is pulled. Set for a registry or for a single image.
 */
export interface PullOptions {
  /**
   * How a deployment checks that the image can be pulled, before ECS tries to.
   *
   * @default - the check runs outside of any VPC, and a deployment fails if the image definitely cannot be pulled
   */
  readonly pullCheck?: PullCheckOptions;

  /**
   * Whether to replace the tag with the digest it points to at deployment, which the pull check finds.
   *
   * All tasks of a deployment then run the same image, and a rollback brings the old one back. The docker label
   * `cdk-private-registry.image` keeps the original text, except in AWS Batch, whose containers have no labels.
   *
   * @default false - the template contains the image as you wrote it
   */
  readonly pinDigest?: boolean;

  /**
   * Set to `true` if the policy of a role that this app cannot modify is attached elsewhere.
   *
   * Such a role (imported with `mutable: false`, or `role.withoutPolicyUpdates()`) is an error otherwise, because the tasks
   * could not read the secret. The error shows the statements to attach. A role that can be modified always gets them.
   *
   * @default false - an execution role that this app cannot modify is an error
   */
  readonly rolePolicyManagedExternally?: boolean;
}

/**
 * The options with the overrides applied. The placement of a check and its function are replaced together.
 */
export function overriddenBy(options: PullOptions, overrides: PullOptions): PullOptions {
  const { checkFunction, vpc, vpcSubnets, securityGroups, role, ...elsewhere } = options.pullCheck ?? {};
  const { pullCheck = {} } = overrides;
  const moves = pullCheck.checkFunction ?? pullCheck.vpc ?? pullCheck.vpcSubnets ?? pullCheck.securityGroups ?? pullCheck.role;
  return {
    ...options,
    ...defined(overrides),
    pullCheck: { ...(moves ? elsewhere : options.pullCheck), ...defined(pullCheck) },
  };
}

/** A property that is present but undefined overrides nothing. */
function defined(struct: object): object {
  return Object.fromEntries(Object.entries(struct).filter(([, value]) => value !== undefined));
}
