/**
 * What CloudFormation sends to a custom resource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: PullCheckProperties;
}

/**
 * What is checked, as the construct writes it. CloudFormation turns every value into a string.
 */
export interface PullCheckProperties {
  readonly Image: string;
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

/**
 * What a probe found out. It goes from the prober to the responder, and holds no credential.
 */
export interface ProbeResult {
  readonly verdict: string;
  /** Whether the image certainly cannot be pulled. */
  readonly isDefiniteNo: boolean;
  readonly message: string;
  readonly digest?: string;
  readonly secretArn?: string;
  readonly requests: number;
}

/**
 * What a custom resource answers.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export interface CustomResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data?: Record<string, string>;
}
