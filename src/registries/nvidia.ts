import { Registry } from './registry';

const USERNAME = '$oauthtoken';

export const NVIDIA: Registry = {
  key: 'nvidia',
  label: 'NVIDIA NGC',
  hosts: ['nvcr.io'],
  usernameHint: `the text \`${USERNAME}\``,
  passwordHint: 'personal or service key `nvapi-...` of NGC',
  obtain: `store the user name ${USERNAME}, literally, with an NGC key that has not expired`,
  permit: 'give the NGC key the service NGC Catalog or Private Registry',
  mistakes: [
    { matches: ({ username }) => username !== USERNAME, text: `store the user name ${USERNAME}, literally (a shell expands an unquoted $)` },
  ],
};
