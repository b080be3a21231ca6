import { ALIBABA_GUIDE } from './alibaba';
import { AZURE_GUIDE } from './azure';
import { CHAINGUARD_GUIDE } from './chainguard';
import { CLOUDSMITH_GUIDE } from './cloudsmith';
import { CUSTOM_GUIDE } from './custom';
import { DIGITALOCEAN_GUIDE } from './digitalocean';
import { DOCKER_HARDENED_IMAGES_GUIDE } from './docker-hardened-images';
import { DOCKER_HUB_GUIDE } from './docker-hub';
import { GHCR_GUIDE } from './ghcr';
import { GITEA_GUIDE } from './gitea';
import { GITHUB_ENTERPRISE_GUIDE } from './github-enterprise';
import { GITLAB_GUIDE } from './gitlab';
import { GITLAB_DEPENDENCY_PROXY_GUIDE } from './gitlab-dependency-proxy';
import { GOOGLE_GUIDE } from './google';
import { Guide } from './guide';
import { HARBOR_GUIDE } from './harbor';
import { IBM_GUIDE } from './ibm';
import { JFROG_GUIDE } from './jfrog';
import { NEXUS_GUIDE } from './nexus';
import { NVIDIA_GUIDE } from './nvidia';
import { ORACLE_GUIDE } from './oracle';
import { QUAY_GUIDE } from './quay';
import { RED_HAT_GUIDE } from './red-hat';
import { SELF_MANAGED_GITLAB_GUIDE } from './self-managed-gitlab';

/** In the order of docs/registries.md. */
export const GUIDES: readonly Guide[] = [
  DOCKER_HUB_GUIDE, DOCKER_HARDENED_IMAGES_GUIDE, GHCR_GUIDE, GITHUB_ENTERPRISE_GUIDE, GITLAB_GUIDE, GITLAB_DEPENDENCY_PROXY_GUIDE,
  SELF_MANAGED_GITLAB_GUIDE, QUAY_GUIDE, RED_HAT_GUIDE, NVIDIA_GUIDE, CHAINGUARD_GUIDE, AZURE_GUIDE, GOOGLE_GUIDE, DIGITALOCEAN_GUIDE,
  ALIBABA_GUIDE, ORACLE_GUIDE, IBM_GUIDE, JFROG_GUIDE, CLOUDSMITH_GUIDE, HARBOR_GUIDE, NEXUS_GUIDE, GITEA_GUIDE, CUSTOM_GUIDE,
];
