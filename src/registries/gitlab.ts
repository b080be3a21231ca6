import { ExpiryQuestion, Registry } from './registry';

/** Whatever its scopes are, an access token can ask about itself. A deploy token cannot. */
export const GITLAB_EXPIRY: ExpiryQuestion = {
  tokenPrefix: 'glpat-',
  host: () => 'gitlab.com',
  path: '/api/v4/personal_access_tokens/self',
  key: 'expires_at',
};

export const GITLAB: Registry = {
  key: 'gitlab',
  label: 'GitLab.com',
  hosts: ['registry.gitlab.com'],
  authHost: 'gitlab.com',
  usernameHint: 'username of the deploy token, `gitlab+deploy-token-<n>` unless you chose one; any text with an access token',
  passwordHint: 'deploy token `gldt-...`, or personal, project or group access token `glpat-...`, with the scope `read_registry`',
  obtain: 'store a deploy token or an access token with the scope read_registry that has not expired',
  permit: 'use a deploy token or an access token of this project or its group with the scope read_registry',
  expiryQuestion: GITLAB_EXPIRY,
};
