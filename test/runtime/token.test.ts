import { basicAuthorization } from '../../src/runtime/http/credentials';
import { retryAfterOf } from '../../src/runtime/http/retry';
import { trustedRealm } from '../../src/runtime/oci/realm';
import { pullScopes, tokenForm, tokenOf, tokenUrl } from '../../src/runtime/oci/token';

const OWN = 'repository:docker-local/acme/api:pull';

test.each<[offered: string | undefined, scopes: string[]]>([
  [undefined, [OWN]],
  ['', [OWN]],
  ['*', ['*', OWN]],
  [OWN, [OWN]],
  ['repository:docker-local/acme/api:pull,push', [OWN, 'repository:docker-local/acme/api:pull,push']],
  ['repository:acme/api:pull', ['repository:acme/api:pull', OWN]],
  ['repository:base:pull repository:docker-local/acme/api:pull', ['repository:base:pull', OWN]],
])('the scope %p becomes %p', (offered, scopes) => {
  expect(pullScopes('docker-local/acme/api', offered)).toEqual(scopes);
});

test('containerd asks with a form', () => {
  expect(tokenForm('a&b', [OWN, '*'], { username: 'bot', password: 'pw+1' }))
    .toBe('scope=repository%3Adocker-local%2Facme%2Fapi%3Apull+*&service=a%26b&client_id=cdk-private-registry&grant_type=password&username=bot&password=pw%2B1');
});

test('a token request keeps the realm\'s query and escapes what comes from the challenge', () => {
  expect(tokenUrl(new URL('https://r.example.com/t?tenant=1'), 'a&b', ['repository:a/b:pull']).href)
    .toBe('https://r.example.com/t?tenant=1&service=a%26b&scope=repository%3Aa%2Fb%3Apull&client_id=cdk-private-registry');
  expect(tokenUrl(new URL('https://r.example.com/t'), undefined).search).toBe('?client_id=cdk-private-registry');
});

test('Basic is UTF-8', () => {
  expect(basicAuthorization({ username: 'robot$proj+bot', password: 'pa:ss wörd$+/=' })).toBe('Basic cm9ib3QkcHJvaitib3Q6cGE6c3Mgd8O2cmQkKy89');
});

test.each<[body: string, token: string | undefined]>([
  ['{"token":"a"}', 'a'], ['{"access_token":"b"}', 'b'], ['{"token":"","access_token":"b"}', 'b'], ['{"token":7}', undefined],
  ['{"token":"a b"}', undefined], ['{"token":"ä"}', undefined], ['null', undefined], ['', undefined], ['[]', undefined],
  ['{"token":"a","access_token":"b"}', 'b'], ['{"token":"a","Token":"c"}', 'c'], ['{"token":"a","TOKEN":null}', 'a'], ['{"token":"a","scope":[]}', 'a'],
  ['{"token":"a","expires_in":"300"}', undefined], ['{"token":"a","expires_in":1.5}', undefined], ['{"token":"a","issued_at":"2026-11-01T10:00:00"}', undefined],
  ['{"token":"a","issued_at":"2026-11-01T10:00:00.5Z"}', 'a'], ['{"token":"a","refresh_token":7}', undefined],
  ['{"token":"a","expires_in":300.0}', undefined], ['{"token":"a","expires_in":3e2}', undefined], ['{"token":"a","expires_in":1e20}', undefined],
  ['{"token":"a","expires_in":9223372036854775808}', undefined], ['{"token":"a","expires_in":-9223372036854775808}', 'a'],
  ['{"token":"3e2","x":[1.5,"\\"300.0"]}', '3e2'], ['{"token":"a","x":01.5}', undefined],
])('the token of %s is %s', (body, token) => {
  expect(tokenOf({ body: Buffer.from(body) } as never)).toBe(token);
});

test('by POST, `token` counts for nothing', () => {
  const tokenOfPost = (body: string) => tokenOf({ body: Buffer.from(body) } as never, 'POST');
  expect(['{"token":"a"}', '{"access_token":"a"}', '{"access_token":"a","scope":[]}'].map(tokenOfPost)).toEqual([undefined, 'a', undefined]);
});

test('Retry-After in seconds and as a date', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  const after = (value?: string) => retryAfterOf({ headers: { 'retry-after': value } } as never, now);
  expect(after('30')).toBe(30_000);
  expect(after(' 0 ')).toBe(0);
  expect(after('Sun, 22 Nov 2026 10:00:05 GMT')).toBe(5_000);
  expect(after('Sun, 22 Nov 2026 09:00:00 GMT')).toBe(0);
  expect([after(), after(''), after('-1'), after('1.5'), after('soon'), after('2026-11-22'), after('Sunday, nonsense')]).toEqual(Array(7).fill(undefined));
});

test('a realm over plain HTTP is trusted on this machine only, by the same rule', () => {
  const local = new URL('http://localhost:5000/v2/');
  const options = { insecureLoopback: true };
  expect(trustedRealm('http://localhost:5000/token', local, options)).toMatchObject({ trusted: true });
  expect(trustedRealm('http://localhost:5001/token', local, options)).toMatchObject({ trusted: false, reason: 'other-host' });
  expect(trustedRealm('http://localhost:5001/token', local, { ...options, authHost: 'localhost:5001' })).toMatchObject({ trusted: true });
  expect(trustedRealm('http://localhost:5000/token', local, { insecureLoopback: false })).toMatchObject({ trusted: false, reason: 'plain-http' });
  expect(trustedRealm('http://registry.example.com/token', local, options)).toMatchObject({ trusted: false, reason: 'plain-http' });
});

test('the host of a token service is compared as a whole', () => {
  const registry = new URL('https://registry.example.com/v2/');
  const options = { authHost: 'AUTH.example.com:443', insecureLoopback: false };
  expect(trustedRealm('https://auth.example.com/x', registry, options).trusted).toBe(true);
  for (const host of ['auth.example.com.evil.net', 'xauth.example.com', 'auth.example.com:8443', 'example.com']) {
    expect(trustedRealm(`https://${host}/x`, registry, options).trusted).toBe(false);
  }
});
