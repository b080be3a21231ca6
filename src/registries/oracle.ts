import { Registry } from './registry';

const FULL_NAME = 'store the user name as <tenancy namespace>/<user>, or <tenancy namespace>/<identity domain>/<user>';

export const ORACLE: Registry = {
  key: 'oracle',
  label: 'Oracle Cloud',
  hosts: [],
  hostPattern: /^[a-z0-9-]+\.ocir\.io$/,
  domains: ['ocir.io'],
  hostForm: '`<region>.ocir.io`',
  usernameHint: '`<tenancy namespace>/<user>`, with an identity domain `<tenancy namespace>/<domain>/<user>`',
  passwordHint: 'auth token of the user',
  obtain: `${FULL_NAME}, with a current auth token of this user`,
  permit: `${FULL_NAME} (OCIR treats any other form as anonymous), and give its group a policy with "read repos"`,
  wrongKinds: [
    {
      matches: ({ username }) => !username.includes('/'),
      text: `OCIR treats a user name without the tenancy namespace as anonymous: ${FULL_NAME}`,
    },
  ],
};
