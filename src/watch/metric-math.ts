import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/**
 * Lets an alarm that is defined look at several metrics. All have the same period.
 */
export function lookAt(alarm: cloudwatch.Alarm, expression: string, metrics: Readonly<Record<string, cloudwatch.Metric>>): void {
  const resource = alarm.node.defaultChild as cloudwatch.CfnAlarm;
  resource.metricName = resource.namespace = resource.dimensions = resource.statistic = resource.period = undefined;
  resource.metrics = [
    { id: 'result', expression, returnData: true },
    ...Object.entries(metrics).map(([id, { namespace, metricName, dimensions = {}, period, statistic }]) => ({
      id,
      metricStat: {
        metric: { namespace, metricName, dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })) },
        period: period.toSeconds(),
        stat: statistic,
      },
      returnData: false,
    })),
  ];
}
