import { checkPull, CheckEnvironment, CheckInput, Connections, Credentials } from '../../src/runtime/check';
import { useBench, virtualEnvironment } from '../support/check-harness';
import { leaksIn } from '../support/leaks';
import { IMAGE, registry, TOKEN, Quirks } from '../support/registry-script';
import { Answer, errors, SeenRequest } from '../support/scripted-registry';
import { VirtualTime } from '../support/virtual-time';

const NOW = Date.UTC(2026, 10, 26, 12);
const USERNAME = 'acme-bot-77d1';
const GITHUB_TOKEN = 'ghp_zz6Kq0f1R7dPw2yXcV5bN8mJ3hL4tS9aGe1u';
const GITLAB_TOKEN = 'glpat-Xk2vQ9mLr7TzWc4bN8sJ';
const DEPLOY_TOKEN = 'gldt-Xk2vQ9mLr7TzWc4bN8sJ';
const REFERENCE_TOKEN = `cmVmdGtuO${'jAxOjE3OTY4NTY2MDA6dzQ0'.repeat(2)}`;
const GITHUB_DATE = 'github-authentication-token-expiration';
const QUESTIONS = ['/user', '/api/v4/personal_access_tokens/self', '/access/api/v1/tokens/me'];

const bench = useBench();

interface Played {
  readonly input?: Partial<CheckInput>;
  readonly credentials?: Partial<Credentials>;
  /** What answers the question. */
  readonly api?: (request: SeenRequest) => Answer;
  readonly quirks?: Quirks;
  readonly environment?: Partial<CheckEnvironment>;
  readonly connections?: Connections;
}

/** Checks an image, at a registry that accepts the given credentials. */
async function check(image: string, { input, credentials, api = () => ({ status: 500 }), quirks, environment, connections }: Played) {
  const login = { username: USERNAME, password: GITHUB_TOKEN, ...credentials };
  const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const issue = ({ authorization }: SeenRequest) => authorization === basic ? { body: JSON.stringify({ token: TOKEN }) } : errors(401, 'UNAUTHORIZED');
  const host = new URL(`https://${image}`).host;
  const usual = registry(host, { login: issue, token: issue, ...quirks });
  const time = new VirtualTime();
  const start = time.now();
  const now = () => NOW + time.now() - start;
  bench().secure.play((request, call) => QUESTIONS.includes(request.path) ? api(request) : usual(request, call), time);
  const result = await checkPull(
    { image, credentials: login, credentialsName: 'the credentials in ghcr-pull', ca: bench().certificate.ca, askExpiry: true, timeoutMs: 20_000, ...input },
    { ...virtualEnvironment(bench(), time), now, ...environment }, connections,
  );
  const { seen } = bench().secure;
  const asked = seen.filter(({ path }) => QUESTIONS.includes(path));
  // Only Basic to the registry, and the header of the question, ever have the token.
  const elsewhere = seen.filter((request) => !asked.includes(request)).map(({ headers, ...request }) => JSON.stringify([{ ...headers, authorization: '' }, request.path, String(request.query)]));
  expect(leaksIn(JSON.stringify(result) + elsewhere.join(), [login.password])).toEqual([]);
  expect(seen.filter(({ authorization }) => authorization?.startsWith('Bearer ') && authorization !== `Bearer ${TOKEN}`)).toEqual(asked);
  expect(leaksIn(JSON.stringify(asked.map(({ path, query }) => [path, String(query)])), [login.password])).toEqual([]);
  return { result, asked, elapsed: now() - NOW };
}

describe('the question when a token expires', () => {
  test.each<[name: string, image: string, played: Played, host: string, path: string]>([
    ['GitHub', 'ghcr.io/acme/api:1.4.2', { api: () => ({ headers: { [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } }) }, 'api.github.com', '/user'],
    ['GitHub, in its other format', 'ghcr.io/acme/api:1.4.2', { api: () => ({ headers: { [GITHUB_DATE]: '2026-12-09 14:00:00 +0200' } }) }, 'api.github.com', '/user'],
    ['GitHub Enterprise with data residency', 'containers.acme.ghe.com/acme/api:1.4.2', { api: () => ({ headers: { [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } }) }, 'api.acme.ghe.com', '/user'],
    ['GitLab.com', 'registry.gitlab.com/acme/api:1.4.2', {
      credentials: { password: GITLAB_TOKEN },
      quirks: { challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="container_registry"' },
      api: () => ({ body: '{"id":1,"active":true,"expires_at":"2026-12-09"}' }),
    }, 'gitlab.com', '/api/v4/personal_access_tokens/self'],
    ['GitLab of their own, at the token service that was named', 'registry.example.com/acme/api:1.4.2', {
      input: { registry: 'self-managed-gitlab', authHost: 'gitlab.example.com' },
      credentials: { password: GITLAB_TOKEN },
      api: () => ({ body: '{"expires_at":"2026-12-09"}' }),
    }, 'gitlab.example.com', '/api/v4/personal_access_tokens/self'],
    ['JFrog', 'acme.jfrog.io/docker/api:1.4.2', {
      credentials: { password: REFERENCE_TOKEN },
      api: () => ({ body: '{"token_id":"x","expiry":1796817600}' }),
    }, 'acme.jfrog.io', '/access/api/v1/tokens/me'],
  ])('is asked of %s, once', async (_, image, played, host, path) => {
    const { result, asked } = await check(image, played);
    expect(result).toMatchObject({ verdict: 'OK', kind: 'yes', expiresOn: expect.stringMatching(/^2026-12-09T(00|12):00:00\.000Z$/) });
    expect(result.message).toMatch(/ can be pulled with the credentials in ghcr-pull \(sha256:[0-9a-f]+\), but they expire on 2026-12-09, in 13 days$/);
    expect(asked.map((request) => [request.method, request.host, request.path, request.authorization]))
      .toEqual([['GET', host, path, `Bearer ${played.credentials?.password ?? GITHUB_TOKEN}`]]);
    expect(result.requests.at(-1)).toMatchObject({ purpose: 'expiry', method: 'GET', status: 200 });
  });

  test.each<[why: string, image: string, played: Played]>([
    ['it was not switched on', 'ghcr.io/acme/api:1.4.2', { input: { askExpiry: false } }],
    ['a fine-grained token is another kind', 'ghcr.io/acme/api:1.4.2', { credentials: { password: 'github_pat_11AAAAA0Y0' } }],
    ['a deploy token is another kind', 'registry.gitlab.com/acme/api:1.4.2', {
      credentials: { password: DEPLOY_TOKEN }, quirks: { challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="container_registry"' },
    }],
    ['a token of GitHub is none of GitLab\'s', 'registry.gitlab.com/acme/api:1.4.2', { quirks: { challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="x"' } }],
    ['the registry has another host', 'registry.example.com/acme/api:1.4.2', {}],
    ['the key of the registry belongs to another host', 'registry.example.com/acme/api:1.4.2', { input: { registry: 'ghcr' } }],
    ['the key says GitLab.com, but the host is not', 'registry.example.com/acme/api:1.4.2', { input: { registry: 'gitlab' }, credentials: { password: GITLAB_TOKEN } }],
    ['a server of GitHub Enterprise can have its API anywhere', 'registry.example.com/acme/api:1.4.2', { input: { registry: 'github-enterprise' } }],
    ['nobody named the host of GitLab', 'registry.example.com/acme/api:1.4.2', { input: { registry: 'self-managed-gitlab' }, credentials: { password: GITLAB_TOKEN } }],
    ['Artifactory is on a host of its own', 'registry.example.com/acme/api:1.4.2', { input: { registry: 'jfrog' }, credentials: { password: REFERENCE_TOKEN } }],
    ['the secret does not list the host', 'ghcr.io/acme/api:1.4.2', { credentials: { hosts: ['ghcr.io'] } }],
    ['the secret does not list GitLab itself', 'registry.gitlab.com/acme/api:1.4.2', {
      credentials: { password: GITLAB_TOKEN, hosts: ['registry.gitlab.com'] }, quirks: { challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="x"' },
    }],
    ['the image is public, which says nothing about the token', 'ghcr.io/acme/api:1.4.2', { quirks: { anonymous: () => IMAGE.answer } }],
    ['the token cannot be in a header', 'ghcr.io/acme/api:1.4.2', { credentials: { password: 'ghp_wörd\u00e9' } }],
  ])('is not asked where %s', async (_, image, played) => {
    const { result, asked } = await check(image, played);
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ kind: 'yes', expiresOn: undefined });
    expect(result.message).not.toMatch(/expire/);
  });

  test('is asked where the secret lists the host', async () => {
    const { result } = await check('ghcr.io/acme/api:1.4.2', {
      credentials: { hosts: ['ghcr.io', 'api.github.com'] }, api: () => ({ headers: { [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } }),
    });
    expect(result.expiresOn).toBe('2026-12-09T12:00:00.000Z');
  });

  test.each<[verdict: string, quirks: Quirks]>([
    ['CREDENTIALS_REJECTED', { login: () => errors(401, 'UNAUTHORIZED') }],
    ['PULL_DENIED', { token: () => errors(403, 'DENIED') }],
    ['IMAGE_NOT_FOUND', { manifest: () => errors(404, 'MANIFEST_UNKNOWN') }],
    ['REGISTRY_UNAVAILABLE', { any: () => ({ status: 503 }) }],
  ])('is not asked after %s', async (verdict, quirks) => {
    const { result, asked } = await check('ghcr.io/acme/api:1.4.2', { quirks });
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ verdict });
    expect(result.expiresOn).toBeUndefined();
  });

  test.each<[what: string, answer: Answer]>([
    ['401', errors(401, 'Bad credentials')],
    ['403', { status: 403, body: 'token ghp_x is not allowed' }],
    ['404', { status: 404 }],
    ['429', { status: 429, headers: { 'retry-after': '60' } }],
    ['500', { status: 500 }],
    ['a redirect', { status: 301, headers: { location: 'https://quay.io/user', [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } }],
    ['an answer without a body that names the date all the same', { status: 204, headers: { [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } }],
    ['no date, for a token that does not expire', { body: '{"login":"acme-bot"}' }],
    ['a date that is none', { headers: { [GITHUB_DATE]: 'soon' } }],
    ['a date that does not exist', { headers: { [GITHUB_DATE]: '2027-02-31 00:00:00 UTC' } }],
    ['garbage', { fault: 'garbage' }],
    ['a cut connection', { fault: 'cut' }],
    ['a cut body', { fault: 'cut-body', headers: { [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } }],
    ['a body without end', { fault: 'endless' }],
    ['nothing', { fault: 'hang' }],
    ['a byte each second', { fault: 'drip' }],
  ])('changes nothing if the answer is %s', async (_, answer) => {
    const { result, asked, elapsed } = await check('ghcr.io/acme/api:1.4.2', { api: () => answer });
    expect(asked).toHaveLength(1);
    expect(result).toMatchObject({ verdict: 'OK', kind: 'yes', definite: true, expiresOn: undefined, expiryProblem: undefined });
    expect(result.message).toMatch(/^ghcr\.io\/acme\/api:1\.4\.2 can be pulled with the credentials in ghcr-pull \(sha256:[0-9a-f]+\)$/);
    expect(elapsed).toBeLessThanOrEqual(3_000);
  });

  test.each(['null', '"2026-12-09"', '[]', '{}', '{"expires_at":null}', '{"expires_at":true}', '{"expires_at":{}}', 'no JSON'])('reads no date in %s', async (body) => {
    const { result } = await check('registry.gitlab.com/acme/api:1.4.2', {
      credentials: { password: GITLAB_TOKEN }, api: () => ({ body }), quirks: { challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="x"' },
    });
    expect(result).toMatchObject({ verdict: 'OK', expiresOn: undefined });
  });

  test('ends with the deadline of the check', async () => {
    const { result, elapsed } = await check('ghcr.io/acme/api:1.4.2', { input: { timeoutMs: 1_000 }, api: () => ({ fault: 'hang' }) });
    expect(result.verdict).toBe('OK');
    expect(elapsed).toBeLessThanOrEqual(1_000);
  });

  test('does not lead to a private address', async () => {
    const lookups: string[] = [];
    const { result, asked } = await check('ghcr.io/acme/api:1.4.2', {
      environment: {
        connectTo: ({ hostname }) => hostname === 'api.github.com' ? undefined : { host: '127.0.0.1', port: bench().secure.port },
        lookup: ((hostname: string, _: unknown, callback: (error: null, found: unknown) => void) => {
          lookups.push(hostname);
          callback(null, [{ address: '10.0.0.7', family: 4 }]);
        }) as CheckEnvironment['lookup'],
      },
    });
    expect({ lookups, asked, verdict: result.verdict }).toEqual({ lookups: ['api.github.com'], asked: [], verdict: 'OK' });
  });

  test('is asked once for all checks that share connections, whatever the answer, and again after ten minutes', async () => {
    const connections = new Connections();
    const ask = async (minutes: number, answer: Answer) => {
      const { result, asked } = await check('ghcr.io/acme/api:1.4.2', { connections, api: () => answer, environment: { now: () => NOW + minutes * 60_000 } });
      return [asked.length, result.expiresOn];
    };
    const dated = { headers: { [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } };
    expect(await ask(0, { status: 500 })).toEqual([1, undefined]);
    expect(await ask(1, dated)).toEqual([0, undefined]);
    expect(await ask(11, dated)).toEqual([1, '2026-12-09T12:00:00.000Z']);
    expect(await ask(12, { status: 500 })).toEqual([0, '2026-12-09T12:00:00.000Z']);
    connections.close();
  });
});

describe('what a yes says about the time left', () => {
  test.each([
    ['2026-12-09', ', but they expire on 2026-12-09, in 13 days'],
    ['2026-12-09T23:59:59Z', ', but they expire on 2026-12-09, in 13 days'],
    ['2026-12-09T12:00:00Z', ', but they expire on 2026-12-09, in 13 days'],
    ['2026-11-27T12:00:00Z', ', but they expire on 2026-11-27, in 1 day'],
    ['2026-11-27T11:59:59Z', ', but they expire on 2026-11-27 at 11:59 UTC, in 23 hours'],
    ['2026-11-26T13:00:00Z', ', but they expire on 2026-11-26 at 13:00 UTC, in 1 hour'],
    ['2026-11-26T12:20:00Z', ', but they expire on 2026-11-26 at 12:20 UTC, within the hour'],
    ['2026-12-25T12:00:00Z', ', but they expire on 2026-12-25, in 29 days'],
    ['2026-12-26', ', and they expire on 2026-12-26, in 30 days'],
    ['2029-12-09', ', and they expire on 2029-12-09, in 1109 days'],
    ['2026-11-20', ', although they expired on 2026-11-20; correct "expiresOn" if that is the date of an earlier token'],
  ])('for %s', async (date, remark) => {
    const { result } = await check('ghcr.io/acme/api:1.4.2', { credentials: { expiresOn: new Date(date).toISOString() } });
    expect(result).toMatchObject({ verdict: 'OK', kind: 'yes', expiresOn: new Date(date).toISOString() });
    expect(result.message.replace(/^.*\)/, '')).toBe(remark);
  });

  test.each([
    ['2026-12-09T00:00:00.000Z', '2027-01-01 00:00:00 UTC', '2026-12-09T00:00:00.000Z'],
    ['2027-01-01T00:00:00.000Z', '2026-12-09 00:00:00 UTC', '2026-12-09T00:00:00.000Z'],
  ])('the earlier date counts: %s declared, %s asked', async (expiresOn, header, earlier) => {
    const { result } = await check('ghcr.io/acme/api:1.4.2', { credentials: { expiresOn }, api: () => ({ headers: { [GITHUB_DATE]: header } }) });
    expect(result.expiresOn).toBe(earlier);
  });

  test('the date in a JSON Web Token is known without a question, for a public image too', async () => {
    const password = [{ alg: 'RS256' }, { exp: 1_796_817_600 }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).concat('c2lnbmF0dXJl').join('.');
    const accepted = await check('registry.example.com/acme/api:1.4.2', { credentials: { password }, input: { askExpiry: false } });
    expect(accepted.result).toMatchObject({ verdict: 'OK', expiresOn: '2026-12-09T12:00:00.000Z' });
    const open = await check('registry.example.com/acme/api:1.4.2', { credentials: { password }, quirks: { anonymous: () => IMAGE.answer } });
    expect(open.result.message).toMatch(/ is public \(.*\), so the credentials in ghcr-pull could not be verified, but they expire on 2026-12-09, in 13 days$/);
  });

  test('a token that is known to be short-lived says what to store instead', async () => {
    const { result } = await check('acme.azurecr.io/api:1.4.2', { credentials: { username: '00000000-0000-0000-0000-000000000000', expiresOn: '2026-11-26T15:00:00.000Z' } });
    expect(result.expiresOn).toBe('2026-11-26T15:00:00.000Z');
    expect(result.message).toMatch(/\), but this refresh token expires within hours, store a repository token for ECS$/);
  });

  test('a date that is not understood is said beside the one that is known', async () => {
    const expiryProblem = '"expiresOn" in the secret ghcr-pull has a form that is not accepted; write a day (2027-03-31)';
    const { result } = await check('ghcr.io/acme/api:1.4.2', { credentials: { expiryProblem }, api: () => ({ headers: { [GITHUB_DATE]: '2026-12-09 12:00:00 UTC' } }) });
    expect(result).toMatchObject({ kind: 'yes', expiryProblem, expiresOn: '2026-12-09T12:00:00.000Z' });
    expect(result.message).toMatch(/, but they expire on 2026-12-09, in 13 days; "expiresOn" in the secret ghcr-pull has a form that is not accepted; write a day \(2027-03-31\)$/);
  });
});
