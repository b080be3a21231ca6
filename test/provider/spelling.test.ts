import { RegistryProvider } from '../../src/provider/registry-provider';
import { REGISTRIES } from '../../src/registries/registries';
import { intendedHost } from '../../src/registries/spelling';

const OWN_DOMAIN = /^[^.]+\.[^.]+$/;

test.each([
  ['ghrc.io', 'ghcr.io'], ['gchr.io', 'ghcr.io'], ['ghcr.oi', 'ghcr.io'], ['ghcr.i', 'ghcr.io'], ['ghcrr.io', 'ghcr.io'], ['ghcrio', 'ghcr.io'], ['ghxr.io', 'ghcr.io'],
  ['hgcr.io', 'ghcr.io'], ['ghcr.ioo', 'ghcr.io'], ['ghrc.io:443', 'ghcr.io'],
  ['quay.oi', 'quay.io'], ['qauy.io', 'quay.io'], ['nvrc.io', 'nvcr.io'], ['crg.dev', 'cgr.dev'], ['dih.io', 'dhi.io'], ['gcr.oi', 'gcr.io'], ['eu.grc.io', 'eu.gcr.io'],
  ['docker.oi', 'docker.io'], ['dokcer.io', 'docker.io'], ['registry-1.docker.oi', 'registry-1.docker.io'],
  ['registry.gitlab.co', 'registry.gitlab.com'], ['regsitry.gitlab.com', 'registry.gitlab.com'], ['registry.gitalb.com', 'registry.gitlab.com'], ['gitlab.con', 'gitlab.com'],
  ['registry.redhat.oi', 'registry.redhat.io'], ['regitry.redhat.io', 'registry.redhat.io'], ['registry.digitalocaen.com', 'registry.digitalocean.com'],
  ['docker.cloudsmih.io', 'docker.cloudsmith.io'], ['us.irc.io', 'us.icr.io'], ['public.ecr.asw', 'public.ecr.aws'], ['codeberg.ogr', 'codeberg.org'],
  ['acme.azurecr.oi', 'acme.azurecr.io'], ['acme.azurcr.io', 'acme.azurecr.io'], ['acme.azurecrr.io', 'acme.azurecr.io'],
  ['europe-west1-docker.pgk.dev', 'europe-west1-docker.pkg.dev'], ['europe-west1-dokcer.pkg.dev', 'europe-west1-docker.pkg.dev'],
  ['acme.jfrog.oi', 'acme.jfrog.io'], ['fra.ocri.io', 'fra.ocir.io'], ['containers.acme.ghe.co', 'containers.acme.ghe.com'],
  ['registry.eu-central-1.aliyunsc.com', 'registry.eu-central-1.aliyuncs.com'], ['111122223333.dkr.ecr.eu-west-1.amazonaws.cmo', '111122223333.dkr.ecr.eu-west-1.amazonaws.com'],
])('%s is a typing error for %s', (host, intended) => {
  expect(intendedHost(host)).toBe(intended);
});

/** Every letter of a host left out, doubled, replaced, and every two of them changed over. */
function typingErrors(host: string): string[] {
  return [...host].flatMap((character, index) => {
    const [before, after] = [host.slice(0, index), host.slice(index + 1)];
    return [before + after, before + character + character + after, `${before}q${after}`, before + after.slice(0, 1) + character + after.slice(1)];
  }).filter((wrong) => wrong !== host && !/^[.-]|[.-]$|\.\.|^[^.]*$/.test(wrong));
}

test.each(REGISTRIES.flatMap(({ hosts }) => hosts.filter((host) => OWN_DOMAIN.test(host))))('each typing error of %s is found, unless it is the host of another registry', (host) => {
  const silent = typingErrors(host).filter((wrong) => intendedHost(wrong) === undefined);
  expect(silent.filter((wrong) => RegistryProvider.forImage(`${wrong}/acme/api:1`)._key === 'custom')).toEqual([]);
});

test.each([
  // Registries that are known.
  'ghcr.io', 'gcr.io', 'icr.io', 'us.icr.io', 'jp2.icr.io', 'cgr.dev', 'nvcr.io', 'dhi.io', 'quay.io', 'gitlab.com', 'eu.gcr.io', 'acme.azurecr.us', 'fra.ocir.io', 'ghcr.io:443',
  // Real registries and mirrors.
  'lscr.io', 'registry.gitea.com', 'docker.gitea.com', 'gitea.com', 'code.forgejo.org', 'ocir.io', 'mcr.microsoft.com', 'registry.k8s.io', 'k8s.gcr.io', 'mirror.gcr.io', 'l.gcr.io',
  'marketplace.gcr.io', 'staging-k8s.gcr.io', 'cp.icr.io', 'private.us.icr.io', 'fr2.icr.io', 'jp3.icr.io', 'cr.yandex', 'docker.elastic.co', 'docker.n8n.io', 'docker.com',
  'registry.suse.com', 'registry.fedoraproject.org', 'registry.gitlab.gnome.org', 'registry.opensource.zalan.do', 'docker.pkg.github.com', 'npm.pkg.dev',
  'europe-west1-npm.pkg.dev', 'container-registry.oracle.com', 'rg.fr-par.scw.cloud', 'registry.scaleway.com', 'registry.heroku.com', 'registry.fly.io', 'registry.ollama.ai',
  'cr.l5d.io', 'cr.weaviate.io', 'xpkg.upbound.io', 'r.j3ss.co', 'dl.cloudsmith.io', 'helm.cloudsmith.io', 'ghcr.nju.edu.cn', 'ghcr.dockerproxy.com', 'docker.m.daocloud.io',
  'ccr.ccs.tencentyun.com', 'swr.cn-north-4.myhuaweicloud.com', 'registry.aliyuncs.com', 'registry.cn-hangzhou-finance.aliyuncs.com', 'registry-vpc.cn-hangzhou.aliyuncs.com',
  'crpi-x.cn-hangzhou.personal.cr.aliyuncs.com', 'acme.ghe.com', 'hub.docker.com', 'api.digitalocean.com', 'github.com', 'registry.npmjs.org', 'jfrog.com', 'a.b.azurecr.io',
  // Hosts of companies, and those that no name service knows.
  'gitlab.acme.com', 'registry.gitlab.acme.com', 'gitlab.acme.com:5050', 'quay.example.com', 'quay.acme.io', 'gcr.acme.io', 'ghcr.acme.io', 'ghcr.example.com', 'docker.acme.io',
  'docker.example.com', 'registry.example.com', 'registry.example.com:5000', 'registry.acme.io', 'harbor.acme.io', 'nexus.acme.io:8443', 'containers.github.acme.com', 'acme.io',
  'gitea.acme.io', 'codeberg.acme.org', 'icr.acme.io', 'registry.acme.dev', 'mirror.acme.com', 'public.acme.aws',
  'localhost', 'localhost:5000', 'registry:5000', 'quay:5000', 'ghrc.io:5000', '10.0.0.5', '10.0.0.5:5000', '[2001:db8::1]:5000', 'registry.local', 'registry.internal',
])('%s is not taken for a typing error', (host) => {
  expect(intendedHost(host)).toBeUndefined();
});

test('only who names no registry is warned', () => {
  expect(RegistryProvider.forImage('ghrc.io/acme/api:1')._intendedHost).toBe('ghcr.io');
  expect(RegistryProvider.custom('ghrc.io')._intendedHost).toBeUndefined();
  expect(RegistryProvider.forImage('registry.example.com/acme/api:1')._intendedHost).toBeUndefined();
});
