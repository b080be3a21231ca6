import { GITLAB, GITLAB_EXPIRY } from './gitlab';
import { Registry } from './registry';

export const SELF_MANAGED_GITLAB: Registry = {
  key: 'self-managed-gitlab',
  label: 'GitLab, self-managed',
  hosts: [],
  probableHost: /(?:^|\.)gitlab\./,
  authHostsOf: hostsOfGitlab,
  authHostForm: 'GitLab itself',
  hostForm: 'your own, often `registry.<host of GitLab>` or `<host of GitLab>:5050`',
  usernameHint: GITLAB.usernameHint,
  passwordHint: GITLAB.passwordHint,
  obtain: GITLAB.obtain,
  permit: GITLAB.permit,
  expiryQuestion: { ...GITLAB_EXPIRY, host: (_, authHost) => authHost },
};

/** In the forms that GitLab documents, the registry has a port of its own or "registry." before the host of GitLab. */
function hostsOfGitlab(host: string): readonly string[] {
  const gitlab = host.replace(/:\d+$/, '').replace(/^registry\.(?=gitlab\.)/, '');
  return gitlab === host ? [] : [gitlab];
}
