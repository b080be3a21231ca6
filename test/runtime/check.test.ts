import { checkPull, Connections, kindOf, NO_LOGIN, parseSecret, REAL_ENVIRONMENT, VERDICTS, CheckInput, Credentials } from '../../src/runtime/check';
import { Transport } from '../../src/runtime/http/transport';
import { HOST, virtualEnvironment, useBench } from '../support/check-harness';
import { IMAGE, imageFor, indexFor, PASSWORD, registry, TOKEN, USERNAME, Quirks } from '../support/registry-script';
import { errors } from '../support/scripted-registry';

const bench = useBench();

function input(more: Partial<CheckInput> = {}): CheckInput {
  return { image: `${HOST}/acme/api:1.4.2`, credentials: { username: USERNAME, password: PASSWORD }, ca: bench().certificate.ca, ...more };
}

/** What an engine asks before the first layer: the tag, without login and with it, a token, the manifest, that of the platform, the config. */
test.each<[what: string, challenge: string | undefined, image: typeof IMAGE | ReturnType<typeof indexFor>, ours: number, engine: number]>([
  ['a single-platform image with a token', undefined, IMAGE, 5, 5],
  ['an index with a token', undefined, indexFor('linux/amd64', 'linux/arm64'), 5, 5],
  ['a single-platform image with Basic', 'Basic realm="x"', IMAGE, 4, 4],
  ['an index with Basic', 'Basic realm="x"', indexFor('linux/amd64', 'linux/arm64'), 4, 4],
])('%s takes no more requests than an engine, the login probe aside', async (_, challenge, image, ours, engine) => {
  bench().secure.play(registry(HOST, { challenge }, image));
  const { verdict, requests } = await checkPull(input({ platform: 'linux/amd64' }), virtualEnvironment(bench()));
  expect(verdict).toBe('OK');
  const asked = requests.filter((request) => request.purpose !== 'login');
  expect(asked).toHaveLength(ours);
  expect(ours).toBeLessThanOrEqual(engine);
  expect(requests.length - asked.length).toBe(challenge === undefined ? 1 : 0);
  // Docker Hub counts GETs of manifests.
  expect(bench().secure.seen.filter((request) => request.method === 'GET' && request.path.includes('/manifests/'))).toHaveLength(1);
});

test('without a platform nothing is asked that would count as a pull', async () => {
  bench().secure.play(registry(HOST));
  const { requests } = await checkPull(input(), virtualEnvironment(bench()));
  expect(requests).toEqual([
    { purpose: 'manifest', method: 'HEAD', host: HOST, authorized: false, status: 401 },
    { purpose: 'login', method: 'GET', host: HOST, authorized: true, status: 200 },
    { purpose: 'token', method: 'GET', host: HOST, authorized: true, status: 200 },
    { purpose: 'manifest', method: 'HEAD', host: HOST, authorized: true, status: 200 },
  ]);
});

test.each<[what: string, quirks: Quirks, verdict: string, requests: string]>([
  ['what anybody can pull is public', { anonymous: () => IMAGE.answer }, 'PUBLIC_IMAGE', 'manifest'],
  ['what anybody gets a token for is public', { token: () => ({ body: JSON.stringify({ token: TOKEN }) }) }, 'PUBLIC_IMAGE', 'manifest token manifest'],
  ['a token that is refused means that a login is needed', {}, 'PULL_DENIED', 'manifest token'],
  ['so does a token that is not enough', { token: () => ({ body: '{"token":"x"}' }), manifest: () => errors(401, 'UNAUTHORIZED') }, 'PULL_DENIED', 'manifest token manifest manifest'],
  ['so does Basic authentication', { challenge: 'Basic realm="x"' }, 'PULL_DENIED', 'manifest'],
])('without a login, %s', async (_, quirks, verdict, purposes) => {
  bench().secure.play(registry(HOST, quirks));
  const result = await checkPull(input({ credentials: NO_LOGIN }), virtualEnvironment(bench()));
  expect(result).toMatchObject({ verdict, definite: true, message: expect.stringContaining('login') });
  expect(result.requests.map(({ purpose }) => purpose).join(' ')).toBe(purposes);
  expect(bench().secure.seen.filter(({ authorization }) => authorization?.startsWith('Basic'))).toEqual([]);
});

test('one connection serves the whole check', async () => {
  bench().secure.play(registry(HOST, {}, imageFor('amd64')));
  await checkPull(input({ platform: 'linux/amd64' }), virtualEnvironment(bench()));
  expect(bench().secure.seen).toHaveLength(6);
  expect(new Set(bench().secure.seen.map((request) => request.port)).size).toBe(1);
});

test('input that is misspelled is an error, not a verdict', async () => {
  const credentials = async (): Promise<Credentials> => Promise.reject(new Error('read too early'));
  const rejection = async (more: Partial<CheckInput>) => checkPull(input({ credentials, ...more })).catch((error: unknown) => error);
  expect(await rejection({ image: 'https://ghcr.io/acme/api' })).toMatchObject({ name: 'CheckInputError', input: 'image', message: expect.stringContaining('https://') });
  expect(await rejection({ platform: 'x86' })).toMatchObject({ name: 'CheckInputError', input: 'platform', message: expect.stringContaining('platform must be <os>/<architecture>') });
  expect(await rejection({ ca: 'ca.pem' })).toMatchObject({ name: 'CheckInputError', input: 'ca', message: expect.stringContaining('ca must be one or more certificates in PEM form') });
  expect(await rejection({})).toMatchObject({ message: 'read too early' });
});

test('credentials that cannot be read or used are a verdict, and nothing is sent', async () => {
  const result = await checkPull(input({ credentials: () => parseSecret('', { name: 'the secret' }) }), virtualEnvironment(bench()));
  expect(result).toEqual({
    verdict: 'SECRET_EMPTY', kind: 'no', definite: true, requests: [], message: 'the secret is empty; store {"username":"...","password":"..."} as plain text',
  });
});

test('a fault of our own never stops a deployment, and shows nothing', async () => {
  const environment = {
    ...REAL_ENVIRONMENT,
    connectTo: () => {
      throw new TypeError(`oops ${PASSWORD}`);
    },
  };
  const result = await checkPull(input(), environment);
  expect(result).toMatchObject({ verdict: 'PROTOCOL_ERROR', kind: 'not-definite', definite: false });
  expect(result.message).toMatch(/because of a bug \(TypeError\)/);
  expect(JSON.stringify(result)).not.toContain('oops');
});

test('the real environment has real timers and pauses', async () => {
  jest.useFakeTimers();
  const { now, sleep, startTimer } = REAL_ENVIRONMENT;
  const events: string[] = [];
  const start = now();
  void sleep(600).then(() => events.push(`slept ${now() - start}`));
  startTimer(500, () => events.push(`timer ${now() - start}`));
  const stop = startTimer(550, () => events.push('stopped timer'));
  stop();
  await jest.advanceTimersByTimeAsync(599);
  expect(events).toEqual(['timer 500']);
  await jest.advanceTimersByTimeAsync(1);
  expect(events).toEqual(['timer 500', 'slept 600']);
  jest.useRealTimers();
});

test('nothing is ever sent over plain HTTP to another machine, whoever asks for it', async () => {
  const options = { registry: new URL('https://registry.example.com/v2/'), knownHosts: [], allowPrivateNetworks: true, allowLoopback: true, deadline: Date.now() + 1_000 };
  const transport = new Transport(options, REAL_ENVIRONMENT, new Connections());
  const request = { purpose: 'ping', method: 'GET', url: new URL('http://registry.example.com/v2/'), accept: '*/*', maxBytes: 1 } as const;
  await expect(transport.send(request)).rejects.toMatchObject({ kind: 'not-tls' });
  expect(transport.requests).toEqual([]);
});

test('every verdict has its kind', () => {
  expect(VERDICTS).toHaveLength(23);
  expect(VERDICTS.filter((verdict) => kindOf(verdict) === 'yes')).toEqual(['OK', 'PUBLIC_IMAGE']);
  expect(VERDICTS.filter((verdict) => kindOf(verdict) === 'not-definite')).toEqual([
    'SECRET_ACCESS_DENIED', 'KMS_ACCESS_DENIED', 'REALM_NOT_TRUSTED', 'HOST_NOT_LISTED', 'RATE_LIMITED', 'NETWORK_RESTRICTED', 'TLS_UNTRUSTED', 'NO_ROUTE', 'REGISTRY_UNAVAILABLE', 'PROTOCOL_ERROR',
  ]);
});
