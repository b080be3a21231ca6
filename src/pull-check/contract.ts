/** The type of the custom resource. */
export const PULL_CHECK_TYPE = 'Custom::PrivateRegistryPullCheck';

/**
 * The properties of the custom resource, which the construct writes and the handler reads. CloudFormation turns every value into
 * a string.
 */
export interface PullCheckProperties {
  readonly Image: string;
  readonly Secret: string;
  readonly SecretRegion: string;
  /** The function and the execution role have the same permissions, so that one is denied what the other is. */
  readonly DenialIsCertain?: string;
  /** A list if the tasks have several. */
  readonly Platform?: string | string[];
  readonly Mode: string;
  /** The key of the registry, where its host does not tell which one it is. */
  readonly Registry?: string;
  readonly AuthHost?: string;
  readonly CaCertificate?: string;
  readonly RestrictedNetwork?: string;
  /** `true` or `false`; without it, that depends on the network. */
  readonly AskExpiry?: string;
  /** `containerd`, `dockerd` or `codebuild`; what is not known is what the first two do. */
  readonly Engine?: string;
  readonly PinDigest?: string;
  readonly TimeoutSeconds: string;
  readonly Trigger?: string;
}
