import { Registry } from './registry';

/** Any registry about which nothing is known. */
export const CUSTOM: Registry = {
  key: 'custom',
  label: 'Any other registry',
  hosts: [],
  hostForm: 'your own',
  usernameHint: 'what the registry expects',
  passwordHint: 'what the registry expects',
  obtain: 'store a user name and a password or token that work with docker login',
  permit: 'check the spelling, and give the account permission to pull from the repository',
};
