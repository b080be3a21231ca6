import { REGISTRIES, registryOfHost, registryOfKey } from '../../src/registries/registries';

const SAMPLE_HOSTS: Record<string, string[]> = {
  'github-enterprise': ['containers.acme.ghe.com'],
  'azure': ['acme.azurecr.io', 'acme-a1b2c3.azurecr.io', 'acme.azurecr.cn', 'acme.azurecr.us'],
  'google': ['europe-west1-docker.pkg.dev', 'us-docker.pkg.dev', 'gcr.io', 'eu.gcr.io'],
  'jfrog': ['acme.jfrog.io', 'acme-docker-local.jfrog.io'],
  'ecr': [
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com', '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com', '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn',
    '111122223333.dkr-ecr.eu-west-1.on.aws', '111122223333.dkr-ecr-fips.us-east-1.on.aws', '111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn',
    '111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov', '111122223333.dkr.ecr.us-isob-east-1.sc2s.sgov.gov',
  ],
};

test('the keys stand in templates: none changes, none is there twice', () => {
  expect(REGISTRIES.map(({ key }) => key)).toEqual([
    'docker-hub', 'ghcr', 'github-enterprise', 'gitlab', 'self-managed-gitlab', 'quay', 'red-hat', 'nvidia', 'chainguard', 'azure',
    'google', 'jfrog', 'harbor', 'nexus',
    'ecr', 'ecr-public', 'custom',
  ]);
});

test.each(REGISTRIES)('$key is found by its key', (registry) => {
  expect(registryOfKey(registry.key)).toBe(registry);
});

test('no registry has another key, or the name of a member of all objects', () => {
  expect([registryOfKey('GHCR'), registryOfKey(''), registryOfKey('toString')]).toEqual([undefined, undefined, undefined]);
});

test.each(REGISTRIES.flatMap(({ key, hosts }) => [...hosts, ...SAMPLE_HOSTS[key] ?? []].map((host) => [host, key])))('%s is a host of %s', (host, key) => {
  expect(registryOfHost(host)?.key).toBe(key);
  expect(registryOfHost(`${host}:443`)?.key).toBe(key);
  expect(registryOfHost(`${host}:5000`)).toBeUndefined();
  expect(registryOfHost(`${host}.attacker.com`)).toBeUndefined();
  expect(registryOfHost(`attacker.com/${host}`)).toBeUndefined();
  expect(REGISTRIES.filter(({ hosts, hostPattern }) => hosts.includes(host) || hostPattern?.test(host))).toHaveLength(1);
});

test.each(REGISTRIES.filter(({ hostPattern }) => hostPattern))('there are samples of the hosts of $key', ({ key }) => {
  expect(SAMPLE_HOSTS[key].length).toBeGreaterThan(0);
});

test.each(['a.b.azurecr.io', 'xgcr.io', 'k8s.gcr.io', '1111.dkr.ecr.eu-west-1.amazonaws.com', 'gitlab.example.com', 'quay.example.com', 'harbor.example.com'])(
  '%s belongs to no registry for certain', (host) => {
    expect(registryOfHost(host)).toBeUndefined();
  });

test('only registries with known hosts have another host that is sent the credentials', () => {
  expect(REGISTRIES.filter(({ authHost }) => authHost).map(({ key, authHost }) => [key, authHost])).toEqual([['docker-hub', 'auth.docker.io'], ['gitlab', 'gitlab.com']]);
});
