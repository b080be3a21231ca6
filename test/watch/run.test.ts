import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistryImage, PullWatchdog } from '../../src';
import { secretOf, usePullCheckBench, CREDENTIALS, HOST } from '../support/pull-check-bench';
import { registry } from '../support/registry-script';
import { CHECKED, newStack, resourcesOf } from '../support/synth';
import { CREDENTIALS as SECRET } from '../support/tasks';

const bench = usePullCheckBench();

/** A stack whose registry is that of the bench. */
function watchedStack(): Stack {
  const stack = newStack(CHECKED);
  const task = new ecs.Ec2TaskDefinition(stack, 'Task');
  const pullCheck = { caCertificate: bench().certificate.ca };
  for (const name of ['api', 'worker']) {
    task.addContainer(name, { image: new PrivateRegistryImage(`${HOST}/acme/${name}:1.4.2`, { credentials: SECRET, pullCheck }), memoryLimitMiB: 64 });
  }
  new PullWatchdog(stack, 'Watchdog');
  return stack;
}

/** The metrics in lines of the log, as an alarm names them. */
function metricsIn(log: string): object[] {
  return log.split('\n').filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line)).flatMap((line) => (
    line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }: any) => Metrics.map(({ Name }: any) => ({
      Namespace, MetricName: Name, Dimensions: Dimensions[0].map((name: string) => ({ Name: name, Value: line[name] })),
    })))
  ));
}

test('the function publishes the metrics of the alarms, called with what the template has', async () => {
  const stack = watchedStack();
  const expiresOn = new Date(Date.now() + 1e9).toISOString();
  bench().play({ registry: registry(HOST), aws: { getSecretValue: () => secretOf({ ...CREDENTIALS, expiresOn }) } });
  const schedule = resourcesOf(stack, 'AWS::Events::Rule').find(({ Properties }) => Properties.ScheduleExpression);
  const { error, log } = await bench().function().invoke('respond', JSON.parse(schedule.Properties.Targets[0].Input));
  expect(error).toBeUndefined();
  const alarms = resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties).filter(({ Namespace }) => Namespace === 'PrivateRegistry');
  expect(alarms.map(({ MetricName }) => MetricName)).toEqual(['CannotPull', 'DaysToExpiry']);
  for (const { Namespace, MetricName, Dimensions } of alarms) {
    expect(metricsIn(log)).toContainEqual({ Namespace, MetricName, Dimensions });
  }
  expect(log).toContain('"CannotPull":0,"CannotTell":0,');
});

test('the custom resource begins the metric of the alarm that misses data', async () => {
  const stack = watchedStack();
  const [{ Properties }] = resourcesOf(stack, 'Custom::PrivateRegistryWatchdog');
  // CloudFormation turns every value into a text.
  const ResourceProperties = Object.fromEntries(Object.entries(Properties).map(([name, value]) => [name, String(value)]));
  const { response, invocation } = await bench().answer({ ...bench().event('Create'), ResourceProperties }, {}, bench().hurried);
  expect(response.Status).toBe('SUCCESS');
  const [{ Properties: { Namespace, MetricName, Dimensions } }] = resourcesOf(stack, 'AWS::CloudWatch::Alarm').filter(({ Properties: { TreatMissingData } }) => TreatMissingData === 'breaching');
  const begun = metricsIn(invocation.log).filter((metric: any) => metric.MetricName === MetricName);
  expect(begun).toEqual(Array(3).fill({ Namespace, MetricName, Dimensions }));
});
