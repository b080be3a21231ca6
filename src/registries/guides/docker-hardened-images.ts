import { DOCKER_HUB_GUIDE } from './docker-hub';
import { Guide } from './guide';
import { DOCKER_HARDENED_IMAGES } from '../docker-hardened-images';

export const DOCKER_HARDENED_IMAGES_GUIDE: Guide = {
  registry: DOCKER_HARDENED_IMAGES,
  expiry: DOCKER_HUB_GUIDE.expiry,
  steps: ['Create a token as for Docker Hub: an organization access token that can read public repositories, or a personal access token in a machine account.'],
  doesNotWork: [
    'Pulls without credentials: `dhi.io` wants a login for every image.',
    'Images of the plans Select and Enterprise on `dhi.io`: mirror them to your organization, and pull them from `docker.io`.',
  ],
  documentation: ['https://docs.docker.com/dhi/how-to/use/'],
  example: { provider: 'RegistryProvider.DOCKER_HARDENED_IMAGES', username: 'acme', password: '<organization access token>' },
};
