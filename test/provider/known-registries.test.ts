import { authHostsAt, authHostsOf, REGISTRIES, registryOfHost, registryOfKey } from '../../src/registries/registries';

const SAMPLE_HOSTS: Record<string, string[]> = {
  'azure': ['acme.azurecr.io', 'acme-a1b2c3.azurecr.io', 'acme.azurecr.cn', 'acme.azurecr.us'],
  'github-enterprise': ['containers.acme.ghe.com', 'containers.acme-a1.ghe.com'],
  'alibaba': [
    'registry.cn-hangzhou.aliyuncs.com', 'registry-intl.ap-southeast-1.aliyuncs.com', 'registry.eu-central-1.aliyuncs.com',
    'acme-registry.eu-central-1.cr.aliyuncs.com', 'a-b-registry.cn-zhangjiakou.cr.aliyuncs.com',
  ],
  'oracle': ['fra.ocir.io', 'eu-frankfurt-1.ocir.io', 'jnb.ocir.io'],
  'gitea': ['codeberg.org'],
  'google': ['europe-west1-docker.pkg.dev', 'us-docker.pkg.dev', 'gcr.io', 'eu.gcr.io'],
  'jfrog': ['acme.jfrog.io', 'acme-docker-local.jfrog.io'],
  'ecr': [
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com', '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com', '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn',
    '111122223333.dkr-ecr.eu-west-1.on.aws', '111122223333.dkr-ecr-fips.us-east-1.on.aws', '111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn',
    '111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov', '111122223333.dkr.ecr.us-isob-east-1.sc2s.sgov.gov',
  ],
};

test('the keys stand in templates: none changes, none is there twice', () => {
  expect(REGISTRIES.map(({ key }) => key).sort()).toEqual([
    'docker-hub', 'ghcr', 'gitlab', 'self-managed-gitlab', 'quay', 'red-hat', 'nvidia', 'chainguard', 'azure', 'google', 'jfrog', 'harbor', 'nexus',
    'ecr', 'ecr-public', 'custom', 'docker-hardened-images', 'github-enterprise', 'gitlab-dependency-proxy', 'digitalocean', 'alibaba', 'oracle', 'ibm',
    'cloudsmith', 'gitea',
  ].sort());
});

test.each(REGISTRIES)('$key is found by its key', (registry) => {
  expect(registryOfKey(registry.key)).toBe(registry);
});

test('no registry has another key, or the name of a member of all objects', () => {
  expect([registryOfKey('GHCR'), registryOfKey(''), registryOfKey('toString')]).toEqual([undefined, undefined, undefined]);
});

test.each(REGISTRIES.flatMap(({ key, hosts }) => [...hosts, ...SAMPLE_HOSTS[key] ?? []].map((host) => [host, key])))('%s is a host of %s', (host, key) => {
  expect(registryOfHost(host)).toBe(registryOfKey(key));
  expect(registryOfHost(`${host}:443`)).toBe(registryOfKey(key));
  expect(registryOfHost(`${host}:5000`)).toBeUndefined();
  expect(registryOfHost(`${host}.attacker.com`)).toBeUndefined();
  expect(registryOfHost(`attacker.com/${host}`)).toBeUndefined();
  expect(REGISTRIES.filter(({ hosts, hostPattern }) => hosts.includes(host) || hostPattern?.test(host))).toHaveLength(1);
});

test.each(REGISTRIES.filter(({ hostPattern }) => hostPattern))('there are samples of the hosts of $key', ({ key }) => {
  expect(SAMPLE_HOSTS[key].length).toBeGreaterThan(0);
});

test.each(['a.b.azurecr.io', 'xgcr.io', 'k8s.gcr.io', '1111.dkr.ecr.eu-west-1.amazonaws.com', 'gitlab.example.com', 'quay.example.com', 'harbor.example.com',
  'acme.ghe.com', 'containers.ghe.com', 'containers.a.b.ghe.com', 'containers.github.example.com', 'git.codeberg.org', 'gitea.example.com', 'ocir.io', 'a.fra.ocir.io',
  'cp.icr.io', 'xicr.io', 'digitalocean.com', 'api.digitalocean.com', 'cloudsmith.io', 'gitlab.com.example.com'])(
  '%s belongs to no registry for certain', (host) => {
    expect(registryOfHost(host)).toBeUndefined();
  });

test('no registry has another host that is sent the credentials, but for these', () => {
  expect(REGISTRIES.filter(({ authHost }) => authHost).map(({ key, authHost }) => [key, authHost])).toEqual([
    ['docker-hub', 'auth.docker.io'], ['gitlab', 'gitlab.com'], ['digitalocean', 'api.digitalocean.com'],
  ]);
  expect(REGISTRIES.filter(({ authHostsOf: ofHost }) => ofHost).map(({ key }) => key)).toEqual(['self-managed-gitlab', 'alibaba']);
});

test.each([
  ['registry-1.docker.io', ['auth.docker.io']],
  ['registry.gitlab.com:443', ['gitlab.com']],
  ['registry.eu-central-1.aliyuncs.com', ['dockerauth.eu-central-1.aliyuncs.com', 'dockerauth-ee.eu-central-1.aliyuncs.com']],
  ['acme-registry.cn-hangzhou.cr.aliyuncs.com:443', ['dockerauth.cn-hangzhou.aliyuncs.com', 'dockerauth-ee.cn-hangzhou.aliyuncs.com']],
  ['registry.cn-zhangjiakou.aliyuncs.com', ['dockerauth-cn-zhangjiakou.aliyuncs.com', 'dockerauth-ee.cn-zhangjiakou.aliyuncs.com']],
])('the tokens for %s come from %j', (host, authHosts) => {
  expect(authHostsOf(host)).toEqual(authHosts);
});

// Alibaba does not document the token service of the international hosts.
test.each(['registry-intl.ap-southeast-1.aliyuncs.com', 'ghcr.io', 'registry.example.com', 'gitlab.example.com:5050', 'registry.gitlab.example.com'])(
  'no other host issues tokens for %s for certain', (host) => {
    expect(authHostsOf(host)).toEqual([]);
  });

test.each([
  ['gitlab.example.com:5050', ['gitlab.example.com']],
  ['registry.gitlab.example.com', ['gitlab.example.com']],
  ['registry.gitlab.example.com:5050', ['gitlab.example.com']],
  ['registry.example.com:5000', ['registry.example.com']],
  ['registry.example.com', []],
  ['gitlab.example.com', []],
  ['gitlab.example.com:443', []],
  ['registry.gitlabs.example.com', []],
])('a self-managed GitLab with the registry %s issues tokens at %j', (host, authHosts) => {
  expect(authHostsAt(registryOfKey('self-managed-gitlab')!, host)).toEqual(authHosts);
});

// Customers choose the names of buckets and functions in this domain.
test.each([
  'registry.oss-cn-hangzhou.aliyuncs.com', 'registry.oss-eu-central-1.aliyuncs.com', 'registry.cn-hangzhou.oss.aliyuncs.com',
  'registry.cn-hangzhou-internal.aliyuncs.com', 'acme-registry.cn-hangzhou.aliyuncs.com', 'acme.cn-hangzhou.cr.aliyuncs.com',
  'acme-registry.oss-cn-hangzhou.cr.aliyuncs.com', 'registry.cn-hangzhou.fc.aliyuncs.com', 'registry.eu-central-1x.aliyuncs.com',
  'dockerauth.cn-hangzhou.aliyuncs.com',
])('%s is no registry of Alibaba', (host) => {
  expect(registryOfHost(host)).toBeUndefined();
  expect(authHostsAt(registryOfKey('alibaba')!, host)).toEqual([]);
});
