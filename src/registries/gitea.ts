import { Registry } from './registry';

export const GITEA: Registry = {
  key: 'gitea',
  label: 'Gitea, Forgejo and Codeberg',
  hosts: [],
  hostPattern: /^codeberg\.org$/,
  domains: ['codeberg.org'],
  probableHost: /(?:^|\.)(?:gitea|forgejo)\./,
  hostForm: '`codeberg.org`, or your own',
  usernameHint: 'name of the user that owns the token',
  passwordHint: 'access token with the scope `read:package`',
  obtain: 'store the name of the user with an access token that has the scope read:package (without it, the server answers as for a wrong token)',
  permit: 'give the user read access to the packages of the owner, with a team if that is an organization',
};
