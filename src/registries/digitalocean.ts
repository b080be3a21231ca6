import { Registry } from './registry';

export const DIGITALOCEAN: Registry = {
  key: 'digitalocean',
  label: 'DigitalOcean',
  hosts: ['registry.digitalocean.com'],
  authHost: 'api.digitalocean.com',
  usernameHint: 'API token, the same as the password',
  passwordHint: 'API token, best the read-only one of `doctl registries docker-config`',
  obtain: 'store the API token of doctl registries docker-config as the user name and as the password',
  permit: 'check the spelling, and use a token of the team that owns the registry',
};
