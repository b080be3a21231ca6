import { IConstruct } from 'constructs';
import { invalid, kindOf } from '../private/errors';
import { PullCheckOptions } from '../pull-check/pull-check-options';

/** The options that are constructs. */
const CONSTRUCTS = ['vpc', 'role', 'checkFunction'];

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
  validateObject('the second argument of image()', overrides, 'write for example { pinDigest: true }');
  validatePullCheck(overrides.pullCheck);
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

/**
 * For callers without types, where a text or `true` would have no effect.
 */
export function validatePullCheck(options: unknown, scope?: IConstruct): void {
  if (options === undefined) {
    return;
  }
  validateObject('pullCheck', options, 'write for example { mode: PullCheckMode.OFF }', scope);
  const given = Object.entries(options as object).filter(([key, value]) => CONSTRUCTS.includes(key) && value !== undefined);
  const [name, value] = given.find(([, construct]) => !isObject(construct)) ?? [];
  if (name !== undefined) {
    throw invalid('invalidPullCheck', `pullCheck.${name} is ${kindOf(value)}, expected a construct; import it, or leave it out`, scope);
  }
}

function validateObject(subject: string, value: unknown, advice: string, scope?: IConstruct): void {
  if (!isObject(value)) {
    throw invalid('invalidPullCheck', `${subject} is ${kindOf(value)}, expected an object with options; ${advice}`, scope);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
