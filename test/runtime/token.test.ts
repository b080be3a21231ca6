import { basicAuthorization } from '../../src/runtime/http/credentials';
import { retryAfterOf } from '../../src/runtime/http/retry';
import { trustedRealm } from '../../src/runtime/oci/realm';
import { demandedScope, pullScope, tokenOf, tokenUrl } from '../../src/runtime/oci/token';

test.each<[offered: string | undefined, scope: string]>([
  [undefined, 'repository:docker-local/acme/api:pull'],
  ['', 'repository:docker-local/acme/api:pull'],
  ['*', 'repository:docker-local/acme/api:pull'],
  ['aws', 'repository:docker-local/acme/api:pull'],
  ['registry:catalog:*', 'repository:docker-local/acme/api:pull'],
  ['repository:docker-local/acme/api:pull,push', 'repository:docker-local/acme/api:pull'],
  ['repository:acme/api:pull', 'repository:acme/api:pull'],
  ['repository:api:*', 'repository:api:pull'],
  ['repository:pi:pull', 'repository:docker-local/acme/api:pull'],
  ['repository:other/api:pull', 'repository:docker-local/acme/api:pull'],
  ['repository:base:pull repository:docker-local/acme/api:pull', 'repository:docker-local/acme/api:pull'],
  ['repository(plugin):acme/api:pull', 'repository:acme/api:pull'],
])('the scope %p becomes %s', (offered, scope) => {
  expect(pullScope('docker-local/acme/api', offered)).toBe(scope);
});

test('a demanded scope is taken over if it is one of one repository', () => {
  expect(demandedScope('repository:tenant/api:pull,push')).toBe('repository:tenant/api:pull');
  expect([undefined, '', '*', 'repository:a:pull repository:b:pull'].map(demandedScope)).toEqual([undefined, undefined, undefined, undefined]);
});

test('a token request keeps the realm\'s query and escapes what comes from the challenge', () => {
  expect(tokenUrl(new URL('https://r.example.com/t?tenant=1'), 'a&b', 'repository:a/b:pull').href)
    .toBe('https://r.example.com/t?tenant=1&service=a%26b&scope=repository%3Aa%2Fb%3Apull&client_id=cdk-private-registry');
  expect(tokenUrl(new URL('https://r.example.com/t'), undefined).search).toBe('?client_id=cdk-private-registry');
});

test('Basic is UTF-8', () => {
  expect(basicAuthorization({ username: 'robot$proj+bot', password: 'pa:ss wörd$+/=' })).toBe('Basic cm9ib3QkcHJvaitib3Q6cGE6c3Mgd8O2cmQkKy89');
});

test.each<[body: string, token: string | undefined]>([
  ['{"token":"a"}', 'a'], ['{"access_token":"b"}', 'b'], ['{"token":"","access_token":"b"}', 'b'], ['{"token":7}', undefined],
  ['{"token":"a b"}', undefined], ['{"token":"ä"}', undefined], ['null', undefined], ['', undefined], ['[]', undefined],
])('the token of %s is %s', (body, token) => {
  expect(tokenOf({ body: Buffer.from(body) } as never)).toBe(token);
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
