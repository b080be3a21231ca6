import { describeBehaviours, HOST, Behaviour } from '../support/check-harness';
import { PASSWORD, registry, TOKEN, USERNAME } from '../support/registry-script';
import { errors, SeenRequest } from '../support/scripted-registry';

const WRONG = { credentials: { username: USERNAME, password: 'wr0ng-9c1e' } };

/** To everybody. */
function served(request: SeenRequest) {
  return registry(HOST)({ ...request, authorization: `Bearer ${TOKEN}` }, 0);
}

describeBehaviours('who may pull', [
  {
    name: 'a private image with the right credentials',
    verdict: 'OK',
    definite: true,
    requests: 'manifest login token manifest',
    credentialsSent: 2,
    message: /^registry\.example\.com\/acme\/api:1\.4\.2 can be pulled with the credentials in arn:aws:.* \(sha256:/,
    also: (result, seen) => {
      expect(result.digest).toMatch(/^sha256:/);
      expect(seen.map((r) => r.method)).toEqual(['HEAD', 'GET', 'GET', 'HEAD']);
      expect(seen[2].query.getAll('scope')).toEqual(['repository:acme/api:pull']);
      expect(seen[2].query.get('service')).toBe(HOST);
      expect(seen[3].headers.accept?.split(', ')).toHaveLength(4);
      expect(seen[0].headers['accept-encoding']).toBe('identity');
      expect(seen[0].headers['user-agent']).toBe('cdk-private-registry');
    },
  },
  {
    name: 'a public image without any challenge: credentials are never sent',
    quirks: { anonymous: served },
    verdict: 'PUBLIC_IMAGE',
    credentialsSent: 0,
    requests: 'manifest',
    message: /is public .* could not be verified/,
  },
  {
    name: 'wrong credentials are sent once, and end the check',
    input: WRONG,
    verdict: 'CREDENTIALS_REJECTED',
    definite: true,
    requests: 'manifest login',
    credentialsSent: 1,
    message: /rejected the credentials in arn:.*HTTP 401 from registry\.example\.com: UNAUTHORIZED, incorrect username or password\); store a user name/,
  },
  {
    name: 'Basic authentication (htpasswd)',
    quirks: { challenge: 'Basic realm="Registry Realm"' },
    verdict: 'OK',
    requests: 'manifest manifest',
    credentialsSent: 1,
  },
  {
    name: 'wrong credentials with Basic are sent once',
    input: WRONG,
    quirks: { challenge: 'Basic realm="Registry Realm"' },
    verdict: 'CREDENTIALS_REJECTED',
    requests: 'manifest manifest',
    credentialsSent: 1,
  },
  {
    name: 'right credentials without permission, with Basic: HEAD does not tell who refuses',
    quirks: { challenge: 'Basic realm="Artifactory Realm"', manifest: () => errors(403, 'DENIED') },
    verdict: 'PULL_DENIED',
    definite: false,
    credentialsSent: 1,
  },
  {
    name: 'distribution: a token without the right is 401 with insufficient_scope, and the same scope is not asked for again',
    quirks: {
      manifest: () => errors(401, 'UNAUTHORIZED', 'authentication required', {
        'www-authenticate': `Bearer realm="https://${HOST}/token",service="${HOST}",scope="repository:acme/api:pull",error="insufficient_scope"`,
      }),
    },
    verdict: 'PULL_DENIED',
    credentialsSent: 2,
    message: /check the spelling, and give the account permission/,
  },
  {
    name: 'the scope of another repository in the challenge is asked for as well, as containerd does',
    quirks: {
      challenge: `Bearer realm="https://${HOST}/token",service="${HOST}",scope="repository:library/acme/api:pull"`,
      token: ({ query }) => query.getAll('scope').join(' ') === 'repository:acme/api:pull repository:library/acme/api:pull' ? undefined : errors(403, 'DENIED'),
    },
    verdict: 'OK',
  },
  {
    name: 'on instances the scope of another repository is not asked for, which leaves open what containerd pulls',
    input: { engine: 'dockerd' },
    quirks: {
      challenge: `Bearer realm="https://${HOST}/token",service="${HOST}",scope="repository:library/acme/api:pull"`,
      token: ({ query }) => query.getAll('scope').length === 2 ? undefined : errors(403, 'DENIED'),
    },
    verdict: 'PULL_DENIED',
    definite: false,
  },
  {
    name: 'on instances a token service that gives the token by POST only leaves open what containerd pulls',
    input: { engine: 'dockerd' },
    quirks: { token: () => errors(403, 'DENIED'), post: () => ({ body: JSON.stringify({ access_token: TOKEN }) }) },
    verdict: 'PULL_DENIED',
    definite: false,
  },
  {
    name: 'the same where the engine is not known',
    quirks: { token: () => errors(403, 'DENIED'), post: () => ({ body: JSON.stringify({ access_token: TOKEN }) }) },
    verdict: 'PULL_DENIED',
    definite: false,
    requests: 'manifest login token manifest token manifest',
  },
  {
    name: 'a refusal after a login that proves nothing is not answered with the same password',
    quirks: { login: () => errors(400, 'UNSUPPORTED'), token: () => errors(403, 'DENIED'), post: () => ({ body: JSON.stringify({ access_token: TOKEN }) }) },
    verdict: 'PULL_DENIED',
    definite: false,
    requests: 'manifest login token',
    credentialsSent: 2,
  },
  ...[undefined, 'containerd' as const, 'dockerd' as const].map((engine): Behaviour => ({
    name: `another host to which a manifest is redirected says nothing about the password (${engine})`,
    input: { engine },
    quirks: {
      any: ({ host }) => host === HOST ? undefined : errors(401, 'UNAUTHORIZED'),
      challenge: 'Basic realm="x"',
      manifest: () => ({ status: 307, headers: { location: 'https://blobs.example.net/x' } }),
    },
    verdict: 'PROTOCOL_ERROR',
    message: /redirects to blobs\.example\.net, which refuses the request/,
  })),
  {
    name: 'a refusal of the token is definite where POST is refused as well',
    quirks: { token: () => errors(403, 'DENIED') },
    verdict: 'PULL_DENIED',
    definite: true,
    requests: 'manifest login token manifest token',
  },
  {
    name: 'on instances a no is definite where containerd gets the same token',
    input: { engine: 'dockerd' },
    quirks: { manifest: () => errors(403, 'DENIED') },
    verdict: 'PULL_DENIED',
    definite: true,
    requests: 'ping login token manifest manifest manifest',
  },
  {
    name: 'on instances another challenge of the manifest leaves open what containerd pulls',
    input: { ...WRONG, engine: 'dockerd' },
    quirks: { ping: () => errors(401, 'UNAUTHORIZED', '', { 'www-authenticate': `Bearer realm="https://${HOST}/old/token",service="old"` }) },
    verdict: 'CREDENTIALS_REJECTED',
    definite: false,
    credentialsSent: 1,
  },
  {
    name: 'dockerd gets a token, and sends the password instead of it, where the registry offers both',
    input: { engine: 'dockerd' },
    quirks: {
      challenge: [`Bearer realm="https://${HOST}/token",service="${HOST}"`, 'Basic realm="x"'],
      manifest: ({ authorization }) => authorization?.startsWith('Basic ') ? undefined : errors(403, 'DENIED'),
    },
    verdict: 'OK',
    credentialsSent: 3,
  },
  {
    name: 'blanks around the equals sign, which no engine reads',
    quirks: { challenge: `Bearer realm = "https://${HOST}/token", service = "${HOST}"` },
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    credentialsSent: 0,
    message: /without blanks around the equals sign/,
  },
  {
    name: 'a plain 403 of the login probe is nobody\'s who knows the credentials, also within the VPC',
    input: { location: 'function-in-vpc' },
    quirks: { login: () => ({ status: 403, headers: { 'content-type': 'text/plain' }, body: 'RBAC: access denied' }) },
    verdict: 'NETWORK_RESTRICTED',
    definite: false,
    credentialsSent: 1,
  },
  {
    name: 'a plain 403 for the token proves nothing',
    quirks: { token: () => ({ status: 403, headers: { 'content-type': 'application/json' }, body: '{"message":"Forbidden"}' }) },
    verdict: 'PULL_DENIED',
    definite: false,
  },
  ...[413, 431].map((status): Behaviour => ({
    name: `${status} of the login probe that the registry wrote`,
    input: { credentials: { username: USERNAME, password: 'x9'.repeat(32_000) } },
    quirks: { login: () => errors(status, 'SIZE_INVALID', 'header too large') },
    verdict: 'SECRET_MALFORMED',
    definite: true,
    credentialsSent: 1,
  })),
  ...[401, 404].map((status): Behaviour => ({
    name: `${status} for the manifest from a registry that is known to admit only some addresses`,
    input: { location: 'function', restrictedNetwork: true },
    quirks: { manifest: () => errors(status, 'UNAUTHORIZED', '') },
    verdict: status === 404 ? 'IMAGE_NOT_FOUND' : 'PULL_DENIED',
    definite: false,
  })),
  {
    name: 'a token that the registry of its own service does not take: it is not asked for again',
    quirks: {
      manifest: () => errors(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': `Bearer realm="https://${HOST}/token",error="invalid_token"` }),
    },
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    requests: 'manifest login token manifest manifest',
    credentialsSent: 2,
    message: /does not accept the token of its own token service .*signing certificate/,
  },
  {
    name: 'insufficient_scope is no reason to ask again: no engine does',
    quirks: {
      manifest: (_, call) => errors(401, 'UNAUTHORIZED', '', { 'www-authenticate': `Bearer realm="r",scope="repository:a${call}/api:pull",error="insufficient_scope"` }),
    },
    verdict: 'PULL_DENIED',
    credentialsSent: 2,
  },
  {
    name: 'Fargate asks the token service by POST',
    input: { engine: 'containerd' },
    quirks: { post: () => ({ body: JSON.stringify({ access_token: TOKEN }) }) },
    verdict: 'OK',
    requests: 'manifest login token manifest',
    credentialsSent: 1,
  },
  {
    name: 'Fargate asks by GET where the token service knows no POST',
    input: { engine: 'containerd' },
    verdict: 'OK',
    requests: 'manifest login token token manifest',
  },
  {
    name: 'Fargate cannot log in where POST is 403',
    input: { engine: 'containerd' },
    quirks: { post: () => errors(403, 'DENIED') },
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    message: /containerd, the engine of Fargate, cannot log in to the token service of registry\.example\.com: it answers POST with HTTP 403/,
  },
  {
    name: 'instances log in only where the root demands it',
    input: { engine: 'dockerd' },
    quirks: { ping: () => ({ body: '{}' }) },
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    credentialsSent: 0,
    message: /dockerd, the engine of instances, cannot log in to registry\.example\.com: \/v2\/ does not demand credentials/,
  },
  {
    name: 'instances',
    input: { engine: 'dockerd' },
    verdict: 'OK',
    requests: 'ping login token manifest',
  },
  {
    name: 'refused credentials are no definite no where the image is public: containerd does not use them',
    input: { ...WRONG, engine: 'dockerd' },
    quirks: { anonymous: served },
    verdict: 'CREDENTIALS_REJECTED',
    definite: false,
    requests: 'ping login manifest',
  },
  {
    name: 'a token service that insists on a scope does not spoil the check',
    quirks: { login: () => errors(400, 'INVALID_REQUEST', 'scope required') },
    verdict: 'OK',
    credentialsSent: 2,
  },
  {
    name: 'a token service that insists on a scope, and wrong credentials',
    input: WRONG,
    quirks: { login: () => errors(400, 'INVALID_REQUEST', 'scope required') },
    verdict: 'CREDENTIALS_REJECTED',
    credentialsSent: 2,
  },
  {
    name: 'a password of 64 kB, which no header carries',
    input: { credentials: { username: USERNAME, password: 'x9'.repeat(32_000) } },
    quirks: { login: () => ({ status: 431 }) },
    credentialsSent: 1,
    verdict: 'SECRET_MALFORMED',
    definite: false,
    message: /registry\.example\.com does not accept the length of the credentials in arn:.* \(HTTP 431/,
  },
  {
    name: 'a password of 64 kB with Basic',
    input: { credentials: { username: USERNAME, password: 'x9'.repeat(32_000) } },
    quirks: { challenge: 'Basic', any: (request) => request.authorization ? { status: 413 } : undefined },
    credentialsSent: 1,
    verdict: 'SECRET_MALFORMED',
    definite: false,
  },
  {
    name: 'a password of 64 kB, to a server that cuts the connection',
    input: { credentials: { username: USERNAME, password: 'x9'.repeat(32_000) } },
    quirks: { login: () => ({ fault: 'cut' }) },
    verdict: 'REGISTRY_UNAVAILABLE',
    message: /check what is stored as the password, which is 64000 characters long/,
  },
  {
    name: 'a firewall\'s page in front of the token service says nothing about the credentials',
    quirks: { login: () => ({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Attention required' }) },
    verdict: 'NETWORK_RESTRICTED',
    definite: false,
    credentialsSent: 1,
  },
  {
    name: 'a challenge to the token that nobody can read',
    quirks: { manifest: () => errors(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Bearer realm="' }) },
    verdict: 'PULL_DENIED',
  },
  {
    name: 'a blank at the end of the password is pointed out when it is refused',
    input: { credentials: { username: USERNAME, password: 'right-9c1e ' } },
    verdict: 'CREDENTIALS_REJECTED',
    message: /remove the blank/,
  },
  {
    name: 'a server that echoes whatever it has seen',
    quirks: {
      manifest: (request) => errors(403, 'DENIED', `user ${USERNAME} with ${PASSWORD} and ${encodeURIComponent(PASSWORD)}, ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}, ${request.authorization} ${TOKEN.toUpperCase()}`),
    },
    verdict: 'PULL_DENIED',
    message: /user \*\*\* with \*\*\*/,
  },
  {
    name: 'a token service that echoes the Authorization header',
    input: { credentials: { username: USERNAME, password: 'wr0ng-9c1e' } },
    quirks: { login: (request) => ({ status: 401, body: `you sent ${request.authorization}\r\n\u001b[31mSECRET` }) },
    verdict: 'CREDENTIALS_REJECTED',
    message: /you sent Basic \*\*\* \[31mSECRET/,
  },
  {
    name: 'a 403 seen from outside a VPC says what to do if the registry admits only some addresses',
    input: { location: 'function' },
    quirks: { manifest: () => errors(403, 'DENIED') },
    verdict: 'PULL_DENIED',
    message: /if the registry allows only some addresses, set pullCheck\.vpc$/,
  },
  {
    name: 'a 403 from a registry that is known to admit only some addresses proves nothing',
    input: { location: 'function', restrictedNetwork: true },
    quirks: { login: () => errors(403, 'DENIED') },
    verdict: 'NETWORK_RESTRICTED',
    definite: false,
  },
  {
    name: 'within the VPC the same 403 is a no',
    input: { location: 'function-in-vpc', restrictedNetwork: true },
    quirks: { login: () => errors(403, 'DENIED') },
    verdict: 'CREDENTIALS_REJECTED',
    definite: true,
  },
]);
