import { describeBehaviours, Behaviour } from '../support/check-harness';
import { registry, Quirks, TOKEN, USERNAME } from '../support/registry-script';
import { errors, Script } from '../support/scripted-registry';

const TOKEN_PATHS = ['/v2/token', '/v2/registry/auth'];
const SCOPE = 'scope="repository:acme/api:pull"';
const REFUSED_LOGIN: Quirks = { login: () => errors(401, 'UNAUTHORIZED', 'authentication required') };
const REFUSED_IMAGE: Quirks = { manifest: () => errors(403, 'DENIED', 'denied') };
/** A token service that accepts any credentials. */
const ANY_LOGIN: Quirks = { login: () => ({ body: JSON.stringify({ token: TOKEN }) }), token: () => ({ body: JSON.stringify({ token: TOKEN }) }) };

function challengeOf(realm: string, service: string): Quirks {
  return { challenge: `Bearer realm="${realm}",service="${service}",${SCOPE}` };
}

/** A registry whose token service can have a path below /v2/. */
function scriptOf(image: string, quirks: Quirks): Script {
  const script = registry(new URL(`https://${image}`).host, quirks);
  return (request, call) => script(TOKEN_PATHS.includes(request.path) ? { ...request, path: '/token' } : request, call);
}

/** Gitea and Forgejo have two challenges in one header. */
function gitea(host: string, quirks: Quirks = {}): Script {
  const challenge = `Bearer realm="https://${host}/v2/token",service="container_registry",scope="*", Basic realm="Gitea Container Registry"`;
  return scriptOf(`${host}/acme/api:1`, { challenge, ...quirks });
}

/** Registry, image, its way to log in, hosts that are sent the credentials, and the advice after a refused login and after a refused image. */
const WAYS: readonly [label: string, image: string, way: Quirks, hosts: readonly string[], obtain: RegExp, permit: RegExp][] = [
  [
    'GitHub Enterprise', 'containers.acme.ghe.com/acme/api:1', challengeOf('https://containers.acme.ghe.com/token', 'containers.acme.ghe.com'),
    ['containers.acme.ghe.com'], /; create a classic personal access token with read:packages on this GitHub/, /; give the token read:packages and single sign-on/,
  ],
  [
    'Docker Hardened Images', 'dhi.io/acme/api:1', challengeOf('https://dhi.io/token', 'registry.docker.io'),
    ['dhi.io'], /; store a Docker ID \(not the e-mail address\)/, /; check the spelling: mirrored images .* docker\.io$/,
  ],
  [
    'DigitalOcean', 'registry.digitalocean.com/acme/api:1', challengeOf('https://api.digitalocean.com/v2/registry/auth', 'registry.digitalocean.com'),
    ['api.digitalocean.com'], /; store the API token of doctl registries docker-config as the user name and as the password$/, /; check the spelling, and use a token of the team/,
  ],
  [
    'Alibaba', 'registry.eu-central-1.aliyuncs.com/acme/api:1',
    challengeOf('https://dockerauth.eu-central-1.aliyuncs.com/auth', 'registry.aliyuncs.com:eu-central-1:26842'),
    ['dockerauth.eu-central-1.aliyuncs.com'], /; set a permanent password for Container Registry/, /; attach the policy AliyunContainerRegistryReadOnlyAccess/,
  ],
  [
    'IBM', 'us.icr.io/acme/api:1', { challenge: `Bearer realm="https://us.icr.io/oauth/token", service="registry", ${SCOPE}` },
    ['us.icr.io'], /; store the user name iamapikey, literally/, /; give the service ID the role Reader/,
  ],
  [
    'Cloudsmith', 'docker.cloudsmith.io/acme/api:1', challengeOf('https://docker.cloudsmith.io/token', 'docker.cloudsmith.io'),
    ['docker.cloudsmith.io'], /; store a service account with its current API key/, /; give the service account the privilege Read/,
  ],
  [
    'the dependency proxy of GitLab.com', 'gitlab.com/acme/dependency_proxy/containers/nginx:1', challengeOf('https://gitlab.com/jwt/auth', 'dependency_proxy'),
    ['gitlab.com'], /; store a deploy token of the group .* read_registry and read_virtual_registry, or read_registry and write_registry$/, /; use a token of this group .* registry\.gitlab\.com$/,
  ],
];

describeBehaviours('more registries and their ways to log in', WAYS.flatMap(([label, image, way, credentialHosts, obtain, permit]): Behaviour[] => {
  const behaviour = { input: { image }, credentialHosts };
  return [
    { ...behaviour, name: `${label}: a pull`, script: scriptOf(image, way), verdict: 'OK' },
    { ...behaviour, name: `${label}: a refused login`, script: scriptOf(image, { ...way, ...REFUSED_LOGIN }), verdict: 'CREDENTIALS_REJECTED', message: obtain },
    { ...behaviour, name: `${label}: a refused image`, script: scriptOf(image, { ...way, ...REFUSED_IMAGE }), verdict: 'PULL_DENIED', message: permit },
  ];
}));

const FRA = challengeOf('https://fra.ocir.io/20180419/docker/token', 'fra.ocir.io');
const ANONYMOUS = () => errors(403, 'DENIED', 'Anonymous users are only allowed read access on public repos');

describeBehaviours('mistakes at more registries', [
  {
    name: 'Oracle: a pull with the full user name',
    input: { image: 'fra.ocir.io/ansh81vru1zp/api:1', credentials: { username: 'ansh81vru1zp/Default/puller-77d1', password: 'x9-secret' } },
    quirks: { ...FRA, ...ANY_LOGIN },
    verdict: 'OK',
  },
  {
    name: 'Oracle: a user name without the namespace is anonymous',
    input: { image: 'fra.ocir.io/ansh81vru1zp/api:1', credentials: { username: 'puller-77d1', password: 'x9-secret' } },
    quirks: { ...FRA, ...ANY_LOGIN, manifest: ANONYMOUS },
    verdict: 'PULL_DENIED',
    message: /; OCIR treats a user name without the tenancy namespace as anonymous: store the user name as <tenancy namespace>\/<user>, or /,
  },
  {
    name: 'Oracle: a user name without its identity domain is anonymous, too',
    input: { image: 'fra.ocir.io/ansh81vru1zp/api:1', credentials: { username: 'ansh81vru1zp/puller-77d1', password: 'x9-secret' } },
    quirks: { ...FRA, ...ANY_LOGIN, manifest: ANONYMOUS },
    verdict: 'PULL_DENIED',
    message: /; store the user name as .*<identity domain>.* \(OCIR treats any other form as anonymous\)/,
  },
  {
    name: 'GitHub Enterprise: a fine-grained token is named as what it is',
    input: { image: 'containers.acme.ghe.com/acme/api:1', credentials: { username: USERNAME, password: 'github_pat_11AAAA' } },
    quirks: { login: () => errors(403, 'DENIED', 'denied') },
    verdict: 'CREDENTIALS_REJECTED',
    message: /GitHub Packages does not accept fine-grained tokens/,
  },
  {
    name: 'GitHub Enterprise Server: the advice goes by the provider',
    input: { registry: 'github-enterprise', credentials: { username: USERNAME, password: 'ghs_0123456789' } },
    quirks: { ...ANY_LOGIN, ...REFUSED_IMAGE },
    verdict: 'PULL_DENIED',
    message: /only inside its GitHub Actions run/,
  },
  {
    name: 'Alibaba: a temporary password works, with a warning that it expires',
    input: { image: 'registry.eu-central-1.aliyuncs.com/acme/api:1', credentials: { username: 'cr_temp_user', password: 'x9-secret' } },
    quirks: { ...challengeOf('https://dockerauth.eu-central-1.aliyuncs.com/auth', 's'), ...ANY_LOGIN },
    credentialHosts: ['dockerauth.eu-central-1.aliyuncs.com'],
    verdict: 'OK',
    message: /but this temporary password expires within an hour/,
  },
  {
    name: 'Alibaba: an instance of the Enterprise Edition with a token service of its own',
    input: { image: 'acme-registry.eu-central-1.cr.aliyuncs.com/acme/api:1' },
    quirks: challengeOf('https://dockerauth-ee.eu-central-1.aliyuncs.com/auth', 'registry.aliyuncs.com:eu-central-1:cri-acme'),
    credentialHosts: ['dockerauth-ee.eu-central-1.aliyuncs.com'],
    verdict: 'OK',
  },
  {
    name: 'Alibaba: no token service of the international hosts is documented',
    input: { image: 'registry-intl.eu-central-1.aliyuncs.com/acme/api:1' },
    quirks: challengeOf('https://dockerauth.eu-central-1.aliyuncs.com/auth', 's'),
    verdict: 'REALM_NOT_TRUSTED',
    credentialsSent: 0,
  },
  {
    name: 'Alibaba: the token service of another region is not trusted',
    input: { image: 'registry.eu-central-1.aliyuncs.com/acme/api:1' },
    quirks: challengeOf('https://dockerauth.cn-hangzhou.aliyuncs.com/auth', 's'),
    verdict: 'REALM_NOT_TRUSTED',
    credentialsSent: 0,
  },
  {
    name: 'Alibaba: the token service of another region is trusted if the user names it',
    input: { image: 'registry.eu-central-1.aliyuncs.com/acme/api:1', authHost: 'dockerauth.cn-hangzhou.aliyuncs.com' },
    quirks: challengeOf('https://dockerauth.cn-hangzhou.aliyuncs.com/auth', 's'),
    credentialHosts: ['dockerauth.cn-hangzhou.aliyuncs.com'],
    verdict: 'OK',
  },
  {
    name: 'buckets named registry and dockerauth are not Alibaba\'s registry',
    input: { image: 'registry.oss-cn-hangzhou.aliyuncs.com/acme/api:1', registry: 'alibaba' },
    quirks: challengeOf('https://dockerauth.oss-cn-hangzhou.aliyuncs.com/auth', 's'),
    verdict: 'REALM_NOT_TRUSTED',
    credentialsSent: 0,
  },
  {
    name: 'DigitalOcean\'s token service is that of its own host only',
    input: { registry: 'digitalocean' },
    quirks: challengeOf('https://api.digitalocean.com/v2/registry/auth', 's'),
    verdict: 'REALM_NOT_TRUSTED',
    credentialsSent: 0,
  },
  {
    name: 'IBM: an API key with another user name',
    input: { image: 'us.icr.io/acme/api:1', credentials: { username: 'puller-77d1', password: 'x9-secret' } },
    quirks: REFUSED_LOGIN,
    verdict: 'CREDENTIALS_REJECTED',
    message: /; store the user name iamapikey, literally, with an API key$/,
  },
  {
    name: 'IBM: an IAM token works, with a warning that it expires',
    input: { image: 'us.icr.io/acme/api:1', credentials: { username: 'iambearer', password: 'eyJ-access' } },
    quirks: ANY_LOGIN,
    verdict: 'OK',
    message: /but IAM tokens expire, store the user name iamapikey/,
  },
  {
    name: 'Codeberg: a pull',
    input: { image: 'codeberg.org/acme/api:1' },
    script: gitea('codeberg.org'),
    verdict: 'OK',
  },
  {
    name: 'Codeberg: a token without read:package is answered as a wrong one',
    input: { image: 'codeberg.org/acme/api:1' },
    script: gitea('codeberg.org', REFUSED_LOGIN),
    verdict: 'CREDENTIALS_REJECTED',
    message: /; store the name of the user with an access token that has the scope read:package/,
  },
  {
    name: 'Gitea on a host of its owner, by the provider',
    input: { registry: 'gitea' },
    script: gitea('registry.example.com', REFUSED_LOGIN),
    verdict: 'CREDENTIALS_REJECTED',
    message: /the scope read:package/,
  },
  {
    name: 'Gitea on a host of its owner, by its challenge',
    script: gitea('registry.example.com', REFUSED_LOGIN),
    verdict: 'CREDENTIALS_REJECTED',
    message: /the scope read:package/,
  },
  {
    name: 'Gitea on a host of its owner, by the name of the host',
    input: { image: 'gitea.example.com/acme/api:1' },
    script: gitea('gitea.example.com', REFUSED_LOGIN),
    verdict: 'CREDENTIALS_REJECTED',
    message: /the scope read:package/,
  },
]);
