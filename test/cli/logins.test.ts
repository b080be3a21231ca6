import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallOptions, CommandLine, Ended } from '../support/command-line';
import { leaksIn } from '../support/leaks';
import { IMAGE, PASSWORD, registry, TOKEN, USERNAME } from '../support/registry-script';
import { errors, startScriptedServer, Script, ScriptedServer } from '../support/scripted-registry';

const commandLine = new CommandLine();
const directory = mkdtempSync(join(tmpdir(), 'logins-'));
const file = join(directory, 'config.json');
const SECRET = JSON.stringify({ username: USERNAME, password: PASSWORD });
const AUTH = Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64');
const REFUSED = errors(401, 'UNAUTHORIZED', 'incorrect username or password');
let first: ScriptedServer;
let second: ScriptedServer;

beforeAll(async () => {
  [first, second] = await Promise.all([startScriptedServer(), startScriptedServer()]);
});

afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  rmSync(directory, { recursive: true });
  commandLine.remove();
});

const hostOf = ({ port }: ScriptedServer) => `localhost:${port}`;

function play(server: ScriptedServer, quirks: Parameters<typeof registry>[1] = {}, tokenService: ScriptedServer = server): string {
  const host = hostOf(server);
  server.play(registry(host, { challenge: `Bearer realm="http://${hostOf(tokenService)}/token",service="local"`, ...quirks }));
  return `${host}/acme/api:1.4.2`;
}

async function check(args: readonly string[], options: CallOptions = {}): Promise<Ended & { lines: string[] }> {
  const ended = await commandLine.call(['check', ...args, '--insecure-loopback'], options);
  expect(leaksIn(ended.stdout + ended.stderr, [USERNAME, PASSWORD, TOKEN])).toEqual([]);
  return { ...ended, lines: ended.stdout.trimEnd().split('\n') };
}

const authorizedAt = ({ seen }: ScriptedServer) => seen.filter(({ authorization }) => authorization !== undefined).length;

describe('without a login', () => {
  /** What registries give to anybody: a token, with which only public images can be pulled. */
  const ANONYMOUS_TOKEN: Script = ({ authorization }) => (authorization === undefined ? { body: JSON.stringify({ token: TOKEN }) } : REFUSED);

  test.each<[what: string, quirks: Parameters<typeof registry>[1]]>([
    ['needs no token', { anonymous: () => IMAGE.answer }],
    ['needs a token that anybody gets', { token: ANONYMOUS_TOKEN }],
  ])('an image that %s is a yes', async (_, quirks) => {
    const image = play(first, quirks);
    const { code, stdout } = await check([image]);
    expect(stdout).toBe(`PUBLIC_IMAGE: ${image} is public (${IMAGE.digest}), so no login is needed\n`);
    expect(code).toBe(0);
  });

  test('a token service on another host is asked as well, which gets no password', async () => {
    const image = play(first, {}, second);
    second.play(() => ({ body: JSON.stringify({ token: TOKEN }) }));
    expect(await check([image])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^PUBLIC_IMAGE/) });
    expect(authorizedAt(second)).toBe(0);
  });

  test.each<[what: string, quirks: Parameters<typeof registry>[1]]>([
    ['no token', { token: () => REFUSED }],
    ['no token, as GHCR', { token: () => errors(403, 'DENIED') }],
    ['a token that is not enough', { token: ANONYMOUS_TOKEN, manifest: () => errors(401, 'UNAUTHORIZED') }],
    ['a token that is not enough, with 403', { token: ANONYMOUS_TOKEN, manifest: () => errors(403, 'DENIED') }],
    ['a demand for Basic authentication', { challenge: 'Basic realm="acme"' }],
  ])('an image that gets %s needs one', async (_, quirks) => {
    const image = play(first, quirks);
    const { code, stdout } = await check([image]);
    expect(stdout).toMatch(/^PULL_DENIED: localhost:\d+\/acme\/api:1\.4\.2 cannot be pulled without a login, or does not exist \(.*\); pass a login, for example with --username/);
    expect(code).toBe(1);
    expect(first.seen.some(({ authorization }) => authorization?.startsWith('Basic'))).toBe(false);
  });

  test('what a firewall says is not certain', async () => {
    const { code, stdout } = await check([play(first, { token: () => ({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>blocked' }) })]);
    expect(stdout).toMatch(/^NETWORK_RESTRICTED: /);
    expect(code).toBe(2);
  });

  test('images of several registries can be asked about', async () => {
    const images = [play(first, { anonymous: () => IMAGE.answer }), play(second, { token: () => REFUSED })];
    const { code, lines } = await check(images);
    expect(lines).toEqual([expect.stringMatching(/^PUBLIC_IMAGE: /), expect.stringMatching(/^PULL_DENIED: /)]);
    expect(code).toBe(1);
  });
});

describe('several images', () => {
  /** Images by the answer to their manifest. */
  const MANIFESTS: Parameters<typeof registry>[1] = {
    manifest: ({ path }) => (path.includes('/gone/') ? errors(403, 'DENIED') : path.includes('/down/') ? { status: 503 } : undefined),
  };

  test.each<[names: string[], code: number]>([
    [['api', 'web'], 0], [['api', 'down'], 2], [['down', 'api'], 2], [['gone', 'down'], 1], [['down', 'gone', 'api'], 1],
  ])('%j: exit code %d', async (names, expected) => {
    const image = play(first, MANIFESTS);
    const images = names.map((name) => image.replace('api', name));
    const { code, lines } = await check([...images, '--secret-json-stdin', '--json', '--timeout', '20'], { stdin: SECRET });
    expect(code).toBe(expected);
    expect(lines.map((line) => JSON.parse(line).image)).toEqual(images);
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual(names.map((name) => ({ gone: 'no', down: 'not-definite' })[name] ?? 'yes'));
  });

  test('a login that was refused is not sent again, and each line names its image', async () => {
    const image = play(first, { login: () => REFUSED, token: () => REFUSED });
    const { code, lines } = await check([image, image.replace('api', 'worker'), '--secret-json-stdin'], { stdin: SECRET });
    const host = hostOf(first);
    expect(lines).toEqual([
      expect.stringMatching(`^CREDENTIALS_REJECTED: ${image}: ${host} rejected the credentials on standard input \\(HTTP 401`),
      `CREDENTIALS_REJECTED: ${host}/acme/worker:1.4.2 was not checked, because ${host} rejected the credentials on standard input for ${image}; correct the login first`,
    ]);
    expect(code).toBe(1);
    expect(authorizedAt(first)).toBe(1);
  });

  test.each([[[]], [['--auth-host', 'auth.example.com']]])('a login that one registry refused can be right at another: %j', async (args) => {
    const images = [play(first, { login: () => REFUSED, token: () => REFUSED }), play(second)];
    writeFileSync(file, JSON.stringify({ auths: { [hostOf(first)]: { auth: AUTH }, [hostOf(second)]: { auth: AUTH } } }));
    const { lines } = await check([...images, '--docker-config', file, ...args]);
    expect(lines).toEqual([expect.stringMatching(/^CREDENTIALS_REJECTED: /), expect.stringMatching(/^OK: /)]);
  });

  const PLAIN = (status: number): Script => () => ({ status, headers: { 'content-type': 'text/plain' }, body: 'Forbidden' });
  test.each<[what: string, quirks: Parameters<typeof registry>[1]]>([
    ['plain text', { login: PLAIN(403), token: PLAIN(403) }],
    ['a web page', { login: () => ({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>blocked' }) }],
  ])('a login that got HTTP 403 is not sent again, although the answer is not certain: %s', async (_, quirks) => {
    const image = play(first, quirks);
    const images = [image, image.replace('api', 'web'), image.replace('api', 'worker')];
    const { code, lines } = await check([...images, '--secret-json-stdin'], { stdin: SECRET });
    expect(lines.slice(1)).toEqual(images.slice(1).map((left) => expect.stringMatching(
      `^[A-Z_]+: ${left} was not checked, because ${hostOf(first)} answered the credentials on standard input with HTTP 403 for ${image}, and a login that can be wrong is not sent again`,
    )));
    expect(code).toBe(2);
    expect(authorizedAt(first)).toBe(1);
  });

  test('a denied image says nothing about the login', async () => {
    const image = play(first, { challenge: 'Basic realm="acme"', manifest: ({ path }) => (path.includes('/gone/') ? errors(403, 'DENIED') : undefined) });
    const { lines } = await check([image.replace('api', 'gone'), image, '--secret-json-stdin'], { stdin: SECRET });
    expect(lines).toEqual([expect.stringMatching(/^PULL_DENIED: /), expect.stringMatching(/^OK: /)]);
  });

  test('an answer without a login says nothing about the next image', async () => {
    const image = play(first, { token: PLAIN(403) });
    const { lines } = await check([image, image.replace('api', 'worker')]);
    expect(lines.filter((line) => line.includes('was not checked'))).toEqual([]);
  });

  test('no variable for debugging shows the login', async () => {
    const { code, stderr } = await check([play(first, { challenge: 'Basic realm="acme"' }), '--secret-json-stdin'], { stdin: SECRET, environment: { NODE_DEBUG: 'http,net' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('a secret that cannot be read is told for each', async () => {
    const image = play(first);
    const { code, lines } = await check([image, image.replace('api', 'worker'), '--secret-json-stdin'], { stdin: '{}' });
    expect(lines).toEqual([expect.stringMatching(/^SECRET_MALFORMED: .*\/api:/), expect.stringMatching(/^SECRET_MALFORMED: .*\/worker:/)]);
    expect(code).toBe(1);
  });
});

describe('--docker-config', () => {
  async function checkWith(config: object | string, image: string = play(first)): Promise<Ended> {
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
    return check([image, '--docker-config', file]);
  }

  test.each<[what: string, keyOf: (host: string) => string, entry: object]>([
    ['a host', (host) => host, { auth: AUTH }],
    ['a URL', (host) => `https://${host}`, { auth: AUTH }],
    ['the URL of an API', (host) => `https://${host}/v2/`, { auth: AUTH }],
    ['a host and a slash', (host) => `${host}/`, { auth: AUTH }],
    ['a host and an owner', (host) => `${host}/acme`, { auth: AUTH }],
    ['a repository', (host) => `${host}/acme/api`, { auth: AUTH }],
    ['user name and password', (host) => host, { username: USERNAME, password: PASSWORD }],
  ])('reads auths: %s', async (_, keyOf, entry) => {
    const { code, stdout } = await checkWith({ auths: { [keyOf(hostOf(first))]: entry } });
    expect(stdout).toMatch(new RegExp(`^OK: .* can be pulled with the login for localhost:\\d+ in ${file} \\(sha256:\\w+\\); the secret of the tasks was not read\n$`));
    expect(code).toBe(0);
  });

  test('the most specific key is the one', async () => {
    const wrong = { auth: Buffer.from('other:wr0ng').toString('base64') };
    const host = hostOf(first);
    expect(await checkWith({ auths: { [`${host}/acme/other`]: wrong, [host]: wrong, [`${host}/acme`]: { auth: AUTH }, [`${host}/ac`]: wrong } })).toMatchObject({ code: 0 });
    expect(await checkWith({ auths: { [`https://${host}/v1/`]: wrong, [host]: { auth: AUTH } } })).toMatchObject({ code: 0 });
  });

  test('the file is ~/.docker/config.json, or that in DOCKER_CONFIG, before or after an image', async () => {
    const image = play(first);
    const home = join(directory, 'home');
    mkdirSync(join(home, '.docker'), { recursive: true });
    for (const [path, environment] of [[join(home, '.docker'), { HOME: home }], [home, { DOCKER_CONFIG: home }]] as const) {
      writeFileSync(join(path, 'config.json'), JSON.stringify({ auths: { [hostOf(first)]: { auth: AUTH } } }));
      expect(await check([image, '--docker-config'], { environment })).toMatchObject({ code: 0, stdout: expect.stringContaining(join(path, 'config.json')) });
      expect(await check(['--docker-config', image], { environment })).toMatchObject({ code: 0, stdout: expect.stringContaining(join(path, 'config.json')) });
    }
    expect(await check([`--docker-config=${file}`, image])).toMatchObject({ stdout: expect.stringContaining(file) });
  });

  test.each<[what: string, config: (host: string) => object]>([
    ['a store', (host) => ({ auths: { [host]: {} }, credsStore: 'desktop' })],
    ['a store, with a login that Docker ignores', (host) => ({ auths: { [host]: { auth: AUTH } }, credsStore: 'desktop' })],
    ['a helper', (host) => ({ credHelpers: { [host]: 'gcloud' } })],
  ])('refuses a credential helper, which is not run: %s', async (_, config) => {
    const host = hostOf(first);
    const { code, stdout, stderr } = await checkWith(config(host));
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: the login for ${host} is in the credential helper (desktop|gcloud) of ${file}, which is not run; pass it with --username and --password-stdin\n`));
    expect(first.seen).toEqual([]);
  });

  test.each(['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io', 'docker.io/acme'])('Docker Hub is %s', async (key) => {
    const { code, stderr } = await checkWith({ credHelpers: { [key]: 'gcloud' } }, 'acme/api:1.4.2');
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining('the login for docker.io is in the credential helper gcloud') });
  });

  test('the tokens that Docker keeps beside the login are none', async () => {
    const tokens = { 'https://index.docker.io/v1/access-token': 'gcloud', 'docker.io/acm': 'gcloud' };
    const { code, stderr } = await checkWith({ credHelpers: tokens, auths: { 'docker.io': { identitytoken: 'x' } } }, 'acme/api:1.4.2');
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining('is a token of an interactive login') });
  });

  test('the helper of another host, or none for this one, is no obstacle', async () => {
    const host = hostOf(first);
    const auths = { [host]: { auth: AUTH } };
    expect(await checkWith({ auths, credHelpers: { 'gcr.io': 'gcloud' } })).toMatchObject({ code: 0 });
    expect(await checkWith({ auths, credsStore: 'desktop', credHelpers: { [host]: '' } })).toMatchObject({ code: 0 });
  });

  test.each<[what: string, config: (host: string) => object | string, error: RegExp]>([
    ['an identity token', (host) => ({ auths: { [host]: { auth: AUTH, identitytoken: '20391755' } } }), /is a token of an interactive login, which a secret cannot hold/],
    ['a password without a user name', (host) => ({ auths: { [host]: { auth: Buffer.from('20391755').toString('base64') } } }), /has no user name and password, expected "auth" in base64/],
    ['what is no JSON', () => '{"auths": 20391755', /is not a JSON object, expected the config\.json of Docker/],
    ['a list', () => '["20391755"]', /is not a JSON object/],
  ])('refuses %s', async (_, config, error) => {
    const { code, stdout, stderr } = await checkWith(config(hostOf(first)));
    expect({ code, stdout, stderr }).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(error) });
    expect(leaksIn(stderr, ['20391755'])).toEqual([]);
  });

  test('a user without a home directory needs a file, and only for this option', async () => {
    const homeless = join(directory, 'homeless.js');
    writeFileSync(homeless, 'require("node:os").homedir = () => { throw new Error("ENOENT"); };');
    const environment = { NODE_OPTIONS: `--require ${homeless}` };
    const image = play(first, { anonymous: () => IMAGE.answer });
    expect(await check([image], { environment })).toMatchObject({ code: 0 });
    expect(await check([image, '--docker-config'], { environment })).toMatchObject({ code: 64, stderr: expect.stringContaining('expected --docker-config with a file') });
  });

  test('refuses a file that is not there', async () => {
    const { code, stderr } = await check([play(first), '--docker-config', join(directory, 'nowhere.json')]);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringMatching(/nowhere\.json cannot be read \(ENOENT\)/) });
  });

  test('a registry without a login is asked without one, as Docker does', async () => {
    const image = play(first, { token: () => REFUSED });
    expect(await checkWith({ auths: { 'quay.io': { auth: AUTH } } }, image)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^PULL_DENIED: .* without a login/) });
    for (const entry of [{}, { auth: '' }, { auth: '', email: 'acme@example.com' }, { username: '', password: '' }]) {
      expect(await checkWith({ auths: { [hostOf(first)]: entry } }, image)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^PULL_DENIED: .* without a login/) });
    }
    expect(await checkWith({}, play(first, { anonymous: () => IMAGE.answer }))).toMatchObject({ code: 0, stdout: expect.stringMatching(/no login is needed\n$/) });
  });

  test('images of several registries get the login of each', async () => {
    writeFileSync(file, JSON.stringify({ auths: { [hostOf(first)]: { auth: AUTH }, [hostOf(second)]: { auth: Buffer.from('other:wr0ng').toString('base64') } } }));
    const { code, lines } = await check([play(first), play(second), '--docker-config', file]);
    expect(lines).toEqual([
      expect.stringContaining(`with the login for ${hostOf(first)} in ${file}`),
      expect.stringMatching(`^CREDENTIALS_REJECTED: .* rejected the login for ${hostOf(second)} in ${file} .*; the secret of the tasks was not read$`),
    ]);
    expect(code).toBe(1);
  });
});
