import { ExpiryQuestion, Registry } from './registry';

const CREATE_CLASSIC_TOKEN = 'create a classic personal access token with read:packages';

/** A classic token can ask about the account that it belongs to. The answer has the header only if the token expires. */
export const GITHUB_EXPIRY: ExpiryQuestion = {
  tokenPrefix: 'ghp_',
  host: () => 'api.github.com',
  path: '/user',
  header: 'github-authentication-token-expiration',
};

export const GHCR: Registry = {
  key: 'ghcr',
  label: 'GitHub Container Registry',
  hosts: ['ghcr.io'],
  usernameHint: 'any text, by convention the name of the account',
  passwordHint: 'classic personal access token `ghp_...` with the scope `read:packages`',
  obtain: `${CREATE_CLASSIC_TOKEN} (ghcr.io accepts no other kind) and store that`,
  permit: 'give the token read:packages and single sign-on for the organization, and its owner read access to the package',
  wrongKinds: [
    {
      matches: ({ password }) => password.startsWith('github_pat_'),
      text: `ghcr.io does not accept fine-grained tokens: ${CREATE_CLASSIC_TOKEN} and store that`,
    },
    {
      matches: isInstallationToken,
      text: `ghcr.io accepts an installation token only inside its GitHub Actions run: ${CREATE_CLASSIC_TOKEN} and store that`,
    },
  ],
  shortLived: [
    { matches: isInstallationToken, text: 'this token expires with its GitHub Actions run, store a classic personal access token for ECS' },
  ],
  expiryQuestion: GITHUB_EXPIRY,
};

export function isInstallationToken({ password }: { readonly password: string }): boolean {
  return password.startsWith('ghs_');
}
