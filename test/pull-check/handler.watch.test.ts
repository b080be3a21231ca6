import { LocalSink, MetricsLogger, Unit } from 'aws-embedded-metrics';
import { WatchEvent, WatchGroup } from '../../src/pull-check/contract';
import { FunctionError } from '../support/fake-aws';
import { AWS_SECRETS, LambdaFunction } from '../support/lambda-harness';
import { leaksIn } from '../support/leaks';
import { AUTH_HOST, CREDENTIALS, HOST, HURRY, PRIVATE_ADDRESS, SECRET_ARN, secretOf, STACK_ID, usePullCheckBench, Deployment } from '../support/pull-check-bench';
import { PASSWORD, registry, TOKEN, USERNAME } from '../support/registry-script';
import { errors, Script, SeenRequest } from '../support/scripted-registry';

const bench = usePullCheckBench();

const PROBER = 'arn:aws:lambda:eu-west-1:111122223333:function:PullCheckProber';
const OTHER_SECRET = SECRET_ARN.replace('ghcr', 'other');
const REFUSED = errors(401, 'UNAUTHORIZED', 'incorrect username or password');
const REFUSING = registry(HOST, { login: () => REFUSED, token: () => REFUSED });
const DOWN: Script = () => errors(503, 'UNAVAILABLE');

interface Run {
  readonly metrics: any;
  readonly lines: any[];
}

function group(images: readonly string[], others: Partial<WatchGroup> = {}): WatchGroup {
  return {
    Secret: SECRET_ARN,
    SecretRegion: 'eu-west-1',
    Platform: 'linux/amd64',
    CaCertificate: bench().certificate.ca,
    TimeoutSeconds: '30',
    Prefix: `${HOST}/acme/`,
    Images: images,
    ...others,
  };
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `service-${index}:1.4.2`);
}

function watching(...groups: WatchGroup[]): WatchEvent {
  return { Watch: 'Apps-Watchdog', Groups: groups };
}

/** What a run of the schedule leaves in the log. */
async function run(event: object, deployment: Deployment = {}, lambda: LambdaFunction = bench().function()): Promise<Run> {
  bench().play(deployment);
  const { error, log } = await lambda.invoke('respond', event);
  expect(error).toBeUndefined();
  expect(leaksIn(log, [USERNAME, PASSWORD, TOKEN, ...AWS_SECRETS])).toEqual([]);
  // Node.js has warnings of its own.
  const all = log.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const [metrics, ...others] = all.filter((line) => '_aws' in line);
  expect(others).toEqual([]);
  return { metrics, lines: all.filter((line) => !('_aws' in line)) };
}

function logins(): SeenRequest[] {
  return bench().registry.seen.filter(({ authorization }) => authorization?.startsWith('Basic '));
}

describe('a run of the schedule', () => {
  test('in which everything can be pulled logs the metrics and nothing else', async () => {
    const { metrics, lines } = await run(watching(group(names(3))));
    expect(lines).toEqual([]);
    expect(metrics).toMatchObject({ Watchdog: 'Apps-Watchdog', CannotPull: 0, CannotTell: 0, Images: 3 });
    expect(metrics).not.toHaveProperty('DaysToExpiry');
    expect(bench().aws.calls.map(({ operation }) => operation)).toEqual(['GetSecretValue']);
  });

  test('names each image that cannot be pulled', async () => {
    const missing = registry(HOST, { manifest: ({ path }) => path.includes('service-1') ? errors(404, 'MANIFEST_UNKNOWN') : undefined });
    const { metrics, lines } = await run(watching(group(names(3))), { registry: missing });
    expect(lines).toEqual([{
      watchdog: 'Apps-Watchdog',
      verdict: 'IMAGE_NOT_FOUND',
      message: expect.stringContaining(`${HOST}/acme/service-1:1.4.2 does not exist`),
      image: `${HOST}/acme/service-1:1.4.2`,
      secret: SECRET_ARN,
    }]);
    expect(metrics).toMatchObject({ CannotPull: 1, CannotTell: 0 });
  });

  test('of 200 images sends credentials that are refused once', async () => {
    const { metrics, lines } = await run(watching(group(names(150)), group(names(50), { Platform: 'linux/arm64' })), { registry: REFUSING });
    expect(logins()).toHaveLength(1);
    expect(metrics).toMatchObject({ CannotPull: 200, CannotTell: 0, Images: 200 });
    expect(lines).toHaveLength(200);
    expect(lines[0].message).toContain(`rejected the credentials in ${SECRET_ARN}`);
    expect(new Set(lines.map(({ verdict }) => verdict))).toEqual(new Set(['CREDENTIALS_REJECTED']));
    expect(lines[199].message).toContain(`the registry rejected the credentials in ${SECRET_ARN} for ${HOST}/acme/service-0:1.4.2, and they were not sent again`);
  });

  test('sends credentials once that are refused after images that anybody can pull, or that had no answer', async () => {
    const script = registry(HOST, {
      login: () => REFUSED,
      token: () => REFUSED,
      any: ({ path }) => path.includes('service-0') ? errors(429, 'TOOMANYREQUESTS') : undefined,
    });
    const { metrics } = await run(watching(group(names(20))), { registry: script }, bench().hurried);
    expect(logins()).toHaveLength(1);
    expect(metrics).toMatchObject({ CannotPull: 19, CannotTell: 1 });
  });

  test('goes on with the other secrets', async () => {
    const getSecretValue = ({ SecretId }: { SecretId: string }) => secretOf(SecretId === OTHER_SECRET ? { username: 'x', password: 'wrong-81f2' } : CREDENTIALS);
    const { metrics } = await run(watching(group(names(5), { Secret: OTHER_SECRET }), group(names(7))), { aws: { getSecretValue } });
    expect(metrics).toMatchObject({ CannotPull: 5, CannotTell: 0, Images: 12 });
  });

  test('goes on with another host of the same secret', async () => {
    const script: Script = (request, call) => (request.host === AUTH_HOST ? registry(AUTH_HOST) : REFUSING)(request, call);
    const { metrics } = await run(watching(group(names(5)), group(names(7), { Prefix: `${AUTH_HOST}/acme/` })), { registry: script });
    expect(metrics).toMatchObject({ CannotPull: 5, CannotTell: 0, Images: 12 });
  });

  test('does not take a registry that is down for a no', async () => {
    const { metrics, lines } = await run(watching(group(names(3))), { registry: DOWN }, bench().hurried);
    expect(metrics).toMatchObject({ CannotPull: 0, CannotTell: 3 });
    expect(lines.map(({ verdict }) => verdict)).toEqual(Array(3).fill('REGISTRY_UNAVAILABLE'));
  });

  test('ends in time if a registry never answers, and the others have been asked', async () => {
    const hanging: Script = (request, call) => request.host === HOST ? { fault: 'hang' } : registry(AUTH_HOST)(request, call);
    const groups = [
      ...Array.from({ length: 5 }, (_, index) => group(names(20), { Secret: `${SECRET_ARN.slice(0, -1)}${index}` })),
      group(names(20), { Prefix: `${AUTH_HOST}/acme/` }),
    ];
    const started = Date.now();
    const { metrics, lines } = await run(watching(...groups), { registry: hanging }, bench().hurried);
    expect((Date.now() - started) * HURRY).toBeLessThan(200_000);
    expect(metrics).toMatchObject({ CannotPull: 0, CannotTell: 100, Images: 120 });
    expect(lines.filter(({ message }) => message.includes('was not checked: the registry took too long'))).not.toEqual([]);
    expect(lines.filter(({ image }) => image.startsWith(AUTH_HOST))).toEqual([]);
  });

  test('ends in time if many secrets cannot be read, since their role is not new', async () => {
    const groups = Array.from({ length: 12 }, (_, index) => group(names(2), { Secret: `${SECRET_ARN.slice(0, -2)}${10 + index}` }));
    const getSecretValue = () => ({ error: 'AccessDeniedException', message: 'not authorized' });
    const { metrics, lines } = await run(watching(...groups), { aws: { getSecretValue } });
    expect(metrics).toMatchObject({ CannotPull: 0, CannotTell: 24, Images: 24 });
    expect(new Set(lines.map(({ verdict }) => verdict))).toEqual(new Set(['SECRET_ACCESS_DENIED']));
    expect(bench().aws.calls).toHaveLength(12);
  });

  test.each([['outside of a VPC', {}], ['in a VPC that has no route', { PROBER }]])('counts a text that is no image, and does not show it: %s', async (_, environment) => {
    const invoke = async () => Promise.reject(new FunctionError('Task timed out'));
    const event = watching(group(['20391755@registry.example.com/acme/api:1'], { Prefix: 'https://acme-bot:' }));
    const { metrics, lines } = await run(event, { aws: { invoke } }, bench().function({ environment }));
    expect(metrics).toMatchObject({ CannotPull: 1, CannotTell: 0 });
    expect(lines).toMatchObject([{ verdict: 'NOT_AN_IMAGE', image: '', secret: SECRET_ARN }]);
    expect(leaksIn(JSON.stringify(lines), ['20391755'])).toEqual([]);
    expect(bench().aws.calls.filter(({ operation }) => operation === 'GetSecretValue')).toEqual([]);
  });

  test('counts a secret that is gone', async () => {
    const getSecretValue = () => ({ error: 'ResourceNotFoundException', message: 'not there' });
    const { metrics, lines } = await run(watching(group(names(2))), { aws: { getSecretValue } });
    expect(metrics).toMatchObject({ CannotPull: 2, CannotTell: 0 });
    expect(lines[0]).toMatchObject({ verdict: 'SECRET_NOT_FOUND' });
  });

  test('publishes which credentials expire first, and in how many days', async () => {
    const expiresOn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const dates = { [SECRET_ARN]: expiresOn(45), [OTHER_SECRET]: expiresOn(13) };
    const getSecretValue = ({ SecretId }: { SecretId: string }) => secretOf({ ...CREDENTIALS, expiresOn: dates[SecretId] });
    const { metrics, lines } = await run(watching(group(names(3)), group(names(3), { Secret: OTHER_SECRET })), { aws: { getSecretValue } });
    expect(lines).toEqual([]);
    expect(metrics).toMatchObject({ CannotPull: 0, CannotTell: 0, ExpiresOn: dates[OTHER_SECRET], Secret: OTHER_SECRET });
    expect(metrics.DaysToExpiry).toBeCloseTo(13, 1);
    expect(metrics._aws.CloudWatchMetrics[0].Metrics).toContainEqual({ Name: 'DaysToExpiry', Unit: 'None' });
  });

  test('says once for each secret that a date is not understood', async () => {
    const getSecretValue = () => secretOf({ ...CREDENTIALS, expiresOn: '31.03.2027' });
    const { metrics, lines } = await run(watching(group(names(3))), { aws: { getSecretValue } });
    expect(lines).toEqual([{ watchdog: 'Apps-Watchdog', message: expect.stringContaining('expiresOn'), secret: SECRET_ARN }]);
    expect(metrics).toMatchObject({ CannotPull: 0, CannotTell: 1 });
    expect(metrics).not.toHaveProperty('DaysToExpiry');
  });

  test('leaves out what is not deployed', async () => {
    const { metrics } = await run(watching(group(['', 'api:1.4.2'])));
    expect(metrics).toMatchObject({ CannotPull: 0, CannotTell: 0, Images: 1 });
  });

  test('publishes if there is nothing to ask', async () => {
    const { metrics } = await run(watching());
    expect(metrics).toMatchObject({ Watchdog: 'Apps-Watchdog', CannotPull: 0, CannotTell: 0, Images: 0 });
    expect(bench().aws.calls).toEqual([]);
  });
});

describe('in a VPC', () => {
  const responder = () => bench().function({ environment: { PROBER } });

  test('the prober asks, and the responder publishes', async () => {
    const prober = bench().function({ address: PRIVATE_ADDRESS });
    const invoke = async (payload: unknown) => {
      const { result, log } = await prober.invoke('probe', payload);
      expect(log).not.toContain('{');
      return result;
    };
    const missing = registry(HOST, { manifest: ({ path }) => path.includes('service-1') ? errors(404, 'MANIFEST_UNKNOWN') : undefined });
    const { metrics, lines } = await run(watching(group(names(3))), { registry: missing, aws: { invoke } }, responder());
    expect(bench().aws.calls.map(({ operation }) => operation)).toEqual(['Invoke', 'GetSecretValue']);
    expect(metrics).toMatchObject({ CannotPull: 1, CannotTell: 0, Images: 3 });
    expect(lines.map(({ image }) => image)).toEqual([`${HOST}/acme/service-1:1.4.2`]);
  });

  test('a prober that does not answer is no verdict', async () => {
    const invoke = async () => Promise.reject(new FunctionError('2026-01-01T00:00:00Z f1 Task timed out after 200.00 seconds'));
    const { metrics, lines } = await run(watching(group(names(3))), { aws: { invoke } }, responder());
    expect(metrics).toMatchObject({ CannotPull: 0, CannotTell: 3 });
    expect(lines[2]).toMatchObject({ verdict: 'NO_ROUTE', image: `${HOST}/acme/service-2:1.4.2`, message: expect.stringContaining('did not answer (Unhandled)') });
  });
});

describe('the lines with metrics', () => {
  test('are those of the library of AWS', async () => {
    const { metrics } = await run(watching(group(names(1))));
    const logger = new MetricsLogger(async () => ({
      probe: async () => true,
      getName: () => 'pull-check',
      getType: () => 'AWS::Lambda::Function',
      getLogGroupName: () => 'pull-check',
      configureContext: () => undefined,
      getSink: () => new LocalSink(),
    }));
    logger.setNamespace('PrivateRegistry').setDimensions({ Watchdog: 'Apps-Watchdog' }).setProperty('Images', 1);
    logger.putMetric('CannotPull', 0, Unit.Count);
    logger.putMetric('CannotTell', 0, Unit.Count);
    const printed = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    await logger.flush();
    const [[expected]] = printed.mock.calls;
    printed.mockRestore();
    const ofLibrary = JSON.parse(expected);
    const { Timestamp } = metrics._aws;
    expect(Math.abs(Timestamp - ofLibrary._aws.Timestamp)).toBeLessThan(60_000);
    expect({ ...metrics, _aws: { ...metrics._aws, Timestamp: 0 } }).toEqual({ ...ofLibrary, _aws: { ...ofLibrary._aws, Timestamp: 0 } });
  });

  test('begin with intervals in which nothing was found', async () => {
    const started = Date.now();
    const event = { ...bench().event('Create'), ResourceProperties: { Watch: 'Apps-Watchdog', IntervalSeconds: '3600', Schedules: '2' }, StackId: STACK_ID };
    const { response, invocation } = await bench().answer(event, {}, bench().hurried);
    expect(response).toMatchObject({ Status: 'SUCCESS' });
    // CloudWatch has them before the alarms are created.
    expect((Date.now() - started) * HURRY).toBeGreaterThanOrEqual(60_000);
    // On a slow machine an answer to the hurried function comes too late, which is a line as well.
    const lines = invocation.log.trimEnd().split('\n').map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
    expect(lines.map(({ Watchdog, CannotPull, CannotTell }) => ({ Watchdog, CannotPull, CannotTell }))).toEqual(Array(3).fill({
      Watchdog: 'Apps-Watchdog', CannotPull: [0, 0], CannotTell: [0, 0],
    }));
    const [last, ...others] = lines.map(({ _aws }) => _aws.Timestamp as number);
    expect(others.map((time) => Math.round((last - time) / 60_000))).toEqual([60, 120]);
  });

  test('do not begin when the watchdog is deleted', async () => {
    const event = { ...bench().event('Delete'), ResourceProperties: { Watch: 'Apps-Watchdog', IntervalSeconds: '3600', Schedules: '1' } };
    const { response, log } = await bench().answer(event);
    expect(response).toMatchObject({ Status: 'SUCCESS' });
    expect(log).toEqual([]);
  });
});

test('an event of ECS is a line in the same log', async () => {
  bench().play({});
  const { error, log } = await bench().function().invoke('respond', {
    'source': 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    'detail': {
      group: 'service:api',
      taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/apps/0a1b2c',
      taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7',
      stoppedReason: 'CannotPullContainerError: pull image manifest has been retried 1 time(s)\nunauthorized',
      containers: [{ name: 'app', image: 'ghcr.io/acme/api:1', reason: 'CannotPullContainerError: unauthorized' }, { name: 'sidecar' }],
    },
  });
  expect(error).toBeUndefined();
  expect(log.trimEnd().split('\n').map((line) => JSON.parse(line))).toEqual([{
    event: 'task could not pull',
    group: 'service:api',
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7',
    taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/apps/0a1b2c',
    stoppedReason: 'CannotPullContainerError: pull image manifest has been retried 1 time(s)\nunauthorized',
    containers: [{ name: 'app', image: 'ghcr.io/acme/api:1', reason: 'CannotPullContainerError: unauthorized' }],
  }]);
});
