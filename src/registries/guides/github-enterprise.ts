import { GHCR_GUIDE } from './ghcr';
import { Guide } from './guide';
import { GITHUB_ENTERPRISE } from '../github-enterprise';

export const GITHUB_ENTERPRISE_GUIDE: Guide = {
  registry: GITHUB_ENTERPRISE,
  expiry: GHCR_GUIDE.expiry,
  steps: GHCR_GUIDE.steps,
  doesNotWork: [
    'Fine-grained personal access tokens (`github_pat_...`): GitHub Packages accepts classic ones only.',
    'A token of github.com: create it on the enterprise\'s own GitHub.',
    'A GitHub Enterprise Server without subdomain isolation: its container registry needs that.',
  ],
  notes: ['`githubEnterprise()` accepts the host of GitHub, too. If it is a server inside the VPC, set `privateNetwork: true`.'],
  documentation: [
    'https://docs.github.com/en/enterprise-server@latest/packages/working-with-a-github-packages-registry/working-with-the-container-registry',
    'https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/feature-overview-for-github-enterprise-cloud-with-data-residency',
  ],
  example: { provider: "RegistryProvider.githubEnterprise('acme.ghe.com')", username: 'acme-bot', password: '<classic personal access token>' },
};
