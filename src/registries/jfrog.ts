import { Registry } from './registry';

const CLOUD = /^[a-z0-9-]+\.jfrog\.io$/;

export const JFROG: Registry = {
  key: 'jfrog',
  label: 'JFrog Artifactory',
  hosts: [],
  hostPattern: CLOUD,
  domains: ['jfrog.io'],
  hostForm: '`<name>.jfrog.io`, or your own',
  usernameHint: 'user of the token',
  passwordHint: 'access, identity or reference token',
  obtain: 'store an access token (not an API key) that has not expired, with the user it was created for',
  permit: 'give the user or group of the token read permission for the repository',
  // The other tokens are JSON Web Tokens, which have the date in them.
  expiryQuestion: {
    tokenPrefix: 'cmVmdGtuO',
    host: (host) => CLOUD.test(host) ? host : undefined,
    path: '/access/api/v1/tokens/me',
    key: 'expiry',
  },
};
