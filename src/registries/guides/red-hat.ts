import { Guide } from './guide';
import { RED_HAT } from '../red-hat';

export const RED_HAT_GUIDE: Guide = {
  registry: RED_HAT,
  expiry: 'none',
  steps: [
    'Create a registry service account at <https://access.redhat.com/terms-based-registry>.',
    'Copy its username, including the number and the `|`, and its token.',
  ],
  doesNotWork: ['Rotating the token with an API: a new one is generated on the web site.'],
  notes: ['Images of `registry.access.redhat.com` are public and need no credentials.'],
  documentation: ['https://access.redhat.com/RegistryAuthentication'],
  example: { provider: 'RegistryProvider.RED_HAT', username: '1234567|acme-puller', password: '<token of the service account>' },
};
