import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { invalid, kindOf } from '../private/errors';

/** CloudWatch evaluates at most a week, and the alarm looks at three intervals. */
const LONGEST_INTERVAL = Duration.hours(56);

/**
 * Validates how often a watchdog runs.
 */
export function validateInterval(scope: Construct, interval: Duration): void {
  const problem = problemOf(interval);
  if (problem !== undefined) {
    throw invalid('invalidWatchInterval',
      `interval of the PullWatchdog is ${problem}, expected whole minutes, from 1 minute to 56 hours; write Duration.hours(1)`, scope);
  }
}

/**
 * Validates when a watchdog warns.
 */
export function validateExpiryNotice(scope: Construct, expiryNotice: Duration): void {
  if (!isDuration(expiryNotice)) {
    throw invalid('invalidExpiryNotice',
      `expiryNotice of the PullWatchdog is ${kindOf(expiryNotice)}, expected a Duration; write Duration.days(14), or Duration.days(0) for no alarm`, scope);
  }
}

function problemOf(interval: Duration): string | undefined {
  if (!isDuration(interval)) {
    return kindOf(interval);
  }
  if (interval.isUnresolved()) {
    return 'not known before the deployment';
  }
  const minutes = interval.toMinutes({ integral: false });
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= LONGEST_INTERVAL.toMinutes() ? undefined : interval.toHumanString();
}

/** For callers without types. Not by `instanceof`, as in `attachTo()`. */
function isDuration(value: unknown): value is Duration {
  return typeof (value as Duration | null)?.toSeconds === 'function';
}
