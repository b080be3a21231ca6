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

/**
 * The input of a schedule, which the watchdog writes and the handler reads. EventBridge accepts 8,192 characters.
 */
export interface WatchEvent {
  /** The value of the dimension of the metrics. */
  readonly Watch: string;
  readonly Groups: readonly WatchGroup[];
}

/** Images that are checked in the same way. */
export interface WatchGroup extends Omit<PullCheckProperties, 'Image' | 'Mode' | 'PinDigest' | 'Trigger'> {
  /** The beginning of each image. */
  readonly Prefix: string;
  /** The rest of each. One that is empty is not deployed. */
  readonly Images: readonly string[];
}

/** The properties of the custom resource that begins the metrics of a watchdog. */
export interface WatchStart {
  readonly Watch: string;
  readonly IntervalSeconds: string;
  /** How many schedules publish in each interval. */
  readonly Schedules: string;
}

export const NAMESPACE = 'PrivateRegistry';
export const DIMENSION = 'Watchdog';
export const CANNOT_PULL = 'CannotPull';
export const CANNOT_TELL = 'CannotTell';
export const DAYS_TO_EXPIRY = 'DaysToExpiry';
