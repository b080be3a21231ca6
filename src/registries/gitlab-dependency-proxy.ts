import { GITLAB, GITLAB_EXPIRY } from './gitlab';
import { Registry } from './registry';

const SCOPES = 'the scopes read_registry and read_virtual_registry, or read_registry and write_registry';

export const GITLAB_DEPENDENCY_PROXY: Registry = {
  key: 'gitlab-dependency-proxy',
  label: 'GitLab.com dependency proxy',
  hosts: ['gitlab.com'],
  usernameHint: GITLAB.usernameHint,
  passwordHint: 'deploy token `gldt-...` of the group, or personal or group access token `glpat-...`, with `read_registry` and `read_virtual_registry`',
  obtain: `store a deploy token of the group or an access token that has not expired, with ${SCOPES}`,
  permit: `use a token of this group with ${SCOPES}; images of projects are at registry.gitlab.com`,
  expiryQuestion: GITLAB_EXPIRY,
};
