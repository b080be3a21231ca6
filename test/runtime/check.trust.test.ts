import { Credentials } from '../../src/runtime/check';
import { describeBehaviours, HOST, Behaviour } from '../support/check-harness';
import { PASSWORD, registry, USERNAME } from '../support/registry-script';
import { document, errors } from '../support/scripted-registry';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const MANIFEST = registry(HOST)({ path: '/v2/acme/api/manifests/1', authorization: 'Bearer tok3n.Eyhb-4f2a_91' } as never, 0);

function realm(url: string): string {
  return `Bearer realm="${url}",service="s",scope="repository:acme/api:pull"`;
}

function boundTo(...hosts: string[]): Credentials {
  return { username: USERNAME, password: PASSWORD, hosts };
}

const UNTRUSTED_REALMS: Behaviour[] = ([
  ['https://auth.example.com/token', /another host, auth\.example\.com; if that is its token service, pass --auth-host auth\.example\.com$/],
  [`https://${HOST}.example.net/token`, /another host/],
  [`https://${HOST}:8443/token`, /another host/],
  ['https://169.254.169.254/latest/meta-data/', /another host, 169\.254\.169\.254/],
  ['https://[::ffff:169.254.169.254]/', /another host/],
  ['https://auth.docker.io/token', /another host/],
  [`http://${HOST}/token`, /over plain HTTP/],
  ['http://169.254.169.254/', /over plain HTTP/],
  ['http://127.0.0.1:9001/2018-06-01/runtime', /over plain HTTP/],
] as const).map(([url, message]) => ({
  name: `a realm that is not trusted: ${url}`,
  quirks: { challenge: realm(url) },
  verdict: 'REALM_NOT_TRUSTED',
  definite: false,
  credentialsSent: 0,
  requests: 'manifest',
  message,
}));

const BAD_REALMS: Behaviour[] = ['ftp://registry.example.com/token', 'https://a:b@registry.example.com/token', 'https://[', 'javascript:alert(1)'].map((url) => ({
  name: `a realm that is no URL to ask: ${url}`,
  quirks: { challenge: realm(url) },
  verdict: 'PROTOCOL_ERROR',
  credentialsSent: 0,
  message: /an invalid URL/,
}));

describeBehaviours('the hosts that a secret is bound to', [
  ...[
    [[HOST]], [['ghcr.io', HOST.toUpperCase()]], [[`${HOST}:443`]],
  ].map(([hosts]): Behaviour => ({ name: `this host, as ${hosts}`, input: { credentials: boundTo(...hosts) }, verdict: 'OK' })),
  ...[
    ['docker.io', 'docker.io', 'auth.docker.io'], ['registry-1.docker.io', 'docker.io', 'auth.docker.io'], ['docker.io', 'index.docker.io', 'auth.docker.io'],
    ['registry.gitlab.com', 'registry.gitlab.com', 'gitlab.com'],
  ].map(([listed, host, authHost]): Behaviour => ({
    name: `${host} as ${listed}, with its own token service`,
    input: { image: `${host}/acme/api:1`, credentials: boundTo(listed) },
    quirks: { challenge: realm(`https://${authHost}/token`) },
    verdict: 'OK',
    credentialHosts: [authHost],
  })),
  ...[[], ['ghcr.io'], [`${HOST}:8443`], [`x.${HOST}`], ['example.com'], ['*'], [`https://${HOST}`]].map((hosts): Behaviour => ({
    name: `another host than ${hosts}`,
    input: { credentials: boundTo(...hosts) },
    verdict: 'HOST_NOT_LISTED',
    requests: '',
    credentialsSent: 0,
    message: /"hosts" in the credentials in arn:.* does not list registry\.example\.com; if the login is for that host, add it to the JSON of the secret, as in "hosts":\["registry\.example\.com"\]$/,
  })),
  ...[['icr.io', 'us.icr.io'], ['registry.redhat.io', 'registry.access.redhat.com'], ['gcr.io', 'europe-docker.pkg.dev']].map(([listed, host]): Behaviour => ({
    name: `${host}, where ${listed} of the same company is listed`,
    input: { image: `${host}/acme/api:1`, credentials: boundTo(listed) },
    verdict: 'HOST_NOT_LISTED',
    requests: '',
  })),
  {
    name: 'another port',
    input: { image: `${HOST}:5050/acme/api:1`, credentials: boundTo(HOST) },
    verdict: 'HOST_NOT_LISTED',
    requests: '',
  },
  {
    name: 'none, where they are required',
    input: { requireHosts: true },
    verdict: 'HOST_NOT_LISTED',
    definite: true,
    requests: '',
    message: /this check requires "hosts" in the credentials in arn:.*; add the hosts that the login is for to the JSON of the secret, as in "hosts":\["registry\.example\.com"\]$/,
  },
  {
    name: 'another one, where they are required',
    input: { requireHosts: true, credentials: boundTo('ghcr.io') },
    verdict: 'HOST_NOT_LISTED',
    definite: true,
    requests: '',
  },
  {
    name: 'this one, where they are required',
    input: { requireHosts: true, credentials: boundTo(HOST) },
    verdict: 'OK',
  },
  {
    name: 'not the token service that the stack names',
    input: { authHost: 'gitlab.example.com', credentials: boundTo(HOST) },
    quirks: { challenge: realm('https://gitlab.example.com/jwt/auth') },
    verdict: 'HOST_NOT_LISTED',
    credentialsSent: 0,
    requests: 'manifest',
    message: /does not list gitlab\.example\.com/,
  },
  {
    name: 'the token service as well',
    input: { authHost: 'gitlab.example.com', credentials: boundTo(HOST, 'gitlab.example.com') },
    quirks: { challenge: realm('https://gitlab.example.com/jwt/auth') },
    verdict: 'OK',
    credentialHosts: ['gitlab.example.com'],
  },
]);

describeBehaviours('where credentials may go', [
  ...UNTRUSTED_REALMS,
  ...BAD_REALMS,
  {
    name: 'self-managed GitLab in a stack: the message names the property',
    input: { location: 'function' },
    quirks: { challenge: realm('https://gitlab.example.com/jwt/auth') },
    verdict: 'REALM_NOT_TRUSTED',
    credentialsSent: 0,
    message: /set authHost to gitlab\.example\.com$/,
  },
  {
    name: 'self-managed GitLab with authHost',
    input: { authHost: 'gitlab.example.com' },
    quirks: { challenge: realm('https://gitlab.example.com/jwt/auth') },
    verdict: 'OK',
    credentialHosts: ['gitlab.example.com'],
    credentialsSent: 2,
  },
  {
    name: 'an authHost that nobody can read is no trust in everybody',
    input: { authHost: 'not a host' },
    quirks: { challenge: realm('https://gitlab.example.com/jwt/auth') },
    verdict: 'REALM_NOT_TRUSTED',
    credentialsSent: 0,
  },
  {
    name: 'Artifactory: the realm with :443, the scope without the repository key',
    input: { image: 'acme.jfrog.io/docker-local/acme/api:1' },
    quirks: { challenge: 'Bearer realm="https://acme.jfrog.io:443/artifactory/api/docker/docker-local/v2/token",service="acme.jfrog.io:443",scope="repository:acme/api:pull"' },
    verdict: 'OK',
    also: (_, seen) => expect(seen[2].query.get('scope')).toBe('repository:acme/api:pull'),
  },
  {
    name: 'nvcr.io: no service, pull,push offered and asked for as well',
    input: { image: 'nvcr.io/acme/api:1', credentials: { username: '$oauthtoken', password: 'nvapi-xyz123' } },
    quirks: {
      challenge: 'Bearer realm="https://nvcr.io/proxy_auth",scope="repository:acme/api:pull,push"',
      login: () => ({ body: '{"token":"x"}' }),
      token: () => ({ body: '{"access_token":"tok3n.Eyhb-4f2a_91"}' }),
    },
    verdict: 'OK',
    also: (_, seen) => {
      expect(seen[1].query.has('service')).toBe(false);
      expect(seen[2].query.getAll('scope')).toEqual(['repository:acme/api:pull', 'repository:acme/api:pull,push']);
    },
  },
  {
    name: 'an empty scope is none: nvcr.io\'s scope=""',
    quirks: { challenge: `Bearer realm="https://${HOST}/token",scope=""` },
    verdict: 'OK',
    also: (_, seen) => expect(seen[2].query.get('scope')).toBe('repository:acme/api:pull'),
  },
  {
    name: 'Forgejo: two challenges in one header, and the scope *',
    quirks: { challenge: `Bearer realm="https://${HOST}/v2/token",service="container_registry",scope="*",Basic realm="https://${HOST}/v2",service="container_registry",scope="*"`, any: forgejoToken },
    verdict: 'OK',
    also: (_, seen) => expect(seen[2].query.getAll('scope')).toEqual(['*', 'repository:acme/api:pull']),
  },
  {
    name: 'ACR: two challenges in two headers',
    input: { image: 'acme.azurecr.io/api:1' },
    quirks: { challenge: ['Basic realm="https://acme.azurecr.io"', 'Bearer realm="https://acme.azurecr.io/oauth2/token",service="acme.azurecr.io",scope="repository:api:pull"'] },
    verdict: 'OK',
    requests: 'manifest login token manifest',
  },
  {
    name: 'a realm with a query of its own keeps it',
    quirks: { challenge: realm(`https://${HOST}/token?tenant=7`) },
    verdict: 'OK',
    also: (_, seen) => expect(seen[1].query.get('tenant')).toBe('7'),
  },
  {
    name: 'a relative realm, which no engine reads',
    quirks: { challenge: realm('/token') },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /names a token service with a URL that is not absolute/,
  },
  {
    name: 'a realm without a scheme',
    input: { authHost: 'auth.example.com' },
    quirks: { challenge: realm('//auth.example.com/token') },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /names a token service with a URL that is not absolute/,
  },
  {
    name: 'a scope of another repository is not taken over',
    quirks: { challenge: `Bearer realm="https://${HOST}/token",scope="repository:other/thing:pull,push"` },
    verdict: 'OK',
    also: (_, seen) => expect(seen[2].query.get('scope')).toBe('repository:acme/api:pull'),
  },
  {
    name: 'a challenge with a parameter twice is nobody\'s',
    quirks: { challenge: `Bearer realm="https://${HOST}/token",realm="https://evil.example.net/token"` },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /malformed: a parameter is given twice/,
  },
  {
    name: 'an authentication scheme that ECS does not know',
    quirks: { challenge: 'Negotiate oYIB==' },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /only negotiate/,
  },
  {
    name: '401 without a challenge, which the root has',
    quirks: { anonymous: () => ({ status: 401 }) },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    requests: 'manifest ping',
    message: /containerd, the engine of Fargate, does not log in to registry\.example\.com, which refuses the manifest without a challenge \(HTTP 401/,
  },
  {
    name: '401 without a challenge from a registry whose root is open',
    quirks: { anonymous: () => ({ status: 401 }), ping: () => ({ body: '{}' }) },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /sends no challenge/,
  },
  {
    name: '401 without any challenge',
    script: () => errors(401, 'UNAUTHORIZED'),
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /sends no challenge/,
  },
  {
    name: 'GHCR-like 403 without a challenge for everybody: the network is the likely reason',
    input: { location: 'function' },
    script: () => errors(403, 'DENIED', 'no'),
    verdict: 'NETWORK_RESTRICTED',
    credentialsSent: 0,
    message: /does not accept requests from this network .*set pullCheck\.vpc/,
  },
  {
    name: 'the same within the VPC',
    input: { location: 'function-in-vpc' },
    script: () => errors(403, 'DENIED', 'no'),
    verdict: 'NETWORK_RESTRICTED',
    message: /check from an address that the registry allows/,
  },
  {
    name: 'a web application firewall\'s HTML page with 403',
    script: () => ({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Access denied' }),
    verdict: 'NETWORK_RESTRICTED',
    definite: false,
    credentialsSent: 0,
  },
  {
    name: 'a manifest that redirects to another host gets no Authorization there',
    quirks: {
      any: (request) => request.host === 'eu.example.net' ? MANIFEST : undefined,
      manifest: () => ({ status: 307, headers: { location: 'https://eu.example.net/v2/acme/api/manifests/1.4.2' } }),
    },
    verdict: 'OK',
    also: (_, seen) => {
      const last = seen.at(-1)!;
      expect(last.host).toBe('eu.example.net');
      expect(last.authorization).toBeUndefined();
    },
  },
  {
    name: 'a manifest that redirects away and back gets no Authorization again',
    quirks: {
      any: (request) => request.host === 'eu.example.net' ? { status: 302, headers: { location: `https://${HOST}/v2/back` } } : request.path === '/v2/back' ? MANIFEST : undefined,
      manifest: () => ({ status: 302, headers: { location: 'https://eu.example.net/' } }),
    },
    verdict: 'OK',
    also: (_, seen) => expect(seen.at(-1)?.authorization).toBeUndefined(),
  },
  {
    name: 'a redirect within the registry keeps Authorization',
    quirks: { manifest: (request) => request.path === '/v2/moved' ? undefined : { status: 301, headers: { location: '/v2/moved/manifests/x' } }, any: (request) => request.path === '/v2/moved/manifests/x' && request.authorization ? MANIFEST : undefined },
    verdict: 'OK',
  },
  {
    name: 'a redirect to plain HTTP is not followed',
    quirks: { manifest: () => ({ status: 302, headers: { location: `http://${HOST}/v2/` } }) },
    verdict: 'PROTOCOL_ERROR',
    message: /redirects to a URL without https/,
    also: (_, seen) => expect(seen.filter((r) => !r.secure)).toEqual([]),
  },
  {
    name: 'a redirect to the metadata service is not followed',
    quirks: { manifest: () => ({ status: 302, headers: { location: 'https://169.254.169.254/latest' } }) },
    verdict: 'NO_ROUTE',
    message: /169\.254\.169\.254 has a loopback, link-local or reserved address/,
    also: (_, seen) => expect(seen).toHaveLength(4),
  },
  {
    name: 'redirects without end',
    quirks: { manifest: (_, call) => ({ status: 302, headers: { location: `/v2/acme/api/manifests/${call}` } }) },
    verdict: 'PROTOCOL_ERROR',
    message: /redirects endlessly/,
    also: (_, seen) => expect(seen).toHaveLength(3 + 6),
  },
  {
    name: 'a redirect to nowhere',
    quirks: { manifest: () => ({ status: 302, headers: { location: 'https://[' } }) },
    verdict: 'PROTOCOL_ERROR',
  },
  {
    name: 'a redirect with a password in it',
    quirks: { manifest: () => ({ status: 302, headers: { location: 'https://u:p@cdn.example.net/' } }), any: (request) => request.host === 'cdn.example.net' ? MANIFEST : undefined },
    verdict: 'OK',
    also: (_, seen) => expect(seen.at(-1)?.authorization).toBeUndefined(),
  },
  {
    name: 'a mirror that wants credentials of its own gets none',
    quirks: {
      any: (request) => request.host === 'mirror.example.net' ? errors(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' }) : undefined,
      anonymous: () => ({ status: 307, headers: { location: 'https://mirror.example.net/v2/acme/api/manifests/1' } }),
    },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /redirects to mirror\.example\.net, which requires credentials as well/,
  },
  {
    name: 'a token service that redirects gets no second request',
    quirks: { login: () => ({ status: 307, headers: { location: 'https://evil.example.net/token' } }) },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 1,
    message: /token service of registry\.example\.com redirects \(HTTP 307/,
    also: (_, seen) => expect(seen).toHaveLength(2),
  },
  {
    name: 'a token service that redirects only for the token',
    quirks: { token: () => ({ status: 302, headers: { location: '/other' } }) },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 2,
  },
  {
    name: 'a registry that echoes the password in the host of a redirect',
    input: { credentials: { username: 'puller-77d1', password: 's3cr3t-9c1e' } },
    quirks: {
      login: () => ({ body: '{}' }),
      token: () => ({ body: '{"token":"tok3n.Eyhb-4f2a_91"}' }),
      any: (request) => request.host.startsWith('s3cr3t') ? { ...document(OCI_MANIFEST, '{}'), status: 418 } : undefined,
      manifest: () => ({ status: 302, headers: { location: 'https://s3cr3t-9c1e.example.net/' } }),
    },
    verdict: 'PROTOCOL_ERROR',
    message: /HTTP 418 from \*\*\*\.example\.net/,
  },
]);

function forgejoToken(request: { path: string; authorization?: string }) {
  return request.path === '/v2/token' && request.authorization?.startsWith('Basic ') ? { body: '{"token":"tok3n.Eyhb-4f2a_91"}' } : undefined;
}
