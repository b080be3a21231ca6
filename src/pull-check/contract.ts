/**
 * The properties of the custom resource, which the construct writes and the handler reads. CloudFormation turns every value into
 * a string.
 */
export interface PullCheckProperties {
  readonly Image: string;
  readonly Secret: string;
  readonly SecretRegion: string;
  readonly SecretOfOtherAccount?: string;
  readonly Platform?: string;
  readonly Mode: string;
  /** The key of the registry, where its host does not tell which one it is. */
  readonly Registry?: string;
  readonly AuthHost?: string;
  readonly CaCertificate?: string;
  readonly RestrictedNetwork?: string;
  readonly Fargate?: string;
  readonly PinDigest?: string;
  readonly TimeoutSeconds: string;
  readonly Trigger?: string;
}
