import { Guide } from './guide';
import { DOCKER_HUB } from '../docker-hub';

export const DOCKER_HUB_GUIDE: Guide = {
  registry: DOCKER_HUB,
  expiry: 'optional, chosen when the token is created',
  pullThroughCache: 'private images',
  steps: [
    'With a Team or Business plan, create an organization access token. Choose the repositories and allow only pulls (`scope-image-pull`).',
    'Otherwise create a personal access token that can only read (`repo:read`), in a machine account.',
  ],
  doesNotWork: [
    'An e-mail address as `username`.',
    'A token that can read public repositories only (`repo:public_read`).',
    'Limiting a personal access token to one repository: it can read every repository its account can read.',
  ],
  notes: ['Without credentials, Docker Hub allows 100 pulls in 6 hours for an IPv4 address or an IPv6 /64. Use credentials for public images too.'],
  documentation: ['https://docs.docker.com/security/access-tokens/reference/'],
  example: { provider: 'RegistryProvider.DOCKER_HUB', username: 'acme', password: '<organization access token>' },
};
