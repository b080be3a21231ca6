import { Guide } from './guide';
import { AZURE } from '../azure';

export const AZURE_GUIDE: Guide = {
  registry: AZURE,
  expiry: 'optional for tokens; a year for service principals unless chosen otherwise',
  pullThroughCache: 'private images',
  steps: [
    'Create a scope map with `repositories/<repository>/content/read`, and a token that uses it.',
    'Generate one of the two passwords of the token. To rotate later, generate the other one, switch to it, and delete the first.',
    'Or give a service principal the role AcrPull. If the registry is in ABAC mode, the role is Container Registry Repository Reader.',
  ],
  doesNotWork: [
    'Refresh tokens (username `00000000-0000-0000-0000-000000000000`): they expire after 3 hours.',
    'A password right after it was generated: it can take a minute to become valid.',
  ],
  notes: ['In the clouds for China and the US government, pass the login server to `azure()`: `acme.azurecr.cn`, `acme.azurecr.us`.'],
  documentation: ['https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions'],
  example: { provider: "RegistryProvider.azure('acme')", username: 'ecs-puller', password: '<password1>' },
};
