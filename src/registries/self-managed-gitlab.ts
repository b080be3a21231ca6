import { GITLAB } from './gitlab';
import { Registry } from './registry';

export const SELF_MANAGED_GITLAB: Registry = {
  key: 'self-managed-gitlab',
  label: 'GitLab, self-managed',
  hosts: [],
  probableHost: /(?:^|\.)gitlab\./,
  hostForm: 'your own, often `registry.<host of GitLab>` or `<host of GitLab>:5050`',
  usernameHint: GITLAB.usernameHint,
  passwordHint: GITLAB.passwordHint,
  obtain: GITLAB.obtain,
  permit: GITLAB.permit,
};
