import { GITLAB_GUIDE } from './gitlab';
import { Guide } from './guide';
import { SELF_MANAGED_GITLAB } from '../self-managed-gitlab';

export const SELF_MANAGED_GITLAB_GUIDE: Guide = {
  registry: SELF_MANAGED_GITLAB,
  expiry: GITLAB_GUIDE.expiry,
  steps: GITLAB_GUIDE.steps,
  doesNotWork: GITLAB_GUIDE.doesNotWork,
  notes: ['GitLab itself issues the tokens, usually on another host than the registry. Set `authHost` to that host.'],
  documentation: GITLAB_GUIDE.documentation,
  example: { ...GITLAB_GUIDE.example, provider: "RegistryProvider.selfManagedGitlab('registry.example.com', { authHost: 'gitlab.example.com' })" },
};
