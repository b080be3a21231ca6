import { Guide } from './guide';
import { CHAINGUARD } from '../chainguard';

export const CHAINGUARD_GUIDE: Guide = {
  registry: CHAINGUARD,
  expiry: '30 days unless chosen otherwise; at most 7 days (plan Team), 30 days (Starter) or a year (others)',
  pullThroughCache: 'private images',
  steps: ['Run `chainctl auth pull-token`, with `--ttl` for the lifetime, and store the username and the password that it prints.'],
  doesNotWork: ['Extending a pull token: create a new one before the old one ends.'],
  notes: ['Images under `cgr.dev/chainguard/` are public and need no credentials.'],
  documentation: ['https://www.chainguard.dev/docs/platform/chainctl/chainctl-docs/chainctl_auth_pull-token'],
  example: { provider: 'RegistryProvider.CHAINGUARD', username: '0123456789abcdef/0123456789abcdef', password: '<pull token>' },
};
