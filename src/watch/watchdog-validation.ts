import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ErrorId, invalid, kindOf } from '../private/errors';

/** CloudWatch evaluates at most a week, and the alarm looks at three intervals. */
const LONGEST_INTERVAL = Duration.hours(56);

/**
 * Validates how often a watchdog runs.
 */
export function validateInterval(scope: Construct, interval: Duration): void {
  const id = 'invalidWatchInterval';
  const expected = 'expected whole minutes, from 1 minute to 56 hours; write Duration.hours(1)';
  validateDuration(scope, id, 'interval', interval, expected);
  if (interval.isUnresolved()) {
    throw invalid(id, `interval of the PullWatchdog is not known before the deployment, ${expected}`, scope);
  }
  const minutes = interval.toMinutes({ integral: false });
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_INTERVAL.toMinutes()) {
    throw invalid(id, `interval of the PullWatchdog is ${interval.toHumanString()}, ${expected}`, scope);
  }
}

/**
 * Validates when a watchdog warns.
 */
export function validateExpiryNotice(scope: Construct, expiryNotice: Duration): void {
  validateDuration(scope, 'invalidExpiryNotice', 'expiryNotice', expiryNotice,
    'expected a Duration; write Duration.days(14), or Duration.days(0) for no alarm');
}

/** For callers without types. */
function validateDuration(scope: Construct, id: ErrorId, name: string, value: unknown, expected: string): void {
  if (!(value instanceof Duration) && typeof (value as Duration | undefined)?.toSeconds !== 'function') {
    throw invalid(id, `${name} of the PullWatchdog is ${kindOf(value)}, ${expected}`, scope);
  }
}
