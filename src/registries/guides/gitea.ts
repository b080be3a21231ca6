import { Guide } from './guide';
import { GITEA } from '../gitea';

export const GITEA_GUIDE: Guide = {
  registry: GITEA,
  expiry: 'none',
  steps: [
    'Create a machine account. For packages of an organization, put it into a team that can only read packages.',
    'As this account, create an access token with the scope `read:package` and no other.',
  ],
  doesNotWork: [
    'A token without `read:package`, for example with `read:repository`: the server answers as for a wrong token.',
    'The password of an account with two-factor authentication: use a token.',
  ],
  notes: ['`codeberg.org` needs no `provider`. For your own server, pass its host to `gitea()`.'],
  documentation: ['https://docs.gitea.com/usage/packages/container', 'https://forgejo.org/docs/latest/user/token-scope/'],
  example: { provider: "RegistryProvider.gitea('git.example.com')", username: 'acme-bot', password: '<access token>' },
};
