import { PullCheckOptions } from '../pull-check/pull-check-options';

/**
 * How an image is pulled. Set for a registry or for a single image.
 */
export interface PullOptions {
  /**
   * How a deployment checks whether the image can be pulled, before ECS tries to.
   *
   * @default - it is checked from outside of any VPC, and a deployment fails if the image certainly cannot be pulled
   */
  readonly pullCheck?: PullCheckOptions;

  /**
   * Whether the task definition gets the digest that the tag means when it is deployed, as the pull check finds it.
   *
   * All tasks of a deployment then run the same image, and a rollback brings the old one back. The docker label
   * `cdk-private-registry.image` keeps the image as it was written.
   *
   * @default false - the image is put into the template as it is
   */
  readonly pinDigest?: boolean;

  /**
   * Says that somebody else attaches the policy to an execution role which this app cannot change.
   *
   * Such a role (imported with `mutable: false`, or `role.withoutPolicyUpdates()`) is an error otherwise, because the tasks
   * could not read the secret. The error shows the statements to attach. A role that can be changed gets them in any case.
   *
   * @default false - an execution role that cannot be changed is an error
   */
  readonly rolePolicyManagedExternally?: boolean;
}

/**
 * The options with what is different. The place of a check and its function are replaced as one.
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

/** A property that is there but undefined overrides nothing. */
function defined(struct: object): object {
  return Object.fromEntries(Object.entries(struct).filter(([, value]) => value !== undefined));
}
