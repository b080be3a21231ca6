import { Lazy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { FunctionTarget } from './function-target';
import { lookAt } from './metric-math';
import { DEFAULT_QUOTA, PullFailure } from './pull-failure';
import { ifCreated } from '../private/late-condition';
import { isUnknown } from '../private/tokens';
import { IPullCheckFunction } from '../pull-check/pull-check-function';

/** As many metrics as an alarm accepts. */
const MOST_RULES = 10;
/** Of the ARN of a revision, without the family. */
const ARN = '{"prefix":"arn:aws-us-gov:ecs:ap-southeast-2:111122223333:task-definition/:"},';
/** An empty text is the beginning of all. */
const NO_ARN = 'none';
/** As long as a family usually is that is a token. */
const TOKEN = 'x'.repeat(64);

/**
 * The rules that match when ECS cannot pull an image. The function of the check logs the events.
 */
export class FailureRules {
  private readonly tasks = new Set<ecs.CfnTaskDefinition>();
  private readonly rules: events.Rule[] = [];
  /** How many characters the pattern of the last rule has left. */
  private room = 0;

  constructor(private readonly scope: Construct, private readonly alarm: cloudwatch.Alarm) {}

  public get first(): events.Rule | undefined {
    return this.rules[0];
  }

  /**
   * Also matches the tasks of this task definition; returns false if the alarm cannot look at another rule.
   */
  public add(task: ecs.CfnTaskDefinition, checkFunction: IPullCheckFunction): boolean {
    if (this.tasks.has(task)) {
      return true;
    }
    const { family = TOKEN } = task;
    const length = ARN.length + (isUnknown(family) ? TOKEN : family).length;
    if (length > this.room && this.rules.length === MOST_RULES) {
      return false;
    }
    const pattern = PullFailure.eventPattern(ecs.TaskDefinition.fromTaskDefinitionArn(this.scope, task.node.addr, task.ref));
    const { taskDefinitionArn: [{ prefix }], ...others } = pattern.detail!;
    const taskDefinitionArn = [{ prefix: Lazy.uncachedString({ produce: () => ifCreated(task, prefix, NO_ARN) }) }];
    if (length > this.room) {
      this.addRule({ ...pattern, detail: { ...others, taskDefinitionArn } }, checkFunction);
      this.room = DEFAULT_QUOTA - JSON.stringify({ ...pattern, detail: { ...others, taskDefinitionArn: [] } }).length;
    } else {
      // The patterns are merged, and those of two tasks differ in nothing else.
      this.rules.at(-1)!.addEventPattern({ detail: { taskDefinitionArn } });
    }
    this.room -= length;
    this.tasks.add(task);
    return true;
  }

  private addRule(eventPattern: events.EventPattern, checkFunction: IPullCheckFunction): void {
    const number = this.rules.length + 1;
    this.rules.push(new events.Rule(this.scope, `Failure${number === 1 ? '' : number}`, {
      description: 'Matches when ECS could not pull an image of this stack for a task',
      eventPattern,
      targets: [new FunctionTarget(checkFunction)],
    }));
    if (number > 1) {
      const metrics = this.rules.map((rule, index) => [`rule${index}`, new cloudwatch.Metric({
        namespace: 'AWS/Events', metricName: 'Invocations', dimensionsMap: { RuleName: rule.ruleName }, statistic: cloudwatch.Stats.SUM,
      })]);
      lookAt(this.alarm, `SUM([${metrics.map(([id]) => id).join(', ')}])`, Object.fromEntries(metrics));
    }
  }
}
