import { PullCheckProperties, WatchStart } from '../contract';

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
  readonly ResourceProperties: PullCheckProperties | WatchStart;
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

/** The result of a probe by a schedule. */
export interface WatchResult extends ProbeResult {
  readonly image: string;
  readonly secret: string;
}

/**
 * What ECS tells about a task that failed. Everything can be missing.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export interface TaskEvent {
  readonly source: 'aws.ecs';
  readonly detail: {
    readonly taskArn?: string;
    readonly taskDefinitionArn?: string;
    readonly group?: string;
    readonly stoppedReason?: string;
    readonly containers?: ReadonlyArray<{ readonly name?: string; readonly image?: string; readonly reason?: string }>;
  };
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
