import { AZURE } from './azure';
import { CHAINGUARD } from './chainguard';
import { CUSTOM } from './custom';
import { DOCKER_HUB } from './docker-hub';
import { ECR } from './ecr';
import { ECR_PUBLIC } from './ecr-public';
import { GHCR } from './ghcr';
import { GITHUB_ENTERPRISE } from './github-enterprise';
import { GITLAB } from './gitlab';
import { GOOGLE } from './google';
import { HARBOR } from './harbor';
import { JFROG } from './jfrog';
import { NEXUS } from './nexus';
import { NVIDIA } from './nvidia';
import { QUAY } from './quay';
import { RED_HAT } from './red-hat';
import { Registry } from './registry';
import { SELF_MANAGED_GITLAB } from './self-managed-gitlab';

export const REGISTRIES: readonly Registry[] = [
  DOCKER_HUB, GHCR, GITHUB_ENTERPRISE, GITLAB, SELF_MANAGED_GITLAB, QUAY, RED_HAT, NVIDIA, CHAINGUARD, AZURE,
  GOOGLE, JFROG, HARBOR, NEXUS, ECR, ECR_PUBLIC, CUSTOM,
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

export function withoutDefaultPort(host: string): string {
  return host.replace(/:443$/, '');
}
