import { Guide } from './guide';
import { CLOUDSMITH } from '../cloudsmith';

export const CLOUDSMITH_GUIDE: Guide = {
  registry: CLOUDSMITH,
  expiry: 'optional for entitlement tokens',
  steps: [
    'Create a service account with the privilege Read on the repository, and copy its API key.',
    'Or create an entitlement token in the repository: it can only read this repository.',
  ],
  doesNotWork: ['The tokens of an OIDC login: they expire after two hours.'],
  notes: ['For a domain of your own, use `RegistryProvider.custom(host)`.'],
  documentation: [
    'https://docs.cloudsmith.com/formats/docker-registry',
    'https://docs.cloudsmith.com/repositories/repository-privileges',
    'https://docs.cloudsmith.com/software-distribution/entitlement-tokens',
    'https://docs.cloudsmith.com/authentication/openid-connect',
  ],
  example: { provider: 'RegistryProvider.CLOUDSMITH', username: 'acme/production', password: '<entitlement token>' },
};
