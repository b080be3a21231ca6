import { Registry } from './registry';

export const NEXUS: Registry = {
  key: 'nexus',
  label: 'Sonatype Nexus',
  hosts: [],
  hostForm: 'your own, often with a port for each repository',
  usernameHint: 'user, or name code of a user token (Pro)',
  passwordHint: 'password of the user, or pass code of the user token',
  obtain: 'store an active user with its password, or the name code and the pass code of a user token',
  permit: 'give the user a role with the privilege to read the Docker repository',
};
