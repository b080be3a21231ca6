import { GITLAB_GUIDE } from './gitlab';
import { Guide } from './guide';
import { GITLAB_DEPENDENCY_PROXY } from '../gitlab-dependency-proxy';

export const GITLAB_DEPENDENCY_PROXY_GUIDE: Guide = {
  registry: GITLAB_DEPENDENCY_PROXY,
  expiry: GITLAB_GUIDE.expiry,
  steps: [
    'Make sure that the dependency proxy is on in the settings of the group.',
    'Create a deploy token in the group, or a group access token, with the scopes `read_registry` and `read_virtual_registry`. Older tokens with `read_registry` and `write_registry` work, too.',
  ],
  doesNotWork: ['A deploy token of a project: the proxy belongs to the group.'],
  notes: [
    'The images are at `gitlab.com/<group>/dependency_proxy/containers/<image on Docker Hub>`; those of your projects are at `registry.gitlab.com`. For a self-managed GitLab, use `selfManagedGitlab()` with the host of GitLab.',
  ],
  documentation: ['https://docs.gitlab.com/user/packages/dependency_proxy/', 'https://gitlab.com/gitlab-org/gitlab/-/issues/426887'],
  example: { ...GITLAB_GUIDE.example, provider: 'RegistryProvider.GITLAB_DEPENDENCY_PROXY' },
};
