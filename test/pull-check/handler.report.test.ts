import { WatchResult } from '../../src/pull-check/handler/event';
import { begin, report, reportTask } from '../../src/pull-check/handler/report';
import { askAll, imagesOf } from '../../src/pull-check/handler/watch';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const OTHER_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub/pull-d4E5f6';
const OK: WatchResult = { image: 'ghcr.io/acme/api:1', secret: SECRET, verdict: 'OK', isDefiniteNo: false, message: 'can be pulled', requests: 4 };

/** What is written while something runs: lines of the log, and lines with metrics. */
function written(run: () => void): { readonly log: unknown[]; readonly metrics: any[] } {
  const log: unknown[] = [];
  const metrics: any[] = [];
  const spies = [
    jest.spyOn(Date, 'now').mockReturnValue(NOW),
    jest.spyOn(console, 'log').mockImplementation((line) => log.push(JSON.parse(line))),
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => metrics.push(JSON.parse(String(line))) > 0),
  ];
  try {
    run();
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
  return { log, metrics };
}

test('a run without a finding logs nothing, and publishes that', () => {
  const { log, metrics } = written(() => report('Main-Watchdog', [OK, { ...OK, verdict: 'PUBLIC_IMAGE' }]));
  expect(log).toEqual([]);
  expect(metrics).toEqual([expect.objectContaining({ Watchdog: 'Main-Watchdog', CannotPull: 0, CannotTell: 0, Images: 2 })]);
  expect(metrics[0]).not.toHaveProperty('DaysToExpiry');
});

test('what certainly cannot be pulled is told apart from what is not certain, and the first date counts', () => {
  const refused = { ...OK, verdict: 'CREDENTIALS_REJECTED', isDefiniteNo: true, message: 'rejected' };
  const down = { ...OK, verdict: 'REGISTRY_UNAVAILABLE', message: 'no answer', secret: OTHER_SECRET };
  const dates = ['2027-01-05T12:00:00.000Z', '2026-11-29T00:00:00.000Z'].map((expiresOn) => ({ ...OK, expiresOn }));
  const { log, metrics } = written(() => report('W', [refused, down, ...dates, { ...OK, expiryProblem: 'not understood' }]));
  expect(log).toEqual([
    { watchdog: 'W', verdict: 'CREDENTIALS_REJECTED', message: 'rejected', image: OK.image, secret: SECRET },
    { watchdog: 'W', verdict: 'REGISTRY_UNAVAILABLE', message: 'no answer', image: OK.image, secret: OTHER_SECRET },
    { watchdog: 'W', message: 'not understood', secret: SECRET },
  ]);
  expect(metrics).toEqual([expect.objectContaining({ CannotPull: 1, CannotTell: 2, DaysToExpiry: 2.5, ExpiresOn: '2026-11-29T00:00:00.000Z', Secret: SECRET })]);
});

test('at its creation, a watchdog has found nothing in three intervals, in each of its calls', () => {
  const { metrics } = written(() => begin({ Watch: 'W', IntervalSeconds: '3600', Schedules: '2' }));
  expect(metrics.map(({ _aws: { Timestamp } }) => NOW - Timestamp)).toEqual([0, 3_600_000, 7_200_000]);
  expect(metrics.map(({ CannotPull, CannotTell }) => [CannotPull, CannotTell])).toEqual(Array(3).fill([[0, 0], [0, 0]]));
});

test('a task that could not be pulled is logged with its reasons', () => {
  const containers = [{ name: 'app', image: OK.image, reason: 'CannotPullContainerError: x' }, { name: 'sidecar' }];
  const { log } = written(() => reportTask({ source: 'aws.ecs', detail: { group: 'service:api', stoppedReason: 'Task failed to start', containers } }));
  expect(log).toEqual([{ event: 'task could not pull', group: 'service:api', stoppedReason: 'Task failed to start', containers: [containers[0]] }]);
});

test('a text that is no image is refused without its text, and without a question', async () => {
  const group = { Secret: SECRET, SecretRegion: 'eu-west-1', TimeoutSeconds: '30', Prefix: '', Images: ['Hunter2 secret', '', 'UPPER/case'] };
  const results = await askAll({ Watch: 'W', Groups: [group, { ...group, Secret: OTHER_SECRET, Images: ['!'] }] }, false);
  expect(results.map(({ verdict, image, secret, isDefiniteNo, requests }) => ({ verdict, image, secret, isDefiniteNo, requests }))).toEqual(
    [SECRET, SECRET, OTHER_SECRET].map((secret) => ({ verdict: 'NOT_AN_IMAGE', image: '', secret, isDefiniteNo: true, requests: 0 })),
  );
});

test('an image has the beginning of its group, and what is not deployed is none', () => {
  const images = imagesOf([{ Secret: SECRET, SecretRegion: 'eu-west-1', TimeoutSeconds: '30', Engine: 'containerd', Prefix: 'ghcr.io/acme/', Images: ['api:1', '', 'web:2'] }]);
  expect(images.map(({ Image, Engine }) => [Image, Engine])).toEqual([['ghcr.io/acme/api:1', 'containerd'], ['ghcr.io/acme/web:2', 'containerd']]);
});
