import { GHCR, GITHUB_EXPIRY, isInstallationToken } from './ghcr';
import { Registry } from './registry';

const DATA_RESIDENCY = /^containers\.([a-z0-9-]+\.ghe\.com)$/;
const CREATE_CLASSIC_TOKEN = 'create a classic personal access token with read:packages on this GitHub';

export const GITHUB_ENTERPRISE: Registry = {
  key: 'github-enterprise',
  label: 'GitHub Enterprise',
  hosts: [],
  hostPattern: DATA_RESIDENCY,
  domains: ['ghe.com'],
  probableHost: /^containers\.(?:.*\.)?(?:github|ghe)\./,
  hostForm: '`containers.<name>.ghe.com`, or `containers.<host of your server>`',
  usernameHint: GHCR.usernameHint,
  passwordHint: GHCR.passwordHint,
  obtain: `${CREATE_CLASSIC_TOKEN} (GitHub Packages accepts no other kind) and store that`,
  permit: 'give the token read:packages and single sign-on for the organization, and its owner read access to the package',
  wrongKinds: [
    {
      matches: ({ password }) => password.startsWith('github_pat_'),
      text: `GitHub Packages does not accept fine-grained tokens: ${CREATE_CLASSIC_TOKEN} and store that`,
    },
    {
      matches: isInstallationToken,
      text: `GitHub Packages accepts an installation token only inside its GitHub Actions run: ${CREATE_CLASSIC_TOKEN} and store that`,
    },
  ],
  shortLived: GHCR.shortLived,
  expiryQuestion: { ...GITHUB_EXPIRY, host: apiHost },
};

/** A server of its own can have its API anywhere. */
function apiHost(host: string): string | undefined {
  const [, name] = DATA_RESIDENCY.exec(host) ?? [];
  return name === undefined ? undefined : `api.${name}`;
}
