import { Duration } from 'aws-cdk-lib';
import { AlarmProperties, Sample, statesOf } from './alarm-model';
import { PullWatchdog } from '../../src';
import { CHECKED, newStack, resourcesOf } from '../support/synth';
import { apiImage, defineTask } from '../support/tasks';

const HOUR = 60;
/** The custom resource publishes a minute before the alarm is created. */
const START = -1;

/** An alarm as it is in the template. */
function alarmOn(metric: 'CannotPull' | 'DaysToExpiry', { interval, checked = true }: { interval?: Duration; checked?: boolean } = {}): AlarmProperties {
  const stack = newStack(checked ? CHECKED : {});
  defineTask(stack, apiImage());
  new PullWatchdog(stack, 'Watchdog', { interval });
  return resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties).find(({ MetricName }) => MetricName === metric);
}

/** What the custom resource publishes; data that is older than three hours is available too late. */
function started(interval: number): Sample[] {
  return [0, 1, 2].map((index): Sample => [START - index * interval, 0]).filter(([minute]) => minute > -3 * HOUR);
}

/** One run in each interval, from the first one on. */
function runs(values: ReadonlyArray<number | undefined>, interval: number = HOUR, first: number = interval): Sample[] {
  return values.flatMap((value, index): Sample[] => (value === undefined ? [] : [[first + index * interval, value]]));
}

function zeros(count: number): number[] {
  return Array(count).fill(0);
}

const NEVER = [[0, 'OK']];

describe('the alarm on images that cannot be pulled', () => {
  const alarm = alarmOn('CannotPull');
  const data = (...values: Array<number | undefined>) => [...started(HOUR), ...runs(values)];

  test('is quiet when it is created, and would not be without the data of the custom resource', () => {
    expect(statesOf(alarm, data(...zeros(6)), 6 * HOUR)).toEqual(NEVER);
    expect(statesOf(alarm, runs(zeros(6)), 6 * HOUR)[0]).toEqual([0, 'ALARM']);
  });

  test.each([1, 5, 15, 59])('is quiet if the first run is %d minutes late', (late) => {
    expect(statesOf(alarm, [...started(HOUR), ...runs(zeros(6), HOUR, HOUR + late)], 6 * HOUR)).toEqual(NEVER);
  });

  test('goes off with the second run after a token is revoked, and is quiet again with the second that works', () => {
    expect(statesOf(alarm, data(0, 0, 0, 20, 20, 20, 20, 0, 0, 0), 10 * HOUR)).toEqual([[0, 'OK'], [5 * HOUR, 'ALARM'], [9 * HOUR, 'OK']]);
  });

  test('is quiet about one wrong answer of a registry', () => {
    expect(statesOf(alarm, data(0, 0, 1, 0, 0, 0, 1, 0, 0, 0), 10 * HOUR)).toEqual(NEVER);
  });

  test('goes off if the first two runs find an image that cannot be pulled', () => {
    expect(statesOf(alarm, data(1, 1), 2 * HOUR)).toEqual([[0, 'OK'], [2 * HOUR, 'ALARM']]);
  });

  test('goes off three hours after the first run that did not come', () => {
    const missed = 4 * HOUR;
    expect(statesOf(alarm, data(...zeros(3)), 12 * HOUR)).toEqual([[0, 'OK'], [missed + 3 * HOUR, 'ALARM']]);
  });

  test('goes off if the function never runs', () => {
    expect(statesOf(alarm, data(), 12 * HOUR)[1]).toEqual([4 * HOUR + START, 'ALARM']);
  });

  test.each<[what: string, samples: Sample[]]>([
    ['that is late', [...started(HOUR), ...runs(zeros(3)), [4 * HOUR + 40, 0], ...runs(zeros(6), HOUR, 5 * HOUR)]],
    ['that does not come', data(0, 0, 0, undefined, 0, 0, 0, 0, 0, 0)],
    ['that comes twice', [...data(...zeros(10)), [4 * HOUR + 1, 0]]],
  ])('is quiet about one run %s', (_, samples) => {
    expect(statesOf(alarm, samples, 10 * HOUR)).toEqual(NEVER);
  });

  test('is quiet about a registry that is down, which is not counted', () => {
    expect(statesOf(alarm, data(...zeros(24)), 24 * HOUR)).toEqual(NEVER);
  });

  test('is quiet while the checks are off', () => {
    expect(statesOf(alarmOn('CannotPull', { checked: false }), [], 24 * HOUR)).toEqual(NEVER);
    expect(statesOf(alarmOn('CannotPull', { checked: false }), runs([20, 20, 20], HOUR, -3 * HOUR), 24 * HOUR).at(-1)?.[1]).toBe('OK');
  });

  test.each([[6 * HOUR, 5], [5 * HOUR, 30], [2 * HOUR, HOUR], [HOUR, 2 * HOUR], [5, HOUR], [HOUR, 179], [179, HOUR]])('is quiet when the interval changes from %d minutes to %d', (before, after) => {
    const changed = alarmOn('CannotPull', { interval: Duration.minutes(after) });
    expect(changed).toMatchObject({ Period: after * 60, TreatMissingData: 'breaching' });
    const samples = [...runs(zeros(4), before, -3 * before - Math.floor(before / 2)), ...started(after), ...runs(zeros(6), after)];
    expect(statesOf(changed, samples, 6 * after)).toEqual(NEVER);
  });

  test('is quiet when it is created for a run in six hours', () => {
    const rare = alarmOn('CannotPull', { interval: Duration.hours(6) });
    expect(statesOf(rare, runs(zeros(4), 6 * HOUR), 24 * HOUR)).toEqual(NEVER);
    expect(statesOf(rare, runs([0, 1, 1, 1], 6 * HOUR), 24 * HOUR)[1]).toEqual([18 * HOUR, 'ALARM']);
  });
});

describe('the alarm on the expiry', () => {
  const alarm = alarmOn('DaysToExpiry');

  test('is quiet until an expiry is known', () => {
    expect(statesOf(alarm, [], 24 * HOUR)).toEqual([]);
  });

  test('goes off below the notice, stays when the credentials have expired, and is quiet when they are renewed', () => {
    const samples = runs([14.02, 13.98, 13.94, undefined, undefined, undefined, undefined, undefined, undefined, 363.92]);
    expect(statesOf(alarm, samples, 12 * HOUR)).toEqual([[HOUR, 'OK'], [2 * HOUR, 'ALARM'], [10 * HOUR, 'OK']]);
  });
});
