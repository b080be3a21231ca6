import { Registry } from './registry';

const USERNAME = 'iamapikey';
const TOKEN_USERNAMES = ['iambearer', 'iamrefresh'];

export const IBM: Registry = {
  key: 'ibm',
  label: 'IBM Cloud',
  hosts: [
    'icr.io', 'us.icr.io', 'ca.icr.io', 'br.icr.io', 'uk.icr.io', 'de.icr.io', 'es.icr.io', 'au.icr.io', 'jp.icr.io', 'jp2.icr.io',
  ],
  usernameHint: `the text \`${USERNAME}\``,
  passwordHint: 'API key of a service ID',
  obtain: `store the user name ${USERNAME}, literally, with an API key that still exists`,
  permit: 'give the service ID the role Reader for Container Registry, on the namespace of the image',
  mistakes: [
    {
      matches: ({ username }) => ![USERNAME, ...TOKEN_USERNAMES].includes(username),
      text: `store the user name ${USERNAME}, literally, with an API key`,
    },
  ],
  shortLived: [
    {
      matches: ({ username }) => TOKEN_USERNAMES.includes(username),
      text: `IAM tokens expire, store the user name ${USERNAME} with an API key for ECS`,
    },
  ],
};
