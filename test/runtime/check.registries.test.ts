import { describeBehaviours, Behaviour } from '../support/check-harness';
import { registry, TOKEN, USERNAME } from '../support/registry-script';
import { errors } from '../support/scripted-registry';

const WRONG = { credentials: { username: USERNAME, password: 'wr0ng-9c1e' } };

describeBehaviours('registries and their ways', [
  {
    name: 'Harbor hands an anonymous token to wrong credentials, if a scope is asked for',
    input: WRONG,
    quirks: {
      token: () => ({ body: JSON.stringify({ token: 'of-n0body' }) }),
      login: () => ({ status: 401 }),
    },
    verdict: 'CREDENTIALS_REJECTED',
    credentialsSent: 1,
  },
  {
    name: 'Harbor answers Basic to a request with a token that may not pull',
    quirks: { manifest: () => errors(401, 'UNAUTHORIZED', 'unauthorized', { 'www-authenticate': 'Basic realm="harbor"' }) },
    verdict: 'PULL_DENIED',
    credentialsSent: 2,
    message: /cannot pull registry\.example\.com\/acme\/api:1\.4\.2, or it does not exist/,
  },
  {
    name: 'Harbor\'s robot account that lost its $ in a shell',
    input: { credentials: { username: 'robot+puller-77d1', password: 'x9-secret' } },
    quirks: { login: () => ({ status: 401 }) },
    verdict: 'CREDENTIALS_REJECTED',
    message: /robot\$project\+name/,
  },
  {
    name: 'Nexus spells it BASIC and may leave out the realm',
    quirks: { challenge: 'BASIC' },
    verdict: 'OK',
    credentialsSent: 1,
  },
  {
    name: 'Artifactory and GAR: 403 for the manifest',
    quirks: { manifest: () => errors(403, 'DENIED', 'permission denied') },
    verdict: 'PULL_DENIED',
    message: /HTTP 403 from registry\.example\.com: DENIED, permission denied/,
  },
  {
    name: 'GAR refuses the repository at the token service',
    input: { image: 'europe-docker.pkg.dev/acme/apps/api:1' },
    quirks: { token: () => errors(403, 'DENIED', 'Permission "artifactregistry.repositories.downloadArtifacts" denied (or it may not exist)') },
    verdict: 'PULL_DENIED',
    message: /roles\/artifactregistry\.reader/,
  },
  {
    name: 'nvcr.io says in HTML that the key is not entitled',
    input: { image: 'nvcr.io/acme/api:1', credentials: { username: '$oauthtoken', password: 'nvapi-xyz123' } },
    quirks: {
      challenge: 'Bearer realm="https://nvcr.io/proxy_auth",scope="repository:acme/api:pull,push"',
      login: () => ({ body: '{}' }),
      token: () => ({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>403' }),
    },
    verdict: 'PULL_DENIED',
    // A page of a firewall looks the same.
    definite: false,
    message: /give the NGC key the service/,
  },
  {
    name: 'ACR: a refresh token works, with a warning that it expires',
    input: { image: 'acme.azurecr.io/acme/api:1', credentials: { username: '00000000-0000-0000-0000-000000000000', password: 'eyJ-refresh' } },
    quirks: { login: () => ({ body: '{}' }), token: () => ({ body: JSON.stringify({ token: TOKEN }) }) },
    verdict: 'OK',
    message: /expires within hours/,
  },
  {
    name: 'GAR: an access token works, with a warning that it expires',
    input: { image: 'europe-docker.pkg.dev/acme/apps/api:1', credentials: { username: 'oauth2accesstoken', password: 'ya29-token' } },
    quirks: { login: () => ({ body: '{}' }), token: () => ({ body: JSON.stringify({ token: TOKEN }) }) },
    verdict: 'OK',
    message: /expires within an hour/,
  },
  {
    name: 'GHCR: a wrong token is 403 DENIED at login',
    input: { image: 'ghcr.io/acme/api:1', credentials: { username: USERNAME, password: 'ghp_wr0ngwr0ng' } },
    quirks: { login: () => errors(403, 'DENIED', 'denied') },
    verdict: 'CREDENTIALS_REJECTED',
    credentialsSent: 1,
    message: /HTTP 403 from ghcr\.io: DENIED, denied\); create a classic personal access token with read:packages/,
  },
  {
    name: 'GHCR: a fine-grained token is named as what it is',
    input: { image: 'ghcr.io/acme/api:1', credentials: { username: USERNAME, password: 'github_pat_11AAAA' } },
    quirks: { login: () => errors(403, 'DENIED', 'denied') },
    verdict: 'CREDENTIALS_REJECTED',
    message: /does not accept fine-grained tokens/,
  },
  {
    name: 'GHCR: an installation token logs in, but cannot read the package (403 without a challenge)',
    input: { image: 'ghcr.io/acme/api:1', credentials: { username: USERNAME, password: 'ghs_0123456789' } },
    script: (request) => {
      if (request.path === '/token') {
        return { body: JSON.stringify({ token: TOKEN }) };
      }
      return request.authorization
        ? errors(403, 'DENIED', 'installation not allowed to Read organization package')
        : errors(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:acme/api:pull"' });
    },
    credentialHosts: ['ghcr.io'],
    verdict: 'PULL_DENIED',
    message: /only inside its GitHub Actions run/,
  },
  {
    name: 'GHCR: a token of a GitHub Actions run works, with a warning that it expires',
    input: { image: 'ghcr.io/acme/api:1', credentials: { username: USERNAME, password: 'ghs_0123456789' } },
    quirks: { login: () => ({ body: '{}' }), token: () => ({ body: JSON.stringify({ token: TOKEN }) }) },
    verdict: 'OK',
    message: /can be pulled .* but this token expires with its GitHub Actions run/,
  },
  {
    name: 'GHCR: 403 for the package carries its code',
    input: { image: 'ghcr.io/acme/api:1' },
    quirks: { manifest: () => errors(403, 'DENIED', 'permission_denied: read_package') },
    verdict: 'PULL_DENIED',
    message: /permission_denied: read_package\); give the token read:packages and single sign-on/,
  },
  {
    name: 'Docker Hub: another token service, the library prefix, its shape of errors',
    input: { image: 'docker.io/acme/api:1', credentials: { username: 'bot-77d1@example.com', password: 'x9-secret' } },
    script: (request) => request.host === 'auth.docker.io'
      ? { status: 401, headers: { 'content-type': 'application/json' }, body: '{"details":"incorrect username or password"}' }
      : registry('registry-1.docker.io', { challenge: 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"' })(request, 0),
    credentialHosts: ['auth.docker.io'],
    credentialsSent: 1,
    verdict: 'CREDENTIALS_REJECTED',
    message: /^docker\.io rejected .*from auth\.docker\.io: incorrect username or password\); store the Docker ID instead of the e-mail address/,
  },
  {
    name: 'Docker Hub: a good image without a host',
    input: { image: 'acme/api:1' },
    script: registry('registry-1.docker.io', { challenge: 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"' }),
    credentialHosts: ['auth.docker.io'],
    verdict: 'OK',
    also: (_, seen) => expect(seen.map((r) => `${r.host}${r.path}`)).toEqual([
      'registry-1.docker.io/v2/acme/api/manifests/1', 'auth.docker.io/token', 'auth.docker.io/token', 'registry-1.docker.io/v2/acme/api/manifests/1',
    ]),
  },
  {
    name: 'Docker Hub: no permission is an empty grant and insufficient_scope',
    input: { image: 'docker.io/acme/api:1' },
    script: registry('registry-1.docker.io', {
      challenge: 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:acme/api:pull"',
      manifest: () => errors(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': 'Bearer realm="https://auth.docker.io/token",scope="repository:acme/api:pull",error="insufficient_scope"' }),
    }),
    credentialHosts: ['auth.docker.io'],
    verdict: 'PULL_DENIED',
    message: /read access to the repository/,
  },
  {
    name: 'gitlab.com: the token service is a known other host',
    input: { image: 'registry.gitlab.com/acme/api:1' },
    quirks: { challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="container_registry",scope="repository:acme/api:pull"' },
    credentialHosts: ['gitlab.com'],
    verdict: 'OK',
  },
  {
    name: 'GitLab: credentials without the scope read_registry are refused with 403',
    input: { image: 'registry.gitlab.com/acme/api:1' },
    quirks: {
      challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="container_registry",scope="repository:acme/api:pull"',
      login: () => errors(403, 'DENIED', 'access forbidden'),
    },
    credentialHosts: ['gitlab.com'],
    verdict: 'CREDENTIALS_REJECTED',
    message: /scope read_registry/,
  },
  {
    name: 'Quay: no permission is 401, a disabled namespace 405',
    input: { image: 'quay.io/acme/api:1' },
    quirks: { manifest: (request) => request.method === 'HEAD' ? { status: 405 } : errors(405, 'DENIED', 'namespace disabled') },
    verdict: 'PULL_DENIED',
    message: /robot account read permission/,
  },
  {
    name: 'Quay: a disabled namespace with another code',
    input: { image: 'quay.io/acme/api:1' },
    quirks: { manifest: (request) => request.method === 'HEAD' ? { status: 405 } : errors(405, 'UNKNOWN', 'Namespace acme has been disabled. Please contact a system administrator.') },
    verdict: 'PULL_DENIED',
    message: /UNKNOWN, Namespace acme has been disabled/,
  },
  {
    name: 'Oracle: a user name without the tenancy namespace is nobody',
    input: { image: 'fra.ocir.io/acme/api:1' },
    quirks: {
      challenge: 'Bearer realm="https://fra.ocir.io/20180419/docker/token",service="fra.ocir.io",scope=""',
      manifest: () => errors(403, 'DENIED', 'Anonymous users are only allowed read access on public repos'),
    },
    verdict: 'PULL_DENIED',
    definite: true,
    message: /Anonymous users are only allowed .*OCIR treats a user name without the tenancy namespace as anonymous/,
  },
  {
    name: 'Harbor: an artifact that is not found can be missing upstream',
    quirks: { manifest: () => errors(404, 'NOT_FOUND', 'artifact dockerhub/library/api:1.4.2 not found') },
    verdict: 'IMAGE_NOT_FOUND',
    definite: false,
    message: /cannot fetch it from its upstream .*the upstream registry and its credentials if this is a proxy cache$/,
  },
  {
    name: 'Harbor: a project that is not found has no upstream',
    input: { registry: 'harbor' },
    quirks: { manifest: () => errors(404, 'NOT_FOUND', 'project acme not found') },
    verdict: 'IMAGE_NOT_FOUND',
    definite: true,
  },
  ...['nexus', 'jfrog'].map((key): Behaviour => ({
    name: `${key}: nothing tells a proxy from a repository of its own`,
    input: { registry: key },
    quirks: { manifest: () => errors(404, 'MANIFEST_UNKNOWN', 'manifest unknown') },
    verdict: 'IMAGE_NOT_FOUND',
    definite: false,
  })),
  {
    name: 'GitLab\'s dependency proxy is one by its path',
    input: { image: 'gitlab.example.com/acme/dependency_proxy/containers/api:1' },
    quirks: { manifest: () => errors(404, 'MANIFEST_UNKNOWN', 'manifest unknown') },
    verdict: 'IMAGE_NOT_FOUND',
    definite: false,
  },
  {
    name: 'nvcr.io: HTML for a wrong key, and a user name that a shell has eaten',
    input: { image: 'nvcr.io/acme/api:1', credentials: { username: 'puller-77d1', password: 'nvapi-xyz123' } },
    quirks: {
      challenge: 'Bearer realm="https://nvcr.io/proxy_auth",scope="repository:acme/api:pull,push"',
      login: () => ({ status: 401, headers: { 'content-type': 'text/html' }, body: '<html><h1>401</h1>' }),
    },
    verdict: 'CREDENTIALS_REJECTED',
    message: /an HTML page\); store the user name \$oauthtoken/,
  },
  {
    name: 'ACR\'s firewall names the client\'s address',
    input: { image: 'acme.azurecr.io/api:1', location: 'function' },
    quirks: {
      challenge: ['Bearer realm="https://acme.azurecr.io/oauth2/token",service="acme.azurecr.io",scope="repository:api:pull"', 'Basic realm="https://acme.azurecr.io"'],
      login: () => errors(403, 'DENIED', 'client with IP \'203.0.113.7\' is not allowed access'),
    },
    verdict: 'NETWORK_RESTRICTED',
    message: /203\.0\.113\.7.*set pullCheck\.vpc to a VPC that the registry allows/,
  },
  ...[
    'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
    'Your IP is not whitelisted', 'access forbidden from IP 203.0.113.7', 'this network is not allowed',
  ].map((text): Behaviour => ({
    name: `a registry that speaks of addresses: ${text}`,
    input: { location: 'function' },
    quirks: { manifest: () => errors(403, 'DENIED', text) },
    verdict: 'NETWORK_RESTRICTED',
    message: /set pullCheck\.vpc to a VPC that the registry allows/,
  })),
  ...['requested access to the resource is denied', 'denied: zip is not allowed', 'the tag 1.2.3.4 is not allowed for you'].map((text): Behaviour => ({
    name: `a registry that does not: ${text}`,
    quirks: { manifest: () => errors(403, 'DENIED', text) },
    verdict: 'PULL_DENIED',
  })),
]);

const REFUSED_LOGIN = { login: () => ({ status: 401 }) };
const REFUSED_IMAGE = { manifest: () => errors(403, 'DENIED', 'denied') };
const ROBOT = { username: 'robot+puller-77d1', password: 'x9-secret' };

/** Host and key, and what the check advises after a refused login, and after a refused image. */
const ADVICE: readonly [host: string, key: string | undefined, obtain: RegExp, permit: RegExp][] = [
  ['registry.example.com', 'github-enterprise', /; create a classic personal access token with read:packages on this GitHub/, /; give the token read:packages and single sign-on/],
  ['registry.example.com', 'harbor', /; store the full name of a robot account \(robot\$project\+name\)/, /; give the robot account the permission to pull from the project$/],
  ['registry.example.com', 'nexus', /; store an active user with its password, or the name code and the pass code/, /; give the user a role with the privilege to read the Docker repository$/],
  ['registry.example.com', 'jfrog', /; store an access token \(not an API key\)/, /; give the user or group of the token read permission/],
  ['registry.example.com', 'self-managed-gitlab', /; store a deploy token .* scope read_registry/, /; use a deploy token .* scope read_registry$/],
  ['registry.example.com', undefined, /; store a user name and a password or token that work with docker login$/, /; check the spelling/],
  ['registry.example.com', 'custom', /; store a user name and a password or token that work with docker login$/, /; check the spelling/],
  ['registry.example.com', 'a-registry-of-tomorrow', /; store a user name and a password or token that work with docker login$/, /; check the spelling/],
  ['gitlab.example.com', undefined, /; store a deploy token/, /; use a deploy token/],
  // Any registry is a custom one, if the user wants.
  ['gitlab.example.com', 'custom', /; store a deploy token/, /; use a deploy token/],
  ['gitlab.example.com', 'harbor', /; store the full name of a robot account/, /; give the robot account the permission to pull/],
  ['quay.example.com', undefined, /; store a robot account \(namespace\+name\)/, /; give the robot account read permission/],
  ['acme.jfrog.io', undefined, /; store an access token \(not an API key\)/, /; give the user or group of the token read permission/],
  ['ghcr.io:443', undefined, /; create a classic personal access token/, /; give the token read:packages/],
];

describeBehaviours('advice goes by the key of the registry, or else by its host', ADVICE.flatMap(([host, key, obtain, permit]): Behaviour[] => {
  // The script answers for the host as URLs have it.
  const bare = host.replace(':443', '');
  const challenge = { challenge: `Bearer realm="https://${bare}/token",service="s",scope="repository:acme/api:pull"` };
  const input = { image: `${host}/acme/api:1`, registry: key };
  return [
    { name: `${host}, ${key}: refused login`, input, quirks: { ...challenge, ...REFUSED_LOGIN }, verdict: 'CREDENTIALS_REJECTED', credentialHosts: [bare], message: obtain },
    { name: `${host}, ${key}: refused image`, input, quirks: { ...challenge, ...REFUSED_IMAGE }, verdict: 'PULL_DENIED', credentialHosts: [bare], message: permit },
  ];
}));

describeBehaviours('mistakes in credentials are told where they are mistakes', [
  {
    name: 'a Harbor that is known',
    input: { registry: 'harbor', credentials: ROBOT },
    quirks: REFUSED_LOGIN,
    verdict: 'CREDENTIALS_REJECTED',
    message: /; store the robot account's full name, robot\$project\+name \(a shell expands an unquoted \$\)$/,
  },
  {
    name: 'a registry that is certainly no Harbor',
    input: { registry: 'nexus', credentials: ROBOT },
    quirks: REFUSED_LOGIN,
    verdict: 'CREDENTIALS_REJECTED',
    message: /; store an active user/,
  },
  {
    name: 'gcr.io, which does not accept a key in base64 as Artifact Registry does',
    input: { image: 'gcr.io/acme/api:1' },
    quirks: { ...REFUSED_LOGIN, challenge: 'Bearer realm="https://gcr.io/token",service="gcr.io",scope="repository:acme/api:pull"' },
    verdict: 'CREDENTIALS_REJECTED',
    message: /on gcr\.io, store _json_key with the key as it is/,
  },
  {
    name: 'a key trusts no host: the token service of GitLab.com is that of its own host only',
    input: { registry: 'gitlab' },
    quirks: { challenge: 'Bearer realm="https://gitlab.com/jwt/auth",service="container_registry",scope="repository:acme/api:pull"' },
    verdict: 'REALM_NOT_TRUSTED',
    credentialsSent: 0,
  },
]);
