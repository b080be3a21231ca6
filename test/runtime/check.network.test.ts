import { createServer, AddressInfo, LookupFunction, Server, Socket } from 'node:net';
import { checkPull, CheckInput } from '../../src/runtime/check';
import { makeCertificate } from '../support/certificates';
import { describeBehaviours, HOST, virtualEnvironment, useBench, Behaviour } from '../support/check-harness';
import { PASSWORD, registry, USERNAME } from '../support/registry-script';
import { errors, startScriptedServer, Answer, Fault } from '../support/scripted-registry';
import { VirtualTime } from '../support/virtual-time';

const AMD64 = { platform: 'linux/amd64' };
const STAGES = ['anonymous', 'login', 'token', 'manifest', 'config'] as const;

function atEachStage(what: string, answer: Answer, expected: Partial<Behaviour> & Pick<Behaviour, 'verdict'>): Behaviour[] {
  return STAGES.map((stage) => ({ name: `${what}, at the stage ${stage}`, input: { ...AMD64, ...expected.input }, quirks: { [stage]: () => answer }, ...expected }));
}

function fault(kind: Fault): Answer {
  return { fault: kind };
}

describeBehaviours('servers that fail', [
  ...atEachStage('a connection that is cut', fault('cut'), { verdict: 'REGISTRY_UNAVAILABLE', definite: false, message: /cut the connection/ }),
  ...atEachStage('headers that are cut', fault('cut-headers'), { verdict: 'REGISTRY_UNAVAILABLE' }),
  ...atEachStage('no answer within the deadline', fault('hang'), { verdict: 'REGISTRY_UNAVAILABLE', message: /did not answer in time/ }),
  ...atEachStage('something else than HTTP', fault('garbage'), { verdict: 'PROTOCOL_ERROR', message: /does not speak HTTP/ }),
  ...atEachStage('503 for ever', { status: 503, body: 'no healthy upstream' }, { verdict: 'REGISTRY_UNAVAILABLE', definite: false })
    .map((behaviour) => behaviour.name.endsWith('login') ? { ...behaviour, verdict: 'OK' as const, definite: true } : behaviour),
  {
    name: 'a manifest that is cut in the middle',
    input: AMD64,
    quirks: { manifest: () => fault('cut-body') },
    verdict: 'REGISTRY_UNAVAILABLE',
  },
  {
    name: 'a manifest byte by byte',
    input: AMD64,
    quirks: { manifest: () => fault('drip') },
    verdict: 'REGISTRY_UNAVAILABLE',
    message: /did not answer in time/,
  },
  {
    name: 'an error byte by byte: the status is enough',
    input: AMD64,
    quirks: { login: () => ({ status: 401, fault: 'drip' }) },
    verdict: 'CREDENTIALS_REJECTED',
    credentialsSent: 1,
  },
  {
    name: 'an error that is cut in the middle: the status is enough',
    quirks: { login: () => ({ status: 401, fault: 'cut-body' }) },
    verdict: 'CREDENTIALS_REJECTED',
    credentialsSent: 1,
  },
  {
    name: 'a connection that is cut once',
    quirks: { manifest: (_, call) => call === 4 ? fault('cut') : undefined },
    verdict: 'OK',
    requests: 'manifest login token manifest manifest',
  },
  {
    name: '503 twice',
    quirks: { token: (_, call) => call < 5 ? { status: 503 } : undefined },
    verdict: 'OK',
    requests: 'manifest login token token token manifest',
  },
  {
    name: '500 is asked three times, and said as it is',
    quirks: { manifest: () => errors(500, 'UNKNOWN', 'unknown error') },
    verdict: 'REGISTRY_UNAVAILABLE',
    requests: 'manifest login token manifest manifest manifest',
    message: /HTTP 500 from registry\.example\.com/,
  },
  {
    name: '429 with seconds that are short enough',
    quirks: { manifest: (_, call) => call === 4 ? { status: 429, headers: { 'retry-after': '7' } } : undefined },
    verdict: 'OK',
  },
  {
    name: '429 with a date that is near enough',
    quirks: { manifest: (_, call) => call === 4 ? { status: 429, headers: { 'retry-after': new Date(Date.now() + 8_000).toUTCString() } } : undefined },
    verdict: 'OK',
  },
  {
    name: '429 with seconds beyond the deadline',
    quirks: { manifest: () => errors(429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit', { 'retry-after': '3600' }) },
    verdict: 'RATE_LIMITED',
    definite: false,
    requests: 'manifest login token manifest',
    message: /received too many requests \(HTTP 429 .*check again in 3600 seconds$/,
  },
  {
    name: '429 with a date beyond the deadline',
    quirks: { anonymous: () => ({ status: 429, headers: { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() } }) },
    verdict: 'RATE_LIMITED',
    requests: 'manifest',
    message: /check again in 3\d\d\d seconds$/,
  },
  {
    name: '429 with a Retry-After that means nothing',
    quirks: { anonymous: () => ({ status: 429, headers: { 'retry-after': 'soon' } }) },
    verdict: 'RATE_LIMITED',
    requests: 'manifest manifest manifest',
    message: /check again later$/,
  },
  {
    name: '429 with a date that has passed',
    quirks: { anonymous: () => ({ status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } }) },
    verdict: 'RATE_LIMITED',
    message: /check again later$/,
  },
  ...[401, 403].flatMap((status) => [errors(status, 'TOOMANYREQUESTS', 'locked'), { status, body: '{"message":"toomanyrequests: too many failed login attempts"}' },
    errors(status, 'UNAUTHORIZED', 'User is temporarily blocked for 30 seconds due to recurrent login failures')].map((answer, form): Behaviour => ({
    name: `a lock-out that is told with ${status}, in form ${form + 1}`,
    quirks: { login: () => answer },
    verdict: 'RATE_LIMITED',
    definite: false,
    credentialsSent: 1,
  }))),
  {
    name: 'Docker Hub\'s lock-out: credentials are not sent again without a time to wait for',
    quirks: { login: () => ({ status: 429, body: '{"message":"toomanyrequests: too many failed login attempts"}' }) },
    verdict: 'RATE_LIMITED',
    credentialsSent: 1,
    message: /too many failed login attempts/,
  },
  {
    name: '408 is asked again',
    quirks: { anonymous: (_, call) => call === 1 ? { status: 408 } : undefined },
    verdict: 'OK',
  },
]);

function resolveTo(address: string): LookupFunction {
  return (_, __, callback) => callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
}

const noOverride = { connectTo: undefined };

describeBehaviours('networks that fail', [
  {
    name: 'a host that does not exist',
    environment: { ...noOverride, lookup: (_, __, callback) => callback(Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' }), '', 0) },
    verdict: 'NO_ROUTE',
    definite: false,
    message: /cannot be resolved \(ENOTFOUND\); check the spelling/,
  },
  {
    name: 'a network without a way there',
    environment: { ...noOverride, lookup: (_, __, callback) => callback(Object.assign(new Error(), { code: 'ENETUNREACH' }), '', 0) },
    verdict: 'NO_ROUTE',
    message: /cannot be reached \(ENETUNREACH\)/,
  },
  {
    name: 'a time limit that is over before it begins',
    input: { timeoutMs: 0 },
    verdict: 'REGISTRY_UNAVAILABLE',
    requests: '',
  },
  ...(['function', 'function-in-vpc'] as const).map((location): Behaviour => ({
    name: `a host that does not exist, seen from ${location}`,
    input: { location },
    environment: { ...noOverride, lookup: (_, __, callback) => callback(Object.assign(new Error(), { code: 'EAI_AGAIN' }), '', 0) },
    verdict: 'NO_ROUTE',
    message: location === 'function' ? /or set pullCheck\.vpc/ : /check routes, security groups and DNS/,
  })),
  {
    name: 'a name that resolves to the metadata service',
    environment: { ...noOverride, lookup: resolveTo('169.254.169.254') },
    input: { allowPrivateNetworks: true },
    verdict: 'NO_ROUTE',
    message: /loopback, link-local or reserved/,
  },
  {
    name: 'a name that resolves to this machine',
    environment: { ...noOverride, lookup: resolveTo('127.0.0.1') },
    input: { location: 'function' },
    verdict: 'NO_ROUTE',
    message: /correct the host or its DNS entry/,
  },
  {
    name: 'a name that resolves to a private address, seen from outside a VPC',
    environment: { ...noOverride, lookup: resolveTo('10.1.2.3') },
    input: { location: 'function' },
    verdict: 'NO_ROUTE',
    message: /has a private address; set pullCheck\.vpc/,
  },
  {
    name: 'a private address as the host',
    input: { image: '192.168.7.1:5000/acme/api:1' },
    environment: noOverride,
    verdict: 'NO_ROUTE',
    message: /--allow-private-networks/,
  },
  {
    name: 'loopback as the host, without the switch for it',
    input: { image: 'localhost:5000/acme/api:1' },
    environment: noOverride,
    verdict: 'NO_ROUTE',
    message: /--insecure-loopback/,
  },
  {
    name: 'a port where nobody listens',
    input: { image: '127.0.0.1:1/acme/api:1', insecureLoopback: true, ca: undefined },
    environment: noOverride,
    verdict: 'REGISTRY_UNAVAILABLE',
    message: /127\.0\.0\.1:1 refuses connections \(ECONNREFUSED\)/,
  },
  {
    name: 'a certificate of an unknown authority',
    input: { ca: undefined },
    verdict: 'TLS_UNTRUSTED',
    definite: false,
    message: /^registry\.example\.com has a certificate that is not trusted \(UNABLE_TO_.*\); pass its authority with --ca-file/,
  },
  {
    name: 'a certificate of an unknown authority, on Fargate',
    input: { ca: undefined, engine: 'containerd', location: 'function' },
    verdict: 'TLS_UNTRUSTED',
    definite: true,
    message: /because Fargate trusts no other/,
  },
  {
    name: 'a certificate for another name',
    input: { image: 'elsewhere.example.org/acme/api:1', location: 'function' },
    verdict: 'TLS_UNTRUSTED',
    message: /ERR_TLS_CERT_ALTNAME_INVALID.*pullCheck\.caCertificate/,
  },
]);

describe('ports that do not speak TLS', () => {
  const bench = useBench();
  const input: CheckInput = { image: `${HOST}/acme/api:1`, credentials: { username: USERNAME, password: PASSWORD } };

  test('plain HTTP on the port is said as it is', async () => {
    const environment = { ...virtualEnvironment(bench()), connectTo: () => ({ host: '127.0.0.1', port: bench().plain.port }) };
    const result = await checkPull(input, environment);
    expect(result).toMatchObject({ verdict: 'PROTOCOL_ERROR', definite: false, message: expect.stringMatching(/does not speak TLS \(wrong version number\); serve the registry over https/) });
    expect(bench().plain.seen).toEqual([]);
  });

  test('a port that never finishes the handshake is no route', async () => {
    const sockets: Socket[] = [];
    const time = new VirtualTime();
    const silent: Server = createServer((socket) => {
      sockets.push(socket);
      setImmediate(() => time.pass());
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const result = await checkPull(input, { ...virtualEnvironment(bench(), time), connectTo: () => ({ host: '127.0.0.1', port: (silent.address() as AddressInfo).port }) });
    sockets.forEach((socket) => socket.destroy());
    silent.close();
    expect(result).toMatchObject({ verdict: 'NO_ROUTE', message: expect.stringMatching(/cannot be reached/) });
  });

  test('an expired certificate', async () => {
    const expired = makeCertificate([HOST], 0);
    const server = await startScriptedServer(expired);
    const environment = { ...virtualEnvironment(bench()), connectTo: () => ({ host: '127.0.0.1', port: server.port }) };
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const result = await checkPull({ ...input, ca: expired.ca }, environment);
    await server.close();
    expect(result).toMatchObject({ verdict: 'TLS_UNTRUSTED', message: expect.stringMatching(/CERT_HAS_EXPIRED/) });
  });
});

describe('a registry on this machine', () => {
  const bench = useBench();
  const credentials = { username: USERNAME, password: PASSWORD };

  test('over plain HTTP', async () => {
    const host = `localhost:${bench().plain.port}`;
    bench().plain.play(registry(host, { challenge: `Bearer realm="http://${host}/token",service="local"` }));
    const result = await checkPull({ image: `${host}/acme/api:1`, credentials, insecureLoopback: true });
    expect(result).toMatchObject({ verdict: 'OK', kind: 'yes', definite: true });
    expect(bench().plain.seen).toHaveLength(4);
  });

  test('over TLS with its own authority', async () => {
    const host = `localhost:${bench().secure.port}`;
    bench().secure.play(registry(host));
    expect(await checkPull({ image: `${host}/acme/api:1`, credentials, insecureLoopback: true, ca: bench().certificate.ca })).toMatchObject({ verdict: 'OK' });
  });

  test('a redirect over plain HTTP within this machine', async () => {
    const host = `127.0.0.1:${bench().plain.port}`;
    bench().plain.play(registry(host, {
      challenge: 'Basic realm="local"',
      any: (request) => request.path === '/blob' ? { body: '{}' } : undefined,
      config: () => ({ status: 302, headers: { location: '/blob' } }),
    }));
    const result = await checkPull({ image: `${host}/acme/api:1`, credentials, insecureLoopback: true, platform: 'linux/amd64' });
    expect(result).toMatchObject({ verdict: 'PROTOCOL_ERROR', message: expect.stringMatching(/config with a wrong digest/) });
  });

  test('the switch allows plain HTTP for this machine only', async () => {
    const result = await checkPull({ image: `${HOST}/acme/api:1`, credentials, insecureLoopback: true }, virtualEnvironment(bench()));
    expect(result.verdict).toBe('TLS_UNTRUSTED');
  });
});
