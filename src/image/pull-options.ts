/**
 * How an image is pulled. Set for a registry or for a single image.
 */
export interface PullOptions {
  /**
   * Says that somebody else attaches the policy to an execution role which this app cannot change.
   *
   * Such a role (imported with `mutable: false`, or `role.withoutPolicyUpdates()`) is an error otherwise, because the tasks
   * could not read the secret. The error shows the statements to attach. A role that can be changed gets them in any case.
   *
   * @default false - an execution role that cannot be changed is an error
   */
  readonly executionRolePolicyManagedExternally?: boolean;
}
