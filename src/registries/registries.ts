import { ALIBABA } from './alibaba';
import { AZURE } from './azure';
import { CHAINGUARD } from './chainguard';
import { CLOUDSMITH } from './cloudsmith';
import { CUSTOM } from './custom';
import { DIGITALOCEAN } from './digitalocean';
import { DOCKER_HARDENED_IMAGES } from './docker-hardened-images';
import { DOCKER_HUB } from './docker-hub';
import { ECR } from './ecr';
import { ECR_PUBLIC } from './ecr-public';
import { GHCR } from './ghcr';
import { GITEA } from './gitea';
import { GITHUB_ENTERPRISE } from './github-enterprise';
import { GITLAB } from './gitlab';
import { GITLAB_DEPENDENCY_PROXY } from './gitlab-dependency-proxy';
import { GOOGLE } from './google';
import { HARBOR } from './harbor';
import { IBM } from './ibm';
import { JFROG } from './jfrog';
import { NEXUS } from './nexus';
import { NVIDIA } from './nvidia';
import { ORACLE } from './oracle';
import { QUAY } from './quay';
import { RED_HAT } from './red-hat';
import { Registry } from './registry';
import { SELF_MANAGED_GITLAB } from './self-managed-gitlab';

export const REGISTRIES: readonly Registry[] = [
  DOCKER_HUB, DOCKER_HARDENED_IMAGES, GHCR, GITHUB_ENTERPRISE, GITLAB, GITLAB_DEPENDENCY_PROXY, SELF_MANAGED_GITLAB, QUAY, RED_HAT, NVIDIA,
  CHAINGUARD, AZURE, GOOGLE, DIGITALOCEAN, ALIBABA, ORACLE, IBM, JFROG, CLOUDSMITH, HARBOR, NEXUS, GITEA, ECR, ECR_PUBLIC, CUSTOM,
];

export function registryOfKey(key: string): Registry | undefined {
  return REGISTRIES.find((registry) => registry.key === key);
}

/**
 * The registry that a host certainly belongs to.
 */
export function registryOfHost(host: string): Registry | undefined {
  const bareHost = withoutDefaultPort(host);
  return REGISTRIES.find(({ hosts, hostPattern }) => hosts.includes(bareHost) || hostPattern?.test(bareHost));
}

/**
 * The other hosts that certainly issue the tokens for a host.
 */
export function authHostsOf(host: string): readonly string[] {
  const registry = registryOfHost(host);
  return registry === undefined ? [] : authHostsAt(registry, host);
}

/**
 * The same for a host of which the registry is known.
 */
export function authHostsAt({ authHost, authHostsOf: ofHost }: Registry, host: string): readonly string[] {
  return ofHost?.(withoutDefaultPort(host)) ?? (authHost === undefined ? [] : [authHost]);
}

export function withoutDefaultPort(host: string): string {
  return host.replace(/:443$/, '');
}
