import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App } from './support/app';
import { runAws } from './support/aws';
import { Deployed } from './support/deployed';
import { PULLER } from './support/internet';
import { searchForSecrets } from './support/search-for-secrets';
import { useMiniStack } from './support/world';

/** The watchdog of an app that is authenticated as a whole. To the roles that cdk bootstraps MiniStack refuses the bucket of assets. */
const SOURCE = `
import { App, CliCredentialsStackSynthesizer, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistries, PullWatchdog, RegistryCredentials, RegistryProvider } from 'cdk-private-registry';

const app = new App();
const stack = new Stack(app, 'Apps', { synthesizer: new CliCredentialsStackSynthesizer(), env: { account: '111122223333', region: 'eu-west-1' } });
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false }) });
const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('web', {
  image: ecs.ContainerImage.fromRegistry('ghcr.io/acme/api:1.4.2'),
  // Otherwise MiniStack pulls nothing that it has under its digest.
  versionConsistency: ecs.VersionConsistency.DISABLED,
});
new ecs.FargateService(stack, 'Web', { cluster, taskDefinition, assignPublicIp: true, desiredCount: 1, minHealthyPercent: 0 });
new PullWatchdog(stack, 'Watchdog', { interval: Duration.minutes(Number(app.node.tryGetContext('minutes'))) });
PrivateRegistries.of(app).add({
  provider: RegistryProvider.GHCR, credentials: RegistryCredentials.fromSecretCompleteArn(app.node.tryGetContext('secret')),
});
`;
const WATCHDOG = 'Custom::PrivateRegistryWatchdog';
const IMAGE = 'ghcr.io/acme/api:1.4.2';
const DAY = 24 * 60 * 60 * 1000;

const world = useMiniStack({ iam: true });
let app: App;
let apps: Deployed;
let secret: string;

const secretString = (password: string, days: number) => JSON.stringify({
  username: PULLER.username, password, expiresOn: new Date(Date.now() + days * DAY).toISOString(),
});
const deploy = (minutes: number) => app.deploy('--context', `minutes=${minutes}`, '--context', `secret=${secret}`);
const aws = (command: string) => JSON.parse(runAws(world().cloud, `aws ${command}`));

/** The lines in JSON of a log. */
const linesOf = (log: string) => log.split('\n').flatMap((line) => /\{.*\}/.exec(line) ?? []).map((line) => JSON.parse(line));
/** The metrics of runs. The custom resource, which published nothing before the first run, knows of no images. */
const runsIn = (lines: any[]) => lines.filter(({ _aws, Images }) => _aws !== undefined && Images !== undefined);

/** The rule with a schedule, and the one with a pattern. Each has one target. */
function rules(): { schedule: any; failure: any } {
  const { Rules } = aws('events list-rules');
  expect(Rules).toHaveLength(2);
  const [schedule, failure] = ['ScheduleExpression', 'EventPattern'].map((kind) => {
    const rule = Rules.find((one: any) => one[kind]);
    const { Targets } = aws(`events list-targets-by-rule --rule ${rule.Name}`);
    expect(Targets).toHaveLength(1);
    return { ...rule, target: Targets[0] };
  });
  return { schedule, failure };
}

/** Calls the function of a target as EventBridge does, and returns what it logged. */
async function call(target: { Arn: string }, payload: string): Promise<any[]> {
  const command = new InvokeCommand({ FunctionName: target.Arn, Payload: Buffer.from(payload), LogType: 'Tail' });
  const { FunctionError, LogResult } = await new LambdaClient(world().cloud.client()).send(command);
  expect(FunctionError).toBeUndefined();
  return linesOf(Buffer.from(LogResult!, 'base64').toString());
}

beforeAll(async () => {
  const { cloud } = world();
  const client = new SecretsManagerClient(cloud.client());
  secret = (await client.send(new CreateSecretCommand({ Name: 'ghcr/pull', SecretString: secretString(PULLER.password, 13.5) }))).ARN!;
  app = App.of(cloud, SOURCE);
  apps = new Deployed(cloud, 'Apps');
});

test('the custom resource has published that nothing was found before the first run', async () => {
  await deploy(1);
  await apps.steady();

  const { cloud } = world();
  expect(cloud.requests(WATCHDOG)).toMatchObject([{
    event: { RequestType: 'Create', ResourceProperties: { Watch: 'Apps-Watchdog', IntervalSeconds: '60', Schedules: '1' } }, answer: { Status: 'SUCCESS' },
  }]);
  const start = linesOf(cloud.functionLog()).filter(({ _aws, Images }) => _aws !== undefined && Images === undefined);
  expect(start).toEqual(Array(3).fill(expect.objectContaining({ Watchdog: 'Apps-Watchdog', CannotPull: [0], CannotTell: [0] })));
  expect((start[0]._aws.Timestamp - start[2]._aws.Timestamp) / 60_000).toBeCloseTo(2);
});

test('the schedule calls the function, which reads the secret, asks the registry and publishes what the alarms look at', async () => {
  const { cloud } = world();
  while (runsIn(linesOf(cloud.functionLog())).length === 0) {
    await pause(500);
  }
  const [run] = runsIn(linesOf(cloud.functionLog()));
  expect(run).toMatchObject({ Watchdog: 'Apps-Watchdog', CannotPull: 0, CannotTell: 0, Images: 1, Secret: secret });
  expect(run.DaysToExpiry).toBeCloseTo(13.5, 1);

  const [{ Namespace, Dimensions: [[dimension]], Metrics }] = run._aws.CloudWatchMetrics;
  const published = { Namespace, Dimensions: [{ Name: dimension, Value: run[dimension] }] };
  const { MetricAlarms } = aws('cloudwatch describe-alarms');
  const alarmOn = (name: string) => MetricAlarms.filter(({ MetricName }: any) => MetricName === name);
  expect(MetricAlarms).toHaveLength(3);
  expect(Metrics.map(({ Name }: any) => Name)).toEqual(expect.arrayContaining(['CannotPull', 'DaysToExpiry']));
  expect(alarmOn('CannotPull')).toMatchObject([{ ...published, Statistic: 'Maximum', Period: 60, Threshold: 1, TreatMissingData: 'breaching' }]);
  expect(alarmOn('DaysToExpiry')).toMatchObject([{ ...published, Statistic: 'Minimum', Period: 60, Threshold: 14 }]);
  expect(alarmOn('Invocations')).toMatchObject([{ Namespace: 'AWS/Events', Dimensions: [{ Name: 'RuleName', Value: rules().failure.Name }] }]);
});

test('once the token is revoked, the input of the rule finds an image that cannot be pulled', async () => {
  const { schedule } = rules();
  const [before] = runsIn(await call(schedule.target, schedule.target.Input));
  world().internet.rotate(PULLER.username, 'another');
  const lines = await call(schedule.target, schedule.target.Input);

  expect(before).toMatchObject({ CannotPull: 0, Images: 1 });
  expect(runsIn(lines)).toMatchObject([{ Watchdog: 'Apps-Watchdog', CannotPull: 1, CannotTell: 0, Images: 1 }]);
  expect(lines).toContainEqual(expect.objectContaining({ watchdog: 'Apps-Watchdog', verdict: 'CREDENTIALS_REJECTED', image: IMAGE, secret }));
});

/** MiniStack sends no events of tasks. They have the fields that ECS shows of a task. */
test('the service scales out: the pattern matches the task that cannot pull, and the function logs its reason', async () => {
  await world().engine.forgetImages();
  const { clusterArn, serviceArn, taskDefinition } = await apps.service();
  aws(`ecs update-service --cluster ${clusterArn} --service ${serviceArn} --desired-count 2`);
  const failedTasks = async () => (await apps.tasks('STOPPED')).filter(({ stopCode }) => stopCode === 'TaskFailedToStart');
  while ((await failedTasks()).length === 0) {
    await pause(200);
  }
  const [[failed], [running]] = [await failedTasks(), await apps.tasks('RUNNING')];
  const event = (detail: object) => JSON.stringify({
    'id': '1',
    'source': 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    'account': '111122223333',
    'region': 'eu-west-1',
    'time': new Date().toISOString(),
    'resources': [failed.taskArn],
    detail,
  });
  const { failure } = rules();
  const matches = (detail: object) => {
    writeFileSync(join(app.directory, 'pattern.json'), failure.EventPattern);
    writeFileSync(join(app.directory, 'event.json'), event(detail));
    return aws(`events test-event-pattern --event-pattern file://${app.directory}/pattern.json --event file://${app.directory}/event.json`).Result;
  };

  expect(failed.stoppedReason).toMatch(/^CannotPullContainerError: .*unauthorized/);
  expect(matches(failed)).toBe(true);
  expect(matches(running)).toBe(false);
  expect(failure.target.Input).toBeUndefined();
  expect(await call(failure.target, event(failed))).toContainEqual(expect.objectContaining({
    event: 'task could not pull', taskDefinitionArn: taskDefinition, taskArn: failed.taskArn, stoppedReason: failed.stoppedReason,
  }));
});

test('a new token is in use at the next run, and by the next task', async () => {
  await new SecretsManagerClient(world().cloud.client()).send(new PutSecretValueCommand({ SecretId: secret, SecretString: secretString('another', 45) }));
  const { schedule } = rules();
  const [run] = runsIn(await call(schedule.target, schedule.target.Input));

  expect(run).toMatchObject({ CannotPull: 0, CannotTell: 0 });
  expect(run.DaysToExpiry).toBeCloseTo(45, 1);
  await apps.until(({ runningCount }) => runningCount === 2);
});

test('another interval is that of the rule and of the alarms, and the custom resource publishes once more', async () => {
  await deploy(2);

  expect(rules().schedule.ScheduleExpression).toBe('rate(2 minutes)');
  expect(aws('cloudwatch describe-alarms').MetricAlarms.filter(({ Namespace }: any) => Namespace === 'PrivateRegistry')).toMatchObject([{ Period: 120 }, { Period: 120 }]);
  expect(world().cloud.requests(WATCHDOG).at(-1)).toMatchObject({
    event: { RequestType: 'Update', ResourceProperties: { IntervalSeconds: '120' } }, answer: { Status: 'SUCCESS' },
  });
});

searchForSecrets(world, 'another');

test('cdk destroy leaves no alarm, no rule and no container', async () => {
  await app.destroy('--context', 'minutes=2', '--context', `secret=${secret}`);

  expect(world().cloud.requests(WATCHDOG).at(-1)).toMatchObject({ event: { RequestType: 'Delete' }, answer: { Status: 'SUCCESS' } });
  expect(aws('cloudwatch describe-alarms').MetricAlarms).toEqual([]);
  expect(aws('events list-rules').Rules).toEqual([]);
  expect(await world().engine.containers()).toEqual([]);
});
