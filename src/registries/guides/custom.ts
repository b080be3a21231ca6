import { Guide } from './guide';
import { CUSTOM } from '../custom';

export const CUSTOM_GUIDE: Guide = {
  registry: CUSTOM,
  expiry: 'depends on the registry',
  steps: [
    'Create an account or a token that can pull and nothing else.',
    'If another host issues the tokens, set `authHost` to it. The pull check sends credentials only to the registry and to that host.',
  ],
  doesNotWork: [
    'Registries that require Negotiate, NTLM or Digest authentication.',
    'A certificate of a private CA, on Fargate: Fargate trusts public CAs only.',
    'Amazon ECR: its passwords expire after 12 hours. Use `ecs.ContainerImage.fromEcrRepository()`, which needs none.',
  ],
  documentation: ['https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html'],
  example: { provider: "RegistryProvider.custom('registry.example.com:5000')", username: 'ecs-puller', password: '<password>' },
};
