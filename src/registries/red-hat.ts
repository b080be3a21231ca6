import { Registry } from './registry';

export const RED_HAT: Registry = {
  key: 'red-hat',
  label: 'Red Hat',
  hosts: ['registry.redhat.io', 'registry.connect.redhat.com', 'registry.access.redhat.com'],
  usernameHint: 'name of a registry service account with its number, `1234567|<name>`',
  passwordHint: 'token of the service account',
  obtain: 'store a registry service account (number|name) with its current token',
  permit: 'check that the account\'s subscription covers the image',
};
