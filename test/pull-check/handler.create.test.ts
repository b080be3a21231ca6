import { createHash } from 'node:crypto';
import { AUTH_HOST, expectPassed, expectStopped, HOST, IMAGE_NAME, usePullCheckBench, Event } from '../support/pull-check-bench';
import { IMAGE, imageFor, indexFor, registry, Quirks } from '../support/registry-script';
import { document, errors, Script } from '../support/scripted-registry';

const bench = usePullCheckBench();

const REFUSED = errors(401, 'UNAUTHORIZED', 'incorrect username or password');
const wrongPassword = registry(HOST, { login: () => REFUSED, token: () => REFUSED });
const ARM = imageFor('arm64');
const INDEX = indexFor('linux/amd64', 'linux/arm64');
const HELM_CHART = document('application/vnd.oci.image.manifest.v1+json', JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: IMAGE.digest, size: 2 },
  layers: [],
}));

describe('an image that can be pulled', () => {
  test('has every attribute', async () => {
    const answered = await bench().answer(bench().event('Create'));
    expectPassed(answered, 'OK', { Digest: IMAGE.digest, Image: `${HOST}/acme/api@${IMAGE.digest}` });
    expect(answered.response.Reason).toContain(`${IMAGE_NAME} can be pulled`);
  });

  test('is in the log with what was asked and found, and nothing else', async () => {
    const { log, invocation } = await bench().answer(bench().event('Create'));
    expect(invocation.log.trimEnd().split('\n')).toHaveLength(1);
    expect(Object.keys(log[0]).sort()).toEqual(['digest', 'expiresOn', 'image', 'message', 'milliseconds', 'requests', 'secret', 'stops', 'verdict']);
    expect(log[0]).toMatchObject({ verdict: 'OK', image: IMAGE_NAME, digest: IMAGE.digest, requests: bench().registry.seen.length });
  });

  test('is found by the digest of its index, whose platforms are looked at', async () => {
    const answered = await bench().answer(bench().event('Create', { Platform: 'linux/arm64', PinDigest: 'true' }), { registry: registry(HOST, {}, INDEX) });
    expectPassed(answered, 'OK', { Digest: INDEX.digest, Image: `${HOST}/acme/api@${INDEX.digest}` });
  });

  test('is looked at for the platform of each task', async () => {
    const answered = await bench().answer(bench().event('Create', { Platform: ['linux/amd64', 'linux/arm64'] }));
    expectStopped(answered, 'PLATFORM_MISSING', /linux\/arm64 is needed/);
  });

  test('is not pinned to a digest that a task definition does not accept', async () => {
    const digest = `sha512:${createHash('sha512').update(IMAGE.manifest).digest('hex')}`;
    const manifest = () => ({ ...IMAGE.answer, headers: { ...IMAGE.answer.headers, 'docker-content-digest': digest } });
    const answered = await bench().answer(bench().event('Create', { PinDigest: 'true' }), { registry: registry(HOST, { manifest }) });
    expectPassed(answered, 'OK', { Digest: '', Image: IMAGE_NAME });
  });

  test('may have no platform to look for', async () => {
    const answered = await bench().answer(bench().event('Create', { Platform: undefined }), { registry: registry(HOST, {}, ARM) });
    expectPassed(answered, 'OK', { Digest: ARM.digest, Image: `${HOST}/acme/api@${ARM.digest}` });
  });

  test('is a warning where anybody can pull it', async () => {
    const open = registry(HOST, { anonymous: ({ path }) => path.includes('/manifests/') ? IMAGE.answer : { body: IMAGE.config } });
    const answered = await bench().answer(bench().event('Create', { Engine: 'containerd' }), { registry: open });
    expectPassed(answered, 'PUBLIC_IMAGE', { Digest: IMAGE.digest, Image: `${HOST}/acme/api@${IMAGE.digest}` });
    expect(answered.response.Reason).toContain('could not be verified');
  });

  test('asks the token service that the user named', async () => {
    const elsewhere = registry(HOST, { challenge: `Bearer realm="https://${AUTH_HOST}/token",service="x"` });
    expectPassed(await bench().answer(bench().event('Create'), { registry: elsewhere }), 'REALM_NOT_TRUSTED');
    const answered = await bench().answer(bench().event('Create', { AuthHost: AUTH_HOST }), { registry: elsewhere });
    expectPassed(answered, 'OK', { Digest: IMAGE.digest, Image: `${HOST}/acme/api@${IMAGE.digest}` });
  });
});

const DEFINITE: Array<[verdict: string, script: Script, reason: RegExp]> = [
  ['CREDENTIALS_REJECTED', wrongPassword, /rejected the credentials in arn:aws:secretsmanager:.* \(HTTP 401 from registry\.example\.com.*set pullCheck\.vpc/],
  ['CREDENTIALS_REJECTED', registry(HOST, { challenge: 'Basic realm="x"', manifest: () => REFUSED }), /rejected the credentials in arn:/],
  ['PULL_DENIED', registry(HOST, { manifest: () => errors(403, 'DENIED') }), /cannot pull registry\.example\.com\/acme\/api:1\.4\.2, or it does not exist/],
  ['IMAGE_NOT_FOUND', registry(HOST, { manifest: () => errors(404, 'MANIFEST_UNKNOWN') }), /does not exist, or the credentials in arn:.* cannot access it/],
  ['PLATFORM_MISSING', registry(HOST, {}, ARM), /linux\/amd64/],
  ['PLATFORM_MISSING', registry(HOST, {}, indexFor('linux/arm64', 'windows/amd64')), /linux\/amd64/],
  ['NOT_AN_IMAGE', registry(HOST, { manifest: () => HELM_CHART }), /helm/],
  ['BLOCKED_BY_POLICY', registry(HOST, { manifest: () => errors(412, 'PROJECTPOLICYVIOLATION', 'current image with 3 vulnerabilities') }), /policy/],
];

describe('an image that certainly cannot be pulled', () => {
  test.each(DEFINITE)('stops the deployment: %s', async (verdict, script, reason) => {
    const answered = await bench().answer(bench().event('Create'), { registry: script }, bench().hurried);
    expectStopped(answered, verdict, reason);
    expect(answered.log[0]).toMatchObject({ verdict, stops: true });
  });

  test.each(DEFINITE)('is only a warning in the mode WARN: %s', async (verdict, script, reason) => {
    const answered = await bench().answer(bench().event('Create', { Mode: 'WARN' }), { registry: script }, bench().hurried);
    expectPassed(answered, verdict);
    expect(answered.log[0].message).toMatch(reason);
  });

  test('gets wrong credentials once', async () => {
    await bench().answer(bench().event('Create'), { registry: wrongPassword });
    expect(bench().registry.seen.filter(({ authorization }) => authorization?.startsWith('Basic '))).toHaveLength(1);
  });

  test('is told in 4 KiB whatever the registry says', async () => {
    const novel = `${'\\"<\u0007\n'.repeat(20_000)}`;
    const answered = await bench().answer(bench().event('Create'), { registry: registry(HOST, { manifest: () => errors(403, novel, novel) }) });
    expectStopped(answered, 'PULL_DENIED', /cannot pull/);
  });

  test('is told without what the registry echoes', async () => {
    const echo: Quirks['login'] = (request) => errors(401, 'UNAUTHORIZED', `bad ${request.authorization} ${Buffer.from(request.authorization!.slice(6), 'base64')}`);
    expectStopped(await bench().answer(bench().event('Create'), { registry: registry(HOST, { login: echo, token: echo }) }), 'CREDENTIALS_REJECTED', /rejected/);
  });

  test('has an untrusted certificate on Fargate, which cannot be told to trust it', async () => {
    const answered = await bench().answer(bench().event('Create', { CaCertificate: undefined, Engine: 'containerd' }), {}, bench().hurried);
    expectStopped(answered, 'TLS_UNTRUSTED', /Fargate trusts no other/);
  });
});

describe('an image of which nothing is certain', () => {
  test.each<[verdict: string, properties: Event, script: Script]>([
    ['RATE_LIMITED', {}, registry(HOST, { any: () => errors(429, 'TOOMANYREQUESTS') })],
    ['REGISTRY_UNAVAILABLE', {}, registry(HOST, { any: () => ({ status: 503 }) })],
    ['REGISTRY_UNAVAILABLE', {}, registry(HOST, { any: () => ({ fault: 'cut' }) })],
    ['PROTOCOL_ERROR', {}, registry(HOST, { any: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }) })],
    ['REALM_NOT_TRUSTED', {}, registry(HOST, { challenge: 'Bearer realm="https://169.254.169.254/token"' })],
    ['NETWORK_RESTRICTED', { RestrictedNetwork: 'true' }, registry(HOST, { manifest: () => errors(403, 'DENIED') })],
    ['TLS_UNTRUSTED', { CaCertificate: undefined }, registry(HOST)],
    ['NO_ROUTE', { Image: 'nowhere.example.com/acme/api:1.4.2' }, registry(HOST)],
  ])('goes on: %s', async (verdict, properties, script) => {
    const event = bench().event('Create', properties);
    const answered = await bench().answer(event, { registry: script }, bench().hurried);
    expectPassed(answered, verdict, { Image: (event.ResourceProperties as any).Image });
  });

  test('goes on when the registry never answers, within the time that the check was given', async () => {
    const answered = await bench().answer(bench().event('Create', { TimeoutSeconds: '20' }), { registry: () => ({ fault: 'hang' }) }, bench().hurried);
    expectPassed(answered, 'REGISTRY_UNAVAILABLE');
    expect(answered.log[0].milliseconds).toBeLessThan(25_000);
  });

  test.each(['127.0.0.1', '169.254.169.254', '169.254.100.1', '10.1.2.3'])('is never asked at %s', async (address) => {
    const answered = await bench().answer(bench().event('Create'), {}, bench().function({ address }));
    expectPassed(answered, 'NO_ROUTE');
    expect(bench().registry.seen).toEqual([]);
  });
});
