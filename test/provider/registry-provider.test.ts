import { CfnParameter, Lazy, Stack, Token } from 'aws-cdk-lib';
import { RegistryProvider } from '../../src/provider/registry-provider';

const PRESETS = [
  RegistryProvider.DOCKER_HUB, RegistryProvider.GHCR, RegistryProvider.GITLAB, RegistryProvider.QUAY,
  RegistryProvider.RED_HAT, RegistryProvider.NVIDIA, RegistryProvider.CHAINGUARD, RegistryProvider.DOCKER_HARDENED_IMAGES,
  RegistryProvider.GITLAB_DEPENDENCY_PROXY, RegistryProvider.DIGITALOCEAN, RegistryProvider.IBM, RegistryProvider.CLOUDSMITH,
];

const A_TOKEN = Lazy.string({ produce: () => 'registry.example.com' });

describe('presets', () => {
  test.each([
    ['DOCKER_HUB', RegistryProvider.DOCKER_HUB, 'docker.io', 'auth.docker.io'],
    ['GHCR', RegistryProvider.GHCR, 'ghcr.io', undefined],
    ['GITLAB', RegistryProvider.GITLAB, 'registry.gitlab.com', 'gitlab.com'],
    ['QUAY', RegistryProvider.QUAY, 'quay.io', undefined],
    ['RED_HAT', RegistryProvider.RED_HAT, 'registry.redhat.io', undefined],
    ['NVIDIA', RegistryProvider.NVIDIA, 'nvcr.io', undefined],
    ['CHAINGUARD', RegistryProvider.CHAINGUARD, 'cgr.dev', undefined],
    ['DOCKER_HARDENED_IMAGES', RegistryProvider.DOCKER_HARDENED_IMAGES, 'dhi.io', undefined],
    ['GITLAB_DEPENDENCY_PROXY', RegistryProvider.GITLAB_DEPENDENCY_PROXY, 'gitlab.com', undefined],
    ['DIGITALOCEAN', RegistryProvider.DIGITALOCEAN, 'registry.digitalocean.com', 'api.digitalocean.com'],
    ['IBM', RegistryProvider.IBM, 'icr.io', undefined],
    ['CLOUDSMITH', RegistryProvider.CLOUDSMITH, 'docker.cloudsmith.io', undefined],
  ])('%s', (_, provider, host, authHost) => {
    expect(provider.host).toBe(host);
    expect(provider.authHost).toBe(authHost);
    expect(provider.privateNetwork).toBe(false);
  });

  test('Docker Hub has the names that Docker knows it by', () => {
    expect(RegistryProvider.DOCKER_HUB.aliases).toEqual(['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);
  });

  test('an API key of IBM is for all regions, but not for the software that IBM sells', () => {
    expect(['us.icr.io', 'de.icr.io', 'jp2.icr.io', 'cp.icr.io'].map((host) => RegistryProvider.IBM.servesHost(host))).toEqual([true, true, true, false]);
  });

  test('the dependency proxy and the registry of GitLab.com are two registries', () => {
    expect(RegistryProvider.GITLAB.servesHost('gitlab.com')).toBe(false);
    expect(RegistryProvider.GITLAB_DEPENDENCY_PROXY.servesHost('registry.gitlab.com')).toBe(false);
  });

  test('the hints are those of the registry', () => {
    expect(RegistryProvider.GHCR).toMatchObject({
      usernameHint: expect.stringContaining('any text'),
      passwordHint: expect.stringContaining('classic personal access token'),
      _key: 'ghcr',
    });
  });
});

describe('registries with a host of their own', () => {
  test.each([
    ['selfManagedGitlab', RegistryProvider.selfManagedGitlab, 'self-managed-gitlab'],
    ['jfrog', RegistryProvider.jfrog, 'jfrog'],
    ['harbor', RegistryProvider.harbor, 'harbor'],
    ['nexus', RegistryProvider.nexus, 'nexus'],
    ['gitea', RegistryProvider.gitea, 'gitea'],
    ['custom', RegistryProvider.custom, 'custom'],
  ])('%s accepts a host and options', (_, factory, key) => {
    expect(factory('Registry.Example.com:5000', {
      authHost: 'Auth.example.com',
      aliases: ['Mirror.example.com'],
      privateNetwork: true,
    })).toMatchObject({
      _key: key,
      host: 'registry.example.com:5000',
      authHost: 'auth.example.com',
      aliases: ['mirror.example.com'],
      privateNetwork: true,
    });
    expect(factory('registry.example.com')).toMatchObject({
      authHost: undefined,
      aliases: [],
      privateNetwork: false,
    });
  });

  test('a self-managed GitLab has nothing of the hosts of GitLab.com', () => {
    const provider = RegistryProvider.selfManagedGitlab('gitlab.example.com:5050');
    expect(provider.servesHost('registry.gitlab.com')).toBe(false);
    expect(provider.authHost).toBe('gitlab.example.com');
    expect(provider.passwordHint).toBe(RegistryProvider.GITLAB.passwordHint);
  });

  test.each([
    ['gitlab.example.com:5050', undefined, 'gitlab.example.com'],
    ['registry.gitlab.example.com', undefined, 'gitlab.example.com'],
    ['registry.example.com', undefined, undefined],
    ['gitlab.example.com:5050', 'gitlab.example.com:8443', 'gitlab.example.com:8443'],
  ])('a self-managed GitLab with the registry %s and the authHost %s issues its tokens at %s', (host, given, authHost) => {
    expect(RegistryProvider.selfManagedGitlab(host, { authHost: given }).authHost).toBe(authHost);
  });

  test('Azure accepts the name of the registry, or its login server', () => {
    expect(RegistryProvider.azure('Acme').host).toBe('acme.azurecr.io');
    expect(RegistryProvider.azure('acme.azurecr.io').host).toBe('acme.azurecr.io');
    expect(RegistryProvider.azure('acme-a1b2c3').host).toBe('acme-a1b2c3.azurecr.io');
    expect(RegistryProvider.azure('acme.azurecr.cn').host).toBe('acme.azurecr.cn');
  });

  test('Google accepts a location, or a host', () => {
    expect(RegistryProvider.googleArtifactRegistry('europe-west1').host).toBe('europe-west1-docker.pkg.dev');
    expect(RegistryProvider.googleArtifactRegistry('us-docker.pkg.dev').host).toBe('us-docker.pkg.dev');
    expect(RegistryProvider.googleArtifactRegistry('eu.gcr.io').host).toBe('eu.gcr.io');
  });
});

describe('registries with a host for each customer or region', () => {
  test('GitHub Enterprise accepts the host of GitHub, or of its registry', () => {
    expect(RegistryProvider.githubEnterprise('Acme.ghe.com')).toMatchObject({ _key: 'github-enterprise', host: 'containers.acme.ghe.com', authHost: undefined });
    expect(RegistryProvider.githubEnterprise('containers.acme.ghe.com').host).toBe('containers.acme.ghe.com');
    expect(RegistryProvider.githubEnterprise('github.example.com', { aliases: ['mirror.example.com'], authHost: 'github.example.com', privateNetwork: true }))
      .toMatchObject({ host: 'containers.github.example.com', aliases: ['mirror.example.com'], authHost: 'github.example.com', privateNetwork: true });
  });

  test('Alibaba accepts a region, or a host', () => {
    expect(RegistryProvider.alibaba('eu-central-1'))
      .toMatchObject({ _key: 'alibaba', host: 'registry.eu-central-1.aliyuncs.com', authHost: 'dockerauth.eu-central-1.aliyuncs.com', aliases: [] });
    expect(RegistryProvider.alibaba('acme-registry.cn-hangzhou.cr.aliyuncs.com'))
      .toMatchObject({ host: 'acme-registry.cn-hangzhou.cr.aliyuncs.com', authHost: 'dockerauth.cn-hangzhou.aliyuncs.com' });
    expect(RegistryProvider.alibaba('cn-beijing', { authHost: 'dockerauth.cn-hangzhou.aliyuncs.com', aliases: ['registry.example.com'] }))
      .toMatchObject({ host: 'registry.cn-beijing.aliyuncs.com', authHost: 'dockerauth.cn-hangzhou.aliyuncs.com', aliases: ['registry.example.com'] });
  });

  test.each(['oss-cn-hangzhou', 'frankfurt', 'registry.oss-cn-hangzhou.aliyuncs.com', 'registry.eu-central-1.aliyuncs.com.attacker.com'])(
    '%s is no region or host of Alibaba', (region) => {
      expect(() => RegistryProvider.alibaba(region)).toThrow(
        / is not a host of Alibaba Cloud, expected .*, or only the part between "registry\." and "\.aliyuncs\.com"; use RegistryProvider\.custom\(\)/);
    });

  test('Oracle accepts a region by its key or its identifier, or a host', () => {
    expect(RegistryProvider.oracle('fra')).toMatchObject({ _key: 'oracle', host: 'fra.ocir.io', authHost: undefined });
    expect(RegistryProvider.oracle('EU-Frankfurt-1').host).toBe('eu-frankfurt-1.ocir.io');
    expect(RegistryProvider.oracle('fra.ocir.io').host).toBe('fra.ocir.io');
    expect(() => RegistryProvider.oracle('fra.ocir.io.attacker.com')).toThrow('"fra.ocir.io.attacker.com" is not a host of Oracle Cloud');
  });
});

describe('hosts', () => {
  test.each([
    'registry.example.com', 'registry.example.com:5000', 'localhost', 'localhost:5000', 'registry:5000', '10.0.0.5', '10.0.0.5:5000', '[2001:db8::1]:5000',
    'xn--bcher-kva.example',
  ])('%s is one', (host) => {
    expect(RegistryProvider.custom(host).host).toBe(host);
  });

  test.each([
    'acme', ' registry.example.com', 'registry.example.com ', 'registry_1.example.com', 'registry.example.com:', 'registry.example.com:http',
    'registry.example.com:0', 'registry.example.com:65536', 'registry..example.com', '.example.com', '-registry.example.com', 'bücher.example',
    'registry.example.com?insecure', '127.1:5000', '://',
  ])('%j is none', (host) => {
    expect(() => RegistryProvider.custom(host)).toThrow(
      `registry host ${JSON.stringify(host)} is not a host, expected a full host name and nothing but a port after it, `
      + 'like "registry.example.com" or "registry.example.com:5000"; write the host as in image references [cdk-private-registry:invalidRegistryHost]');
  });

  test.each([
    ['https://registry.example.com', 'registry.example.com'],
    ['https://Registry.example.com:5000/v2/', 'registry.example.com:5000'],
    ['registry.example.com/', 'registry.example.com'],
    ['registry.example.com/team/app:1', 'registry.example.com'],
    ['http://localhost:5000', 'localhost:5000'],
  ])('%s has to be %s', (host, bare) => {
    expect(() => RegistryProvider.harbor(host)).toThrow(`registry host ${JSON.stringify(host)} is not a host`);
    expect(() => RegistryProvider.harbor(host)).toThrow(`; write "${bare}" [cdk-private-registry:invalidRegistryHost]`);
  });

  test.each([
    ['azure', RegistryProvider.azure], ['googleArtifactRegistry', RegistryProvider.googleArtifactRegistry], ['alibaba', RegistryProvider.alibaba],
    ['oracle', RegistryProvider.oracle], ['githubEnterprise', RegistryProvider.githubEnterprise], ['selfManagedGitlab', RegistryProvider.selfManagedGitlab],
    ['jfrog', RegistryProvider.jfrog], ['harbor', RegistryProvider.harbor], ['nexus', RegistryProvider.nexus], ['gitea', RegistryProvider.gitea],
    ['custom', RegistryProvider.custom],
  ] as [string, (host: any, options?: any) => RegistryProvider][])('%s says what is missing to a caller without types', (_, factory) => {
    const withKind = (kind: string) => `registry host is ${kind}, expected a host as text, like "registry.example.com"; `
      + 'write the host as in image references [cdk-private-registry:invalidRegistryHost]';
    expect(() => factory(undefined)).toThrow(withKind('not set'));
    expect(() => factory(null)).toThrow(withKind('not set'));
    expect(() => factory('')).toThrow(withKind('empty'));
    expect(() => factory(5000)).toThrow(withKind('a value of type number'));
    expect(() => factory({ host: 'registry.example.com' })).toThrow(withKind('a value of type object'));
    expect(() => factory(['registry.example.com'])).toThrow(withKind('a value of type object'));
  });

  test.each([[{ authHost: 443 }, 'authHost is a value of type number'], [{ authHost: '' }, 'authHost is empty'], [{ aliases: [undefined] }, 'alias is not set'],
    [{ aliases: 5000 }, 'alias is a value of type number']] as [any, string][])('it says that of the options, too: %j', (options, message) => {
    expect(() => RegistryProvider.custom('registry.example.com', options)).toThrow(message);
  });

  test('one alias as text is one alias', () => {
    expect(RegistryProvider.custom('registry.example.com', { aliases: 'mirror.example.com' as any }).aliases).toEqual(['mirror.example.com']);
  });

  test('the error names the property', () => {
    expect(() => RegistryProvider.custom('registry.example.com', { authHost: 'https://auth.example.com' }))
      .toThrow('authHost "https://auth.example.com" is not a host');
    expect(() => RegistryProvider.custom('registry.example.com', { aliases: ['ok.example.com', 'a/b'] }))
      .toThrow('alias "a/b" is not a host');
  });

  test.each(['bot:hunter2@registry.example.com', 'https://bot:hunter2@registry.example.com/', 'bot%3Ahunter2%40registry.example.com', '{"username":"bot","password":"hunter2"}'])(
    'a password in %s is not repeated', (host) => {
      const add = () => RegistryProvider.custom(host);
      expect(add).toThrow(/^registry host contains "@", a quote or a brace, and is not shown, since it can contain a password; .*RegistryCredentials \[cdk-private-registry:invalidRegistryHost\]$/);
      expect(add).not.toThrow(/hunter2/);
    });

  test.each([
    ['a host', () => RegistryProvider.custom(A_TOKEN)],
    ['a part of a host', () => RegistryProvider.custom(`${A_TOKEN}:5000`)],
    ['a name', () => RegistryProvider.azure(Token.asString({ Ref: 'Registry' }))],
    ['an alias', () => RegistryProvider.nexus('nexus.example.com', { aliases: [A_TOKEN] })],
    ['authHost', () => RegistryProvider.selfManagedGitlab('registry.example.com', { authHost: A_TOKEN })],
  ])('an unresolved token is refused as %s', (_, add) => {
    expect(add).toThrow(/ is an unresolved token, expected a host that is known at synth, .* \[cdk-private-registry:invalidRegistryHost\]$/);
  });

  test.each([
    ['acme.azurecr.io.attacker.com'], ['acme.azurecr.de'], ['acme.azurecr.cn.attacker.com'], ['registry.example.com'], ['a.b.azurecr.io'], ['acme.azurecr.io:5000'],
  ])('%s is no host of Azure', (host) => {
    expect(() => RegistryProvider.azure(host)).toThrow(
      `"${host}" is not a host of Azure Container Registry, expected \`<name>.azurecr.io\`, or only the part before ".azurecr.io"; `
      + 'use RegistryProvider.custom() for another registry [cdk-private-registry:invalidRegistryHost]');
  });

  test('a name with anything else than a name in it is refused', () => {
    expect(() => RegistryProvider.azure('https://acme')).toThrow('; write "acme.azurecr.io" [');
    expect(() => RegistryProvider.azure('acme/team')).toThrow('is not a host');
    expect(() => RegistryProvider.googleArtifactRegistry('europe west1')).toThrow('is not a host');
    expect(() => RegistryProvider.googleArtifactRegistry('pkg.dev')).toThrow('"pkg.dev" is not a host of Google Artifact Registry');
  });
});

describe('servesHost', () => {
  test.each(PRESETS)('$host serves its hosts, with the default port and in upper case too', (provider) => {
    for (const host of [provider.host, ...provider.aliases]) {
      expect(provider.servesHost(host)).toBe(true);
      expect(provider.servesHost(`${host}:443`)).toBe(true);
      expect(provider.servesHost(host.toUpperCase())).toBe(true);
    }
  });

  test('it serves no other host and no other port', () => {
    const provider = RegistryProvider.custom('registry.example.com:5000', { aliases: ['mirror.example.com'] });
    expect(provider.servesHost('registry.example.com:5000')).toBe(true);
    expect(provider.servesHost('mirror.example.com')).toBe(true);
    for (const host of [
      'registry.example.com', 'registry.example.com:50000', 'mirror.example.com:5000', 'example.com', 'registryxexample.com:5000',
      'a.registry.example.com:5000', 'registry.example.com:5000.attacker.com', '', 'docker.io',
    ]) {
      expect(provider.servesHost(host)).toBe(false);
    }
  });

  test('a provider given with the default port serves the host without it', () => {
    expect(RegistryProvider.custom('registry.example.com:443').servesHost('registry.example.com')).toBe(true);
  });
});

describe('forImage', () => {
  test.each(PRESETS)('finds $host by its host and its aliases', (provider) => {
    for (const host of [provider.host, ...provider.aliases]) {
      expect(RegistryProvider.forImage(`${host}/acme/api:1.4.2`)).toEqual(provider);
    }
  });

  test.each(['nginx', 'acme/api:1.4.2', 'docker.io/nginx', 'index.docker.io/nginx', 'docker.io:443/acme/api'])('%s is in Docker Hub', (reference) => {
    expect(RegistryProvider.forImage(reference)).toEqual(RegistryProvider.DOCKER_HUB);
  });

  test.each([
    ['acme.azurecr.io/api:1', 'azure', 'acme.azurecr.io'],
    ['Acme.AzureCR.io:443/api:1', 'azure', 'acme.azurecr.io'],
    ['acme-a1b2c3.azurecr.io/api:1', 'azure', 'acme-a1b2c3.azurecr.io'],
    ['acme.azurecr.cn/api:1', 'azure', 'acme.azurecr.cn'],
    ['acme.azurecr.us/api:1', 'azure', 'acme.azurecr.us'],
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:1', 'ecr', '111122223333.dkr.ecr.eu-west-1.amazonaws.com'],
    ['public.ecr.aws/nginx/nginx:1', 'ecr-public', 'public.ecr.aws'],
    ['europe-west1-docker.pkg.dev/project/repository/api:1', 'google', 'europe-west1-docker.pkg.dev'],
    ['gcr.io/project/api:1', 'google', 'gcr.io'],
    ['us.gcr.io/project/api:1', 'google', 'us.gcr.io'],
    ['eu.gcr.io/project/api:1', 'google', 'eu.gcr.io'],
    ['asia.gcr.io/project/api:1', 'google', 'asia.gcr.io'],
    ['containers.acme.ghe.com/acme/api:1', 'github-enterprise', 'containers.acme.ghe.com'],
    ['registry.eu-central-1.aliyuncs.com/acme/api:1', 'alibaba', 'registry.eu-central-1.aliyuncs.com'],
    ['acme-registry.cn-hangzhou.cr.aliyuncs.com/acme/api:1', 'alibaba', 'acme-registry.cn-hangzhou.cr.aliyuncs.com'],
    ['fra.ocir.io/ansh81vru1zp/api:1', 'oracle', 'fra.ocir.io'],
    ['codeberg.org/acme/api:1', 'gitea', 'codeberg.org'],
    ['us.icr.io/acme/api:1', 'ibm', 'icr.io'],
    ['gitlab.com/acme/dependency_proxy/containers/nginx:1', 'gitlab-dependency-proxy', 'gitlab.com'],
    ['acme.jfrog.io/docker-local/api:1', 'jfrog', 'acme.jfrog.io'],
    ['acme-docker-local.jfrog.io/api:1', 'jfrog', 'acme-docker-local.jfrog.io'],
  ])('%s is in %s', (reference, key, host) => {
    expect(RegistryProvider.forImage(reference)).toMatchObject({ _key: key, host });
  });

  test.each([
    ['acme.azurecr.io.attacker.com/api:1', 'acme.azurecr.io.attacker.com'],
    ['a.b.azurecr.io/api:1', 'a.b.azurecr.io'],
    ['azurecr.io/api:1', 'azurecr.io'],
    ['acmexazurecr.io/api:1', 'acmexazurecr.io'],
    ['europe-west1-docker.pkg.dev.attacker.com/api:1', 'europe-west1-docker.pkg.dev.attacker.com'],
    ['xgcr.io/api:1', 'xgcr.io'],
    ['gcr.io.attacker.com/api:1', 'gcr.io.attacker.com'],
    ['acme.jfrog.io.attacker.com/api:1', 'acme.jfrog.io.attacker.com'],
    ['acme.jfrog.io:5000/api:1', 'acme.jfrog.io:5000'],
    ['ghcr.io.attacker.com/api:1', 'ghcr.io.attacker.com'],
    ['attacker.com/ghcr.io/api:1', 'attacker.com'],
    ['ghcr.io:5000/api:1', 'ghcr.io:5000'],
    ['registry.gitlab.example.com/team/api:1', 'registry.gitlab.example.com'],
    ['Registry.Example.com:5000/api:1', 'registry.example.com:5000'],
    ['registry.oss-cn-hangzhou.aliyuncs.com/acme/api:1', 'registry.oss-cn-hangzhou.aliyuncs.com'],
    ['cp.icr.io/cp/api:1', 'cp.icr.io'],
    ['localhost/api:1', 'localhost'],
    ['[2001:db8::1]/api:1', '[2001:db8::1]'],
  ])('%s is in a registry that is not known', (reference, host) => {
    expect(RegistryProvider.forImage(reference)).toMatchObject({ _key: 'custom', host, aliases: [], usernameHint: 'what the registry expects' });
  });

  test('what follows the host may be a token', () => {
    const tag = new CfnParameter(new Stack(), 'Tag').valueAsString;
    expect(RegistryProvider.forImage(`ghcr.io/acme/api:${tag}`)).toEqual(RegistryProvider.GHCR);
    expect(RegistryProvider.forImage(`acme.azurecr.io/${tag}`).host).toBe('acme.azurecr.io');
    expect(RegistryProvider.forImage(`acme/${tag}`)).toEqual(RegistryProvider.DOCKER_HUB);
  });

  test.each(['', 'nginx:', 'registry.example.com:'])('a token right after "%s" may be the registry', (prefix) => {
    expect(() => RegistryProvider.forImage(`${prefix}${A_TOKEN}/acme/api:1`)).toThrow(
      / is not known at synth, expected a literal host and "\/" before the first token; .* \[cdk-private-registry:unknownRegistry\]$/);
  });

  test('what is no image is refused', () => {
    expect(() => RegistryProvider.forImage('https://ghcr.io/acme/api:1')).toThrow('[cdk-private-registry:invalidImageReference]');
  });
});
