/** The properties of the custom resource: the construct writes them, the handler reads them. CloudFormation turns every value into a string. */
export interface PullCheckProperties {
  readonly Image: string;
  /** The ARN of the secret, or its name. */
  readonly Secret: string;
  readonly SecretRegion: string;
  readonly SecretOfOtherAccount?: string;
  readonly Platform?: string;
  readonly Mode: string;
  readonly AuthHost?: string;
  readonly CaCertificate?: string;
  readonly RestrictedNetwork?: string;
  readonly Fargate?: string;
  readonly PinDigest?: string;
  readonly TimeoutSeconds: string;
  readonly Trigger?: string;
}
