import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { FunctionTarget } from './function-target';
import { lookAt } from './metric-math';
import { PullFailure } from './pull-failure';
import { IPullCheckFunction } from '../pull-check/pull-check-function';

/** As many families as usually fit into the 2,048 characters that an account has by default for a pattern. */
const FAMILIES_OF_RULE = 12;
/** As many metrics as an alarm accepts. */
const MOST_RULES = 10;

/**
 * The rules that match when ECS cannot pull an image. The function of the check logs the events.
 */
export class FailureRules {
  private readonly tasks = new Set<ecs.TaskDefinition>();
  private readonly rules: events.Rule[] = [];

  constructor(private readonly scope: Construct, private readonly alarm: cloudwatch.Alarm) {}

  public get first(): events.Rule | undefined {
    return this.rules[0];
  }

  /**
   * Also matches the tasks of this task definition.
   */
  public add(task: ecs.TaskDefinition, checkFunction: IPullCheckFunction): void {
    if (this.tasks.has(task)) {
      return;
    }
    const eventPattern = PullFailure.eventPattern(task);
    if (this.tasks.size % FAMILIES_OF_RULE === 0 && this.rules.length < MOST_RULES) {
      this.addRule(eventPattern, checkFunction);
    } else {
      // The patterns are merged, and those of two tasks differ in nothing else.
      this.rules.at(-1)!.addEventPattern({ detail: { taskDefinitionArn: eventPattern.detail!.taskDefinitionArn } });
    }
    this.tasks.add(task);
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
