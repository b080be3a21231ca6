import { Registry } from './registry';

export const GOOGLE: Registry = {
  key: 'google',
  label: 'Google Artifact Registry',
  hosts: [],
  hostPattern: /^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:(?:us|eu|asia)\.)?gcr\.io)$/,
  domains: ['gcr.io', '-docker.pkg.dev'],
  hostForm: '`<location>-docker.pkg.dev`, `gcr.io`',
  usernameHint: '`_json_key_base64`, or `_json_key`',
  passwordHint: 'JSON key of a service account, in base64 on one line; with `_json_key` the JSON as it is',
  obtain: 'store the user name _json_key_base64 with the base64 of a service account key that still exists (on gcr.io, store _json_key with the key as it is)',
  permit: 'grant the service account roles/artifactregistry.reader on the repository',
  shortLived: [
    {
      matches: ({ username }) => username === 'oauth2accesstoken',
      text: 'this access token expires within an hour, store a service account key for ECS',
    },
  ],
};
