import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { IPullCheckFunction, PullCheckFunction } from '../pull-check/pull-check-function';

/**
 * The function of a check, called by a rule. One that was imported has to be allowed to be called by its owner.
 */
export class FunctionTarget implements events.IRuleTarget {
  /**
   * @param input the event; without it, the function gets the event of the rule
   */
  constructor(private readonly checkFunction: IPullCheckFunction, private readonly input?: string) {}

  public bind(rule: events.IRule): events.RuleTargetConfig {
    const input = this.input === undefined ? undefined : new Input(this.input);
    return isDefinedHere(this.checkFunction)
      ? new targets.LambdaFunction(this.checkFunction.function, { event: input }).bind(rule)
      : { arn: this.checkFunction.functionArn, input };
  }
}

/**
 * Whether the function is of this app. Not by `instanceof`, as in `attachTo()`.
 */
export function isDefinedHere(checkFunction: IPullCheckFunction): checkFunction is PullCheckFunction {
  return 'function' in checkFunction;
}

/**
 * A text that is made with the template. That of aws-cdk-lib is made at once.
 */
class Input extends events.RuleTargetInput {
  constructor(private readonly input: string) {
    super();
  }

  public bind(): events.RuleTargetInputProperties {
    return { input: this.input };
  }
}
