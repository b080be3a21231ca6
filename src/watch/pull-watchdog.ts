import { CfnResource, CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { alarmDescription } from './description';
import { FailureRules } from './failure-rules';
import { isDefinedHere } from './function-target';
import { lookAt } from './metric-math';
import { Schedules } from './schedules';
import { validateExpiryNotice, validateInterval } from './watchdog-validation';
import { warn, warnOnce } from '../private/errors';
import { hashOf, identityOf } from '../private/identity';
import { isLate } from '../private/late-tokens';
import { outermostStackOf } from '../private/scopes';
import { certainlyDiffer, isUnknown } from '../private/tokens';
import { CANNOT_PULL, CANNOT_TELL, DAYS_TO_EXPIRY, DIMENSION, NAMESPACE, WatchStart } from '../pull-check/contract';
import { IPullCheckFunction } from '../pull-check/pull-check-function';
import { CheckUse, onUse, PullCheck, SERVICE_TIMEOUT } from '../pull-check/shared-check';

const START_TYPE = 'Custom::PrivateRegistryWatchdog';
/** CloudWatch has older data points only hours after they were published. */
const OLDEST_START = Duration.hours(3);
/** The value of a dimension has at most 255 characters, and the name of a stack 128. */
const LONGEST_PATH = 100;
/** Of Lambda. */
const LONGEST_STATEMENT_ID = 100;

/** The properties of the custom resource, so that one renamed on the handler's side does not compile here. */
type StartProperties = { readonly [name in keyof WatchStart]: string | number };

/**
 * Properties of `PullWatchdog`.
 */
export interface PullWatchdogProps {
  /**
   * How often the registries are asked, in whole minutes, from 1 minute to 56 hours. It is also the period of the alarms
   * `cannotPullAlarm` and `expiryAlarm`.
   *
   * From 3 hours on, `cannotPullAlarm` does not notice that the function no longer runs.
   *
   * @default Duration.hours(1)
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
   */
  readonly interval?: Duration;

  /**
   * How long before the credentials expire `expiryAlarm` goes off. `Duration.days(0)` means that there is no such alarm: of many stacks
   * with the same credentials, one is enough to watch when they expire.
   *
   * @default Duration.days(14)
   */
  readonly expiryNotice?: Duration;
}

/**
 * Notices that images can no longer be pulled before a task has to start: running tasks do not notice that a token was revoked, expired,
 * or that an image was deleted.
 *
 * Every hour the function of the pull check asks the registries about every image that is checked in this stack, whether it is defined
 * before or after the watchdog. The results are three metrics and three alarms. Images whose check is off are not watched, nor are those
 * in nested stacks, which need a watchdog of their own.
 *
 * It creates no function, no role and no policy. A warning says that there is nothing to watch, or what the owner of an imported function
 * has to allow.
 *
 * @see https://github.com/cdk-private-registry/cdk-private-registry/blob/main/docs/watchdog.md
 *
 * @example
 * declare const topic: sns.Topic;
 * const watchdog = new PullWatchdog(this, 'Watchdog');
 * watchdog.addAlarmAction(new actions.SnsAction(topic));
 */
export class PullWatchdog extends Construct {
  /**
   * Goes off at once when ECS could not pull an image for a task. `PullFailure` describes for which tasks.
   */
  public readonly pullFailedAlarm: cloudwatch.Alarm;

  /**
   * Goes off when two of the last three runs found an image that certainly cannot be pulled, and when the function no longer runs.
   *
   * A registry that does not answer is no reason: see `metricCannotTell()`.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
   */
  public readonly cannotPullAlarm: cloudwatch.Alarm;

  /**
   * Goes off when credentials expire in less than `expiryNotice`. It keeps its state while no expiry is known. Not set if `expiryNotice`
   * is 0 days.
   */
  public readonly expiryAlarm?: cloudwatch.Alarm;

  private readonly interval: Duration;
  private readonly watchdogName: string;
  private readonly schedules: Schedules;
  private readonly failureRules: FailureRules;
  /** The checks with a decision on whether they are watched. */
  private readonly checks = new Map<PullCheck, boolean>();
  private start?: CustomResource;

  /**
   * @throws Error if `interval` or `expiryNotice` is not valid
   */
  constructor(scope: Construct, id: string, props: PullWatchdogProps = {}) {
    super(scope, id);
    const { interval = Duration.hours(1), expiryNotice = Duration.days(14) } = props;
    validateInterval(this, interval);
    validateExpiryNotice(this, expiryNotice);
    this.interval = interval;
    this.watchdogName = nameOf(this);
    this.schedules = new Schedules(this, this.watchdogName, interval);

    this.pullFailedAlarm = this.defineAlarm('PullFailed', 'A task could not start, because ECS could not pull an image or read its secrets. The events of the service tell why.', {
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Events',
        metricName: 'Invocations',
        // Without a task there is no rule.
        dimensionsMap: { RuleName: Lazy.string({ produce: () => this.failureRules.first?.ruleName ?? 'none' }) },
        statistic: cloudwatch.Stats.SUM,
      }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.cannotPullAlarm = this.defineAlarm('CannotPull', 'New tasks cannot start: a registry refuses an image, or the check of the images no longer runs. The log of the check names the images.', {
      metric: this.metricCannotPull(),
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      // Until there is something to watch.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    if (expiryNotice.isUnresolved() || expiryNotice.toMilliseconds() > 0) {
      const days = expiryNotice.toDays({ integral: false });
      this.expiryAlarm = this.defineAlarm('Expiry', `New tasks cannot start in less than ${days} days: credentials expire. The log of the check has the date.`, {
        metric: this.metricDaysToExpiry(),
        threshold: days,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      });
    }
    this.failureRules = new FailureRules(this, this.pullFailedAlarm);
    onUse(Stack.of(this), (use) => this.watch(use));
    this.node.addValidation({ validate: () => this.warnIfIdle() });
  }

  /**
   * Adds actions to all alarms of the watchdog, for example a message to a topic.
   */
  public addAlarmAction(...actions: cloudwatch.IAlarmAction[]): void {
    for (const alarm of [this.pullFailedAlarm, this.cannotPullAlarm, this.expiryAlarm]) {
      alarm?.addAlarmAction(...actions);
    }
  }

  /**
   * The number of images that certainly cannot be pulled, the highest of the runs in an interval by default.
   */
  public metricCannotPull(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CANNOT_PULL, cloudwatch.Stats.MAXIMUM, props);
  }

  /**
   * The number of images for which nothing is certain, because for example a registry did not answer, and of declared expiry dates
   * that are not understood. The highest of the runs in an interval by default.
   */
  public metricCannotTell(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CANNOT_TELL, cloudwatch.Stats.MAXIMUM, props);
  }

  /**
   * The number of days until the first of the credentials expire, the lowest of the runs in an interval by default. Without data if no
   * expiry is known.
   */
  public metricDaysToExpiry(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(DAYS_TO_EXPIRY, cloudwatch.Stats.MINIMUM, props);
  }

  private metric(metricName: string, statistic: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { [DIMENSION]: this.watchdogName },
      statistic,
      period: this.interval,
      ...props,
    }).attachTo(this);
  }

  private defineAlarm(id: string, reason: string, props: cloudwatch.AlarmProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      alarmDescription: Lazy.uncachedString({ produce: () => alarmDescription(this, reason, this.watchedChecks()) }),
      ...props,
    });
  }

  private watchedChecks(): PullCheck[] {
    return [...this.checks].filter(([, isWatched]) => isWatched).map(([check]) => check);
  }

  private watch({ check, puller: { resource } }: CheckUse): void {
    if (!this.checks.has(check)) {
      this.checks.set(check, this.canCall(check.checkFunction) && this.schedule(check));
    }
    const isTask = resource.cfnResourceType === ecs.CfnTaskDefinition.CFN_RESOURCE_TYPE_NAME;
    if (this.checks.get(check) && isTask && !this.failureRules.add(resource as ecs.CfnTaskDefinition, check.checkFunction)) {
      warnOnce(this, 'tooManyTasksToWatch',
        `pullFailedAlarm is not about all task definitions of the stack ${Stack.of(this).node.path}, because an alarm accepts at most 10 rules; `
        + 'move some to another stack, with a PullWatchdog of its own');
    }
  }

  /**
   * The metrics of a function of another account are there.
   */
  private canCall(checkFunction: IPullCheckFunction): boolean {
    const { functionArn } = checkFunction;
    const { account } = Stack.of(this);
    const owner = isDefinedHere(checkFunction) ? Stack.of(checkFunction).account : isUnknown(functionArn) ? account : functionArn.split(':')[4];
    if (certainlyDiffer(owner, account)) {
      warnOnce(this, 'watchdogFunctionElsewhere',
        `the pull check function ${functionArn} is in another account, and publishes its metrics there: its images are not watched; define a PullCheckFunction in the account ${account} for them`);
      return false;
    }
    if (!isDefinedHere(checkFunction)) {
      warnOnce(this, 'watchdogPermissionMissing',
        `the pull check function ${functionArn} has to allow that EventBridge calls it, which cannot be done from here; its owner has to run "${this.permission(functionArn)}"`);
    }
    return true;
  }

  private permission(functionArn: string): string {
    const { region, account } = Stack.of(this);
    const partition = isUnknown(functionArn) ? Stack.of(this).partition : functionArn.split(':')[1];
    // The name of a nested stack begins with that of the outermost one. CloudFormation shortens long names.
    const { stackName } = outermostStackOf(this);
    const rules = `arn:${partition}:events:${region}:${account}:rule/${stackName.slice(0, 20)}*`;
    const id = isUnknown(this.watchdogName) ? `${stackName}-${hashOf(this.node.path)}` : this.watchdogName;
    return `aws lambda add-permission --function-name ${functionArn} --statement-id ${id.slice(-LONGEST_STATEMENT_ID)} --action lambda:InvokeFunction `
      + `--principal events.amazonaws.com --source-arn '${rules}'`;
  }

  private schedule(check: PullCheck): boolean {
    const { Image, CaCertificate } = check.properties;
    if (isUnknown(CaCertificate) && !isLate(this, CaCertificate)) {
      warn(this, 'certificateUnknownToWatch',
        `the image ${Image as string} is not watched, because pullCheck.caCertificate is not known before the deployment, and CloudFormation would break the JSON of the schedule with its line breaks; `
        + 'pass the text of the certificate, for example readFileSync(file, \'utf8\')');
      return false;
    }
    if (!this.schedules.add(check)) {
      warn(this, 'certificateTooLongToWatch',
        `the image ${Image as string} is not watched, because pullCheck.caCertificate has more characters than EventBridge accepts in an input; `
        + 'pass only the certificate of the authority that signed that of the registry, rather than a bundle');
      return false;
    }
    const { calls } = this.schedules;
    if (this.start === undefined && this.interval.toMilliseconds() < OLDEST_START.toMilliseconds()) {
      this.alarmIfDead(check.checkFunction);
    }
    if (calls > 1) {
      lookAt(this.cannotPullAlarm, `IF(calls < ${calls}, 1, cannotPull)`, {
        calls: this.metricCannotPull({ statistic: cloudwatch.Stats.SAMPLE_COUNT }),
        cannotPull: this.metricCannotPull(),
      });
    }
    return true;
  }

  /**
   * Lets missing data be an alarm. It was missing before the first run, so that an alarm which is created now would go off at once:
   * the custom resource publishes that nothing was found then.
   *
   * CloudFormation refuses to change the function of a custom resource, so that another one has another resource.
   */
  private alarmIfDead({ functionArn }: IPullCheckFunction): void {
    const properties: StartProperties = {
      Watch: this.watchdogName,
      IntervalSeconds: this.interval.toSeconds(),
      Schedules: Lazy.number({ produce: () => this.schedules.calls }),
    };
    const id = `Start-${hashOf(identityOf(Stack.of(this), { functionArn }))}`;
    this.start = new CustomResource(this, id, { serviceToken: functionArn, resourceType: START_TYPE, properties });
    // Newer versions of aws-cdk-lib warn about the property of CustomResource.
    (this.start.node.defaultChild as CfnResource).addPropertyOverride('ServiceTimeout', SERVICE_TIMEOUT.toSeconds());
    (this.cannotPullAlarm.node.defaultChild as cloudwatch.CfnAlarm).treatMissingData = cloudwatch.TreatMissingData.BREACHING;
    this.cannotPullAlarm.node.addDependency(this.start);
  }

  private warnIfIdle(): string[] {
    if (this.checks.size === 0) {
      warn(this, 'nothingToWatch',
        `no image is checked in the stack ${Stack.of(this).node.path}, so the PullWatchdog watches nothing; define it in the stack of the tasks, or switch the pull check on`);
    }
    return [];
  }
}

/**
 * Tells the watchdog from all others of the account and Region. A path that is more than a word gets a hash: in another stack, or with
 * another separator, it could end up as the same text.
 */
function nameOf(watchdog: Construct): string {
  const stack = Stack.of(watchdog);
  const path = watchdog.node.path.slice(stack.node.path.length + 1);
  const name = /^\w+$/.test(path) && path.length <= LONGEST_PATH ? path : `${path.replace(/\W+/g, '-').slice(0, LONGEST_PATH)}-${hashOf(path)}`;
  return `${stack.stackName}-${name}`;
}
