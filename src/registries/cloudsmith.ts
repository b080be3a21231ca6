import { Registry } from './registry';

export const CLOUDSMITH: Registry = {
  key: 'cloudsmith',
  label: 'Cloudsmith',
  hosts: ['docker.cloudsmith.io'],
  usernameHint: 'name of a service account, or `<owner>/<repository>` with an entitlement token',
  passwordHint: 'API key of the service account, or entitlement token',
  obtain: 'store a service account with its current API key, or <owner>/<repository> with an entitlement token that is active',
  permit: 'give the service account the privilege Read on the repository, or use an entitlement token of this repository',
};
