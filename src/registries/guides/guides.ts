import { AZURE_GUIDE } from './azure';
import { CHAINGUARD_GUIDE } from './chainguard';
import { CUSTOM_GUIDE } from './custom';
import { DOCKER_HUB_GUIDE } from './docker-hub';
import { GHCR_GUIDE } from './ghcr';
import { GITHUB_ENTERPRISE_GUIDE } from './github-enterprise';
import { GITLAB_GUIDE } from './gitlab';
import { GOOGLE_GUIDE } from './google';
import { Guide } from './guide';
import { HARBOR_GUIDE } from './harbor';
import { JFROG_GUIDE } from './jfrog';
import { NEXUS_GUIDE } from './nexus';
import { NVIDIA_GUIDE } from './nvidia';
import { QUAY_GUIDE } from './quay';
import { RED_HAT_GUIDE } from './red-hat';
import { SELF_MANAGED_GITLAB_GUIDE } from './self-managed-gitlab';

/** In the order of docs/registries.md. */
export const GUIDES: readonly Guide[] = [
  DOCKER_HUB_GUIDE, GHCR_GUIDE, GITHUB_ENTERPRISE_GUIDE, GITLAB_GUIDE, SELF_MANAGED_GITLAB_GUIDE, QUAY_GUIDE, RED_HAT_GUIDE, NVIDIA_GUIDE,
  CHAINGUARD_GUIDE, AZURE_GUIDE, GOOGLE_GUIDE, JFROG_GUIDE, HARBOR_GUIDE, NEXUS_GUIDE, CUSTOM_GUIDE,
];
