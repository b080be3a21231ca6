import { Guide } from './guide';
import { GITLAB } from '../gitlab';

export const GITLAB_GUIDE: Guide = {
  registry: GITLAB,
  expiry: 'optional for deploy tokens, at midnight UTC; for access tokens as the instance allows, normally a year at most',
  ipv6: false,
  pullThroughCache: 'private images',
  steps: [
    'Create a deploy token with the scope `read_registry`, in the project, or in the group for all of its projects.',
    'If the token has to rotate itself, create an access token with the scopes `read_registry` and `self_rotate` instead.',
  ],
  doesNotWork: [
    'Rotating a deploy token: create a new one and delete the old one.',
    'An access token that has been rotated: it ends at once, and using it again revokes its successors too.',
  ],
  notes: ['`registry.gitlab.com` has no IPv6 address. Tasks in IPv6-only subnets reach it through NAT64 and DNS64.'],
  documentation: ['https://docs.gitlab.com/user/project/deploy_tokens/', 'https://docs.gitlab.com/api/personal_access_tokens/'],
  example: { provider: 'RegistryProvider.GITLAB', username: 'gitlab+deploy-token-123', password: '<deploy token>' },
};
