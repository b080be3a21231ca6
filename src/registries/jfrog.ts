import { Registry } from './registry';

export const JFROG: Registry = {
  key: 'jfrog',
  label: 'JFrog Artifactory',
  hosts: [],
  hostPattern: /^[a-z0-9-]+\.jfrog\.io$/,
  domains: ['jfrog.io'],
  hostForm: '`<name>.jfrog.io`, or your own',
  usernameHint: 'user of the token',
  passwordHint: 'access, identity or reference token',
  obtain: 'store an access token (not an API key) that has not expired, with the user it was created for',
  permit: 'give the user or group of the token read permission for the repository',
};
