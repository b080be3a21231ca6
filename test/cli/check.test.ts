import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../support/certificates';
import { CommandLine, CallOptions, Ended } from '../support/command-line';
import { leaksIn } from '../support/leaks';
import { IMAGE, imageFor, indexFor, PASSWORD, registry, TOKEN, USERNAME } from '../support/registry-script';
import { errors, startScriptedServer, Script, ScriptedServer } from '../support/scripted-registry';

const commandLine = new CommandLine();
const directory = mkdtempSync(join(tmpdir(), 'check-'));
const caFile = join(directory, 'ca.pem');
const REFUSED = errors(401, 'UNAUTHORIZED', 'incorrect username or password');
const SECRET = JSON.stringify({ username: USERNAME, password: PASSWORD });
let plain: ScriptedServer;
let secure: ScriptedServer;

beforeAll(async () => {
  const certificate = makeCertificate(['localhost']);
  writeFileSync(caFile, certificate.ca);
  plain = await startScriptedServer();
  secure = await startScriptedServer(certificate);
});

afterAll(async () => {
  await Promise.all([plain.close(), secure.close()]);
  rmSync(directory, { recursive: true });
  commandLine.remove();
});

/** The host of a local registry, and what it does: plain HTTP, its token service beside it. */
function play(quirks: Parameters<typeof registry>[1] = {}, image?: Parameters<typeof registry>[2]): string {
  const host = `localhost:${plain.port}`;
  plain.play(registry(host, { challenge: `Bearer realm="http://${host}/token",service="local"`, ...quirks }, image));
  return `${host}/acme/api:1.4.2`;
}

async function check(image: string, args: readonly string[] = [], { stdin = SECRET, environment }: CallOptions = {}): Promise<Ended> {
  const ended = await commandLine.call(['check', image, '--secret-json-stdin', '--insecure-loopback', ...args], { stdin, environment });
  expect(leaksIn(ended.stdout + ended.stderr, [USERNAME, PASSWORD, TOKEN])).toEqual([]);
  return ended;
}

function expectTold({ stdout, stderr }: Ended, text: RegExp): void {
  expect(stderr).toBe('');
  expect(stdout).toMatch(text);
  expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  expect(stdout.replace(/\n/g, '')).not.toMatch(/\p{C}|undefined|\[object/u);
}

describe('--min-days', () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const secret = (expiresOn?: unknown) => JSON.stringify({ username: USERNAME, password: PASSWORD, expiresOn });

  test.each<[what: string, expiresOn: unknown, days: string, code: number, message: RegExp]>([
    ['enough', day(15), '14', 0, /, but they expire on \d{4}-\d\d-\d\d, in 15 days$/],
    ['just enough', day(14), '14', 0, /, but they expire on .*, in 14 days$/],
    ['too few', day(13), '14', 1, /, but they expire on .*, in 13 days; --min-days needs 14 days$/],
    ['none', day(-3), '0', 1, /, although they expired on .*; --min-days needs 0 days$/],
    ['far more', day(400), '0', 0, /, and they expire on .*, in 400 days$/],
    ['not known, which proves nothing', undefined, '14', 0, /\); no date is known for --min-days$/],
    ['not understood', '31.03.2027', '14', 2, /\); "expiresOn" in the JSON on standard input has a form that is not accepted; write a day/],
  ])('compares the days that are left: %s', async (_, expiresOn, days, code, message) => {
    const ended = await check(play(), ['--min-days', days, '--json'], { stdin: secret(expiresOn) });
    const line = JSON.parse(ended.stdout);
    expect({ code: ended.code, verdict: line.verdict, kind: line.kind }).toEqual({ code, verdict: 'OK', kind: 'yes' });
    expect(line.message).toMatch(message);
    expect(line.expiresOn).toBe(expiresOn === undefined || code === 2 ? undefined : `${expiresOn}T00:00:00.000Z`);
  });

  test('leaves a no and a doubt as they are', async () => {
    const no = await check(play({ login: () => REFUSED, token: () => REFUSED }), ['--min-days', '14'], { stdin: secret(day(3)) });
    expect([no.code, no.stdout]).toEqual([1, expect.not.stringContaining('min-days')]);
    const doubt = await check(play({ any: () => errors(429, 'TOOMANYREQUESTS') }), ['--min-days', '14'], { stdin: secret(day(3)) });
    expect([doubt.code, doubt.stdout]).toEqual([2, expect.not.stringContaining('min-days')]);
  });

  test('is not needed to be told', async () => {
    const ended = await check(play(), [], { stdin: secret(day(3)) });
    expectTold(ended, /^OK: .* can be pulled with the credentials on standard input \(sha256:\w+\), but they expire on .*, in 3 days$/m);
    expect(ended.code).toBe(0);
  });
});

describe('the exit code', () => {
  test('is 0 for a yes', async () => {
    const ended = await check(play());
    expectTold(ended, /^OK: localhost:\d+\/acme\/api:1\.4\.2 can be pulled with the credentials on standard input \(sha256:/);
    expect(ended.code).toBe(0);
  });

  test('is 0 for an image that anybody can pull', async () => {
    const ended = await check(play({ anonymous: () => IMAGE.answer }));
    expectTold(ended, /^PUBLIC_IMAGE: .* could not be verified/);
    expect(ended.code).toBe(0);
  });

  test.each<[verdict: string, quirks: Parameters<typeof registry>[1], args: string[]]>([
    ['CREDENTIALS_REJECTED', { login: () => REFUSED, token: () => REFUSED }, []],
    ['PULL_DENIED', { manifest: () => errors(403, 'DENIED') }, []],
    ['IMAGE_NOT_FOUND', { manifest: () => errors(404, 'MANIFEST_UNKNOWN') }, ['--timeout', '1']],
    ['PLATFORM_MISSING', {}, ['--platform', 'linux/arm64']],
    ['BLOCKED_BY_POLICY', { manifest: () => errors(412, 'PROJECTPOLICYVIOLATION') }, []],
  ])('is 1 for a definite no: %s', async (verdict, quirks, args) => {
    const ended = await check(play(quirks), args);
    expectTold(ended, new RegExp(`^${verdict}: .*; `));
    expect(ended.code).toBe(1);
  });

  test.each<[verdict: string, script: Script]>([
    ['REGISTRY_UNAVAILABLE', () => ({ status: 503 })],
    ['REGISTRY_UNAVAILABLE', () => ({ fault: 'hang' })],
    ['RATE_LIMITED', () => errors(429, 'TOOMANYREQUESTS')],
    ['PROTOCOL_ERROR', () => ({ fault: 'garbage' })],
  ])('is 2 for what is not certain: %s', async (verdict, script) => {
    const image = play();
    plain.play(script);
    const ended = await check(image, ['--timeout', '3']);
    expectTold(ended, new RegExp(`^${verdict}: .*; `));
    expect(ended.code).toBe(2);
  });
});

describe('the credentials', () => {
  test.each<[what: string, args: string[], options: CallOptions]>([
    ['from standard input', ['--password-stdin'], { stdin: PASSWORD }],
    ['from standard input with a line break at the end', ['--password-stdin'], { stdin: `${PASSWORD}\n` }],
    ['from standard input with a line break of Windows', ['--password-stdin'], { stdin: `${PASSWORD}\r\n` }],
    ['from the environment', [], { environment: { REGISTRY_PASSWORD: PASSWORD } }],
    ['from the environment without any standard input', [], { environment: { REGISTRY_PASSWORD: PASSWORD }, stdin: null }],
    ['from standard input rather than the environment', ['--password-stdin'], { stdin: PASSWORD, environment: { REGISTRY_PASSWORD: 'other' } }],
  ])('come %s', async (_, args, options) => {
    const ended = await commandLine.call(['check', play(), '--username', USERNAME, '--insecure-loopback', ...args], options);
    expectTold(ended, /^OK: .* can be pulled with the given credentials/);
    expect(leaksIn(ended.stdout, [USERNAME, PASSWORD])).toEqual([]);
  });

  test('lose one line break only: what else is there is the password', async () => {
    const ended = await commandLine.call(['check', play(), '--username', USERNAME, '--insecure-loopback', '--password-stdin'], { stdin: `${PASSWORD}\n\n` });
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/^CREDENTIALS_REJECTED: .*line break/) });
  });

  test('with a user name that Basic cannot carry are refused, and the message names the reason', async () => {
    const ended = await commandLine.call(['check', play(), '--username', 'acme:bot', '--insecure-loopback', '--password-stdin'], { stdin: PASSWORD });
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/^CREDENTIALS_REJECTED: .*colon/) });
  });

  test('can be the JSON that the AWS CLI prints, with its line break', async () => {
    expect(await check(play(), [], { stdin: `${SECRET}\n` })).toMatchObject({ code: 0 });
  });

  test.each<[verdict: string, json: string]>([
    ['SECRET_EMPTY', '{"username":"acme-bot","password":""}'],
    ['SECRET_MALFORMED', '20391755'],
    ['SECRET_MALFORMED', '"20391755"'],
    ['SECRET_MALFORMED', 'acme-bot:20391755'],
    ['SECRET_MALFORMED', '{"username":"acme-bot","password":20391755}'],
    ['SECRET_MALFORMED', '{"auths":{"ghcr.io":{"auth":"20391755"}}}'],
    ['SECRET_PLACEHOLDER', '{"username":"REPLACE-ME","password":"REPLACE-ME"}'],
  ])('that ECS could not read are a definite no, and nobody is asked: %s %s', async (verdict, json) => {
    const ended = await check(play(), [], { stdin: json });
    expectTold(ended, new RegExp(`^${verdict}: the JSON on standard input .*; `));
    expect(ended.code).toBe(1);
    expect(leaksIn(ended.stdout, ['20391755', 'acme-bot'])).toEqual([]);
    expect(plain.seen).toEqual([]);
  });
});

describe('the options', () => {
  test('--json prints one line with five fields, for people to rely on', async () => {
    const image = play();
    const { code, stdout } = await check(image, ['--json']);
    expect(code).toBe(0);
    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({ verdict: 'OK', kind: 'yes', image, digest: IMAGE.digest, message: expect.stringContaining('can be pulled') });
    expect(Object.keys(JSON.parse(stdout))).toEqual(['verdict', 'kind', 'image', 'digest', 'message']);
  });

  test.each<[verdict: string, kind: string, code: number, stdin: string, script: Script]>([
    ['SECRET_MALFORMED', 'no', 1, '{}', () => ({})],
    ['REGISTRY_UNAVAILABLE', 'not-definite', 2, SECRET, () => ({ status: 503 })],
  ])('--json has the same fields for %s, without a digest', async (verdict, kind, code, stdin, script) => {
    const image = play();
    plain.play(script);
    const ended = await check(image, ['--json', '--timeout', '3'], { stdin });
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toEqual({ verdict, kind, image, message: expect.stringMatching(/; /) });
  });

  test('--platform is looked for in an index', async () => {
    const index = indexFor('linux/amd64', 'linux/arm64');
    expect(await check(play({}, index), ['--platform', 'linux/arm64'])).toMatchObject({ code: 0, stdout: expect.stringContaining(index.digest) });
    expect(await check(play({}, index), ['--platform', 'windows/amd64'])).toMatchObject({ code: 1 });
  });

  test('--platform is looked for in the image itself if that is for one platform', async () => {
    const image = imageFor('arm64');
    expect(await check(play({}, image), ['--platform', 'linux/arm64'])).toMatchObject({ code: 0 });
    expect(await check(play({}, image), ['--platform', 'linux/amd64'])).toMatchObject({ code: 1, stdout: expect.stringMatching(/^PLATFORM_MISSING/) });
  });

  test('--ca-file makes a private authority trusted, and TLS is spoken then', async () => {
    const host = `localhost:${secure.port}`;
    secure.play(registry(host));
    expect(await check(`${host}/acme/api:1.4.2`, ['--ca-file', caFile])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^OK/) });
    expect(secure.seen.every((request) => request.secure)).toBe(true);
  });

  test('--insecure-loopback is needed for a registry on this machine', async () => {
    const ended = await commandLine.call(['check', play(), '--secret-json-stdin'], { stdin: SECRET });
    expectTold(ended, /^NO_ROUTE: .*--insecure-loopback/);
    expect(ended.code).toBe(2);
    expect(plain.seen).toEqual([]);
  });

  test('--allow-private-networks is needed for a registry with a private address', async () => {
    const call = async (...args: string[]) => commandLine.call(['check', '10.255.255.1/acme/api:1.4.2', '--secret-json-stdin', '--timeout', '1', ...args], { stdin: SECRET });
    const refused = await call();
    expectTold(refused, /^NO_ROUTE: .*--allow-private-networks/);
    const allowed = await call('--allow-private-networks');
    expectTold(allowed, /^[A-Z_]+: /);
    expect(allowed.stdout).not.toContain('private');
  });

  test('--auth-host lets the credentials go to another host', async () => {
    const port = plain.port;
    const image = play({ challenge: `Bearer realm="http://127.0.0.1:${port}/token",service="local"` });
    expect(await check(image)).toMatchObject({ code: 2, stdout: expect.stringMatching(/^REALM_NOT_TRUSTED: .*127\.0\.0\.1/) });
    expect(await check(image, ['--auth-host', `127.0.0.1:${port}`])).toMatchObject({ code: 0 });
  });

  test('--timeout ends the check', async () => {
    const image = play();
    plain.play(() => ({ fault: 'drip' }));
    const start = Date.now();
    expect(await check(image, ['--timeout', '0.5'])).toMatchObject({ code: 2 });
    // Without the option it would be 30 seconds.
    expect(Date.now() - start).toBeLessThan(25_000);
  });
});

test('a host that is almost a known one is a warning, before anything is sent', async () => {
  const { stderr, stdout } = await check('ghrc.io/acme/api:1.4.2', ['--json'], { stdin: '{}' });
  expect(stderr).toBe('warning: ghrc.io is almost ghcr.io: if that is a typing error, a stranger gets the credentials\n');
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'SECRET_MALFORMED' });
});
