import { GITLAB_GUIDE } from './gitlab';
import { Guide } from './guide';
import { SELF_MANAGED_GITLAB } from '../self-managed-gitlab';

export const SELF_MANAGED_GITLAB_GUIDE: Guide = {
  registry: SELF_MANAGED_GITLAB,
  expiry: GITLAB_GUIDE.expiry,
  steps: GITLAB_GUIDE.steps,
  doesNotWork: GITLAB_GUIDE.doesNotWork,
  notes: [
    'GitLab itself issues the tokens, usually on another host than the registry. For `<host of GitLab>:5050` and `registry.gitlab.example.com`, the default of `authHost` is that host. For any other, set `authHost` to the host of GitLab, with its port if that is not 443.',
  ],
  documentation: [...GITLAB_GUIDE.documentation, 'https://docs.gitlab.com/administration/packages/container_registry/'],
  example: { ...GITLAB_GUIDE.example, provider: "RegistryProvider.selfManagedGitlab('registry.example.com', { authHost: 'gitlab.example.com' })" },
};
