/** The properties of an alarm in the template that decide when it goes off. */
export interface AlarmProperties {
  readonly ComparisonOperator: string;
  readonly DatapointsToAlarm?: number;
  readonly EvaluationPeriods: number;
  readonly Period: number;
  readonly Threshold: number;
  readonly TreatMissingData: string;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** A value that was published, and when, in minutes. */
export type Sample = readonly [minute: number, value: number];

/** CloudWatch looks at more periods than it evaluates; two more in the examples of its documentation. */
const MORE_PERIODS = 2;

/**
 * The states of an alarm that is created at minute 0, and evaluated each minute by the rules that CloudWatch documents for missing data. Windows
 * end at the minute of the evaluation, which is harder than if they ended with the hour.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function statesOf(alarm: AlarmProperties, samples: readonly Sample[], until: number): Array<[minute: number, state: AlarmState]> {
  const states: Array<[number, AlarmState]> = [];
  let state: AlarmState = 'INSUFFICIENT_DATA';
  for (let minute = 0; minute <= until; minute++) {
    const next = evaluate(alarm, dataPoints(alarm, samples, minute), state);
    if (next !== state) {
      states.push([minute, next]);
      state = next;
    }
  }
  return states;
}

/** The data points, the newest first; undefined where there was nothing. */
function dataPoints(alarm: AlarmProperties, samples: readonly Sample[], now: number): Array<number | undefined> {
  const { EvaluationPeriods, Period, ComparisonOperator } = alarm;
  const minutes = Period / 60;
  const worst = ComparisonOperator === 'LessThanThreshold' ? Math.min : Math.max;
  return Array.from({ length: EvaluationPeriods + MORE_PERIODS }, (_, index) => {
    const end = now - index * minutes;
    const values = samples.flatMap(([minute, value]) => (minute > end - minutes && minute <= end ? [value] : []));
    return values.length === 0 ? undefined : worst(...values);
  });
}

function evaluate(alarm: AlarmProperties, points: ReadonlyArray<number | undefined>, before: AlarmState): AlarmState {
  const { DatapointsToAlarm = alarm.EvaluationPeriods, EvaluationPeriods, TreatMissingData } = alarm;
  const values = points.filter((point) => point !== undefined).slice(0, EvaluationPeriods);
  const missing = EvaluationPeriods - values.length;
  if (values.length === 0 && TreatMissingData === 'ignore') {
    return before;
  }
  const breaching = values.filter((value) => breaches(alarm, value)).length + (TreatMissingData === 'breaching' ? missing : 0);
  return breaching >= DatapointsToAlarm ? 'ALARM' : 'OK';
}

function breaches({ ComparisonOperator, Threshold }: AlarmProperties, value: number): boolean {
  return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value >= Threshold;
}
