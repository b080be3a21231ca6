import { Guide } from './guide';
import { QUAY } from '../quay';

export const QUAY_GUIDE: Guide = {
  registry: QUAY,
  expiry: 'none',
  pullThroughCache: 'public images',
  steps: [
    'Create a robot account in the organization.',
    'Give it the permission Read on the repositories you deploy, and on no others.',
  ],
  doesNotWork: [
    'A robot account without Read on the repository: the login succeeds, but the pull is refused.',
    'The old token after a new one was generated: it ends at once.',
  ],
  notes: ['For a self-hosted Red Hat Quay, use `RegistryProvider.custom(host)`.'],
  documentation: ['https://docs.redhat.com/en/documentation/red_hat_quay/3.13/html/managing_access_and_permissions/allow-robot-access-user-repo'],
  example: { provider: 'RegistryProvider.QUAY', username: 'acme+puller', password: '<token of the robot account>' },
};
