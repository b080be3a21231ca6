import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { IConstruct } from 'constructs';
import { revisionsOf } from './task-family';
import { invalid, warn } from '../private/errors';
import { validateLate } from '../private/late';
import { isIntrinsic } from '../private/template-json';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const MAX_PATTERN = 4096;
/** What an account has without an increase: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export const DEFAULT_QUOTA = 2048;

/**
 * How ECS begins `stoppedReason` if it cannot pull, or cannot read the credentials. The last two are texts of the agent, which begin in
 * lower case. ECS was seen to write the first letter of such a text in upper case.
 */
const REASONS = [
  'CannotPull',
  'ResourceInitializationError: unable to pull secrets or registry auth',
  'ResourceInitializationError: The task can\'t retrieve the secret',
  'Fetching secret data from AWS Secrets Manager',
  'Asm ',
  'asm ',
  'Unable to create ASM client',
  'unable to create ASM client',
];
/** How instances tell in the container that they cannot pull. */
const REASONS_OF_CONTAINERS = ['CannotPull', 'DockerTimeoutError: Could not transition to MANIFEST_PULLED', 'DockerTimeoutError: Could not transition to pull'];

/** The shortest values of what CloudFormation fills in. */
const SHORTEST: Readonly<Record<string, string>> = { 'AWS::Partition': 'aws', 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' };

/**
 * The events by which Amazon ECS tells that a task could not start because an image could not be pulled.
 *
 * @example
 * declare const job: ecs.FargateTaskDefinition;
 * declare const topic: sns.Topic;
 * new events.Rule(this, 'CannotPull', {
 *   eventPattern: PullFailure.eventPattern(job),
 *   targets: [new targets.SnsTopic(topic)],
 * });
 */
export class PullFailure {
  /**
   * The pattern for an EventBridge rule in the account and Region of the tasks. It matches the stopped tasks of all revisions of
   * the task definitions, so that rollbacks are included, however the tasks are started: by a service, a schedule, Step Functions
   * or `RunTask`, on Fargate, on instances or on machines of your own.
   *
   * It also matches if the secrets of the application cannot be read, because ECS begins its message with the same words. Jobs
   * of AWS Batch, Express Mode services and daemons are not covered.
   *
   * A task definition that was imported by its ARN is accepted; of an `ecs.CfnTaskDefinition` import the `ref`. If that has no
   * `family`, CloudFormation gives each revision a family of its own, and a rule in another stack keeps CloudFormation from
   * updating it.
   *
   * A warning says that the pattern has more than 2,048 characters, for which the account needs a higher quota: about 15 families.
   *
   * @param taskDefinitions one or more task definitions
   * @throws Error if there are no task definitions, if one was imported by the ARN of something else, or if the pattern has more
   * than the 4,096 characters that EventBridge accepts
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
   */
  public static eventPattern(...taskDefinitions: ecs.ITaskDefinition[]): events.EventPattern {
    const [first] = taskDefinitions;
    if (first === undefined) {
      throw invalid('taskDefinitionsMissing',
        'no task definition is passed to PullFailure.eventPattern(), and EventBridge rejects an empty list; pass at least one, or define no rule');
    }
    const distinct = new Map(taskDefinitions.map((task) => [task.taskDefinitionArn, task]));
    // In the order of the alphabet, which is that of the languages that return it to a rule.
    const detail = {
      $or: [
        { stoppedReason: REASONS.map((prefix) => ({ prefix })) },
        {
          // The sidecar of GuardDuty is not essential: it is never the reason.
          containers: { name: [{ 'anything-but': { prefix: 'aws-guardduty-agent' } }], reason: REASONS_OF_CONTAINERS.map((prefix) => ({ prefix })) },
          stopCode: ['TaskFailedToStart'],
        },
      ],
      lastStatus: ['STOPPED'],
      taskDefinitionArn: [...distinct.values()].map((task) => ({ prefix: revisionsOf(task) })),
    };
    const pattern = { detail, detailType: ['ECS Task State Change'], source: ['aws.ecs'] };
    validateLate(first, () => validateLength(first, shortestLength(first, pattern)));
    return pattern;
  }

  private constructor() {}
}

function validateLength(scope: IConstruct, length: number): Error | undefined {
  const message = `the event pattern of PullFailure has at least ${length} characters`;
  if (length > MAX_PATTERN) {
    return invalid('eventPatternTooLong', `${message}, but EventBridge accepts ${MAX_PATTERN}; define several rules, with fewer task definitions each`, scope);
  }
  if (length > DEFAULT_QUOTA) {
    warn(scope, 'eventPatternLong',
      `${message}, but an account has a quota of ${DEFAULT_QUOTA} by default; define several rules, or request an increase of the quota "Event pattern size"`);
  }
  return undefined;
}

/**
 * As far as it is known: a family that is a token has no length.
 */
function shortestLength(scope: IConstruct, pattern: events.EventPattern): number {
  return JSON.stringify(Stack.of(scope).resolve(pattern), (_, value) => (isIntrinsic(value) ? shortest(value) : value)).length;
}

function shortest(intrinsic: any): string {
  const [delimiter, parts] = intrinsic['Fn::Join'] ?? ['', [intrinsic]];
  return parts.map((part: any) => (typeof part === 'string' ? part : SHORTEST[part.Ref] ?? '')).join(delimiter);
}
