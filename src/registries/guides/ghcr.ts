import { Guide } from './guide';
import { GHCR } from '../ghcr';

export const GHCR_GUIDE: Guide = {
  registry: GHCR,
  expiry: 'chosen when the token is created; an organization can set a maximum',
  ipv6: false,
  pullThroughCache: 'private images',
  steps: [
    'Give a machine account, or a team it is in, the role Read on the package.',
    'With this account, create a personal access token (classic) with the scope `read:packages` and no other.',
    'If the organization uses SAML single sign-on, authorize the token for it ("Configure SSO").',
  ],
  doesNotWork: [
    'Fine-grained personal access tokens (`github_pat_...`): GHCR accepts classic ones only.',
    'Tokens of a GitHub App (`ghs_...`): the login succeeds, but the pull is denied.',
    'An expired token, even for public images: GHCR denies a pull that it allows without credentials.',
  ],
  notes: ['`ghcr.io` has no IPv6 address. Tasks in IPv6-only subnets reach it through NAT64 and DNS64.'],
  documentation: ['https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry'],
  example: { provider: 'RegistryProvider.GHCR', username: 'acme-bot', password: '<classic personal access token>' },
};
