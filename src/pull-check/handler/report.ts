import { TaskEvent, WatchResult } from './event';
import { log } from './log';
import { kindOf, Verdict } from '../../runtime/check';
import { CANNOT_PULL, CANNOT_TELL, DAYS_TO_EXPIRY, DIMENSION, NAMESPACE, WatchStart } from '../contract';

const DAY = 24 * 60 * 60 * 1000;
/** As many as the alarm looks at. */
const INTERVALS = 3;

/** Logs what an engineer on call has to know, and publishes the metrics of a run. */
export function report(watchdog: string, results: readonly WatchResult[]): void {
  const failed = results.filter(({ verdict }) => kindOf(verdict as Verdict) !== 'yes');
  for (const { verdict, message, image, secret } of failed) {
    log({ watchdog, verdict, message, image, secret });
  }
  const problems = new Map(results.flatMap(({ secret, expiryProblem }) => (expiryProblem === undefined ? [] : [[secret, expiryProblem]])));
  for (const [secret, message] of problems) {
    log({ watchdog, message, secret });
  }
  const cannotPull = failed.filter(({ isDefiniteNo }) => isDefiniteNo).length;
  const first = firstToExpire(results);
  publish(watchdog, Date.now(), {
    [CANNOT_PULL]: cannotPull,
    [CANNOT_TELL]: failed.length - cannotPull + problems.size,
    ...first && { [DAYS_TO_EXPIRY]: Math.round((first.time - Date.now()) / DAY * 100) / 100 },
  }, { Images: results.length, ...first && { ExpiresOn: first.expiresOn, Secret: first.secret } });
}

function firstToExpire(results: readonly WatchResult[]): { readonly secret: string; readonly expiresOn: string; readonly time: number } | undefined {
  const dates = results.flatMap(({ secret, expiresOn }) => (expiresOn === undefined ? [] : [{ secret, expiresOn, time: Date.parse(expiresOn) }]));
  return dates.sort((one, other) => one.time - other.time)[0];
}

/** Logs a task that could not be pulled, beside what the checks found. */
export function reportTask({ detail }: TaskEvent): void {
  const { group, taskArn, taskDefinitionArn, stoppedReason, containers = [] } = detail;
  const reasons = containers.flatMap(({ name, image, reason }) => (reason === undefined ? [] : [{ name, image, reason }]));
  log({ event: 'task could not pull', group, taskDefinitionArn, taskArn, stoppedReason, containers: reasons });
}

/**
 * Publishes that nothing was found in the intervals before the first run. Missing data is an alarm, and nothing ran yet.
 */
export function begin({ Watch, IntervalSeconds, Schedules }: WatchStart): void {
  const none = Array.from({ length: Number(Schedules) }, () => 0);
  for (let interval = 0; interval < INTERVALS; interval++) {
    publish(Watch, Date.now() - interval * Number(IntervalSeconds) * 1000, { [CANNOT_PULL]: none, [CANNOT_TELL]: none });
  }
}

/**
 * Writes one line in the embedded metric format, from which CloudWatch Logs extracts the metrics: no permission is needed for that. Not by
 * `console.log()`, which puts its own text before it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function publish(watchdog: string, timestamp: number, metrics: Record<string, number | number[]>, facts: Record<string, unknown> = {}): void {
  const units: Record<string, string> = { [CANNOT_PULL]: 'Count', [CANNOT_TELL]: 'Count', [DAYS_TO_EXPIRY]: 'None' };
  process.stdout.write(`${JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{
        Namespace: NAMESPACE,
        Dimensions: [[DIMENSION]],
        Metrics: Object.keys(metrics).map((name) => ({ Name: name, Unit: units[name] })),
      }],
    },
    [DIMENSION]: watchdog,
    ...metrics,
    ...facts,
  })}\n`);
}
