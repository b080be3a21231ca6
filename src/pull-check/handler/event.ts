import { PullCheckProperties } from '../contract';

/**
 * A request of CloudFormation to a custom resource.
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

/** The result of a probe. It goes from the prober to the responder, and holds no credential. */
export interface ProbeResult {
  readonly verdict: string;
  /** Whether it is certain that the image cannot be pulled. */
  readonly isDefiniteNo: boolean;
  readonly message: string;
  readonly digest?: string;
  readonly secretArn?: string;
  /** See `CheckResult`. */
  readonly expiresOn?: string;
  readonly expiryProblem?: string;
  readonly requests: number;
}

/**
 * The answer of a custom resource.
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
