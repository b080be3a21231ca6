import { Guide } from './guide';
import { DIGITALOCEAN } from '../digitalocean';

export const DIGITALOCEAN_GUIDE: Guide = {
  registry: DIGITALOCEAN,
  expiry: 'none for `doctl registries docker-config` unless chosen; 30 days for `doctl registry login`',
  steps: [
    'Run `doctl registries docker-config <registry>`. It creates an API token that can only read, and prints a Docker configuration.',
    'Decode the value of `auth` (base64). It is the token twice, with a colon between: store it as `username` and as `password`.',
  ],
  doesNotWork: ['The token of `doctl registry login` for longer than its 30 days.'],
  documentation: [
    'https://docs.digitalocean.com/reference/doctl/reference/registries/docker-config/',
    'https://docs.digitalocean.com/products/container-registry/how-to/set-up-ci-cd/',
  ],
  example: { provider: 'RegistryProvider.DIGITALOCEAN', username: '<API token>', password: '<API token>' },
};
