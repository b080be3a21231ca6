import { Guide } from './guide';
import { HARBOR } from '../harbor';

export const HARBOR_GUIDE: Guide = {
  registry: HARBOR,
  expiry: '30 days unless chosen otherwise',
  steps: [
    'Create a robot account in the project, with the permission to pull and no other, and with an expiry that you can plan for.',
    'In a shell, put its name in single quotes because of the `$`.',
  ],
  doesNotWork: [
    'The password of a user who logs in with OIDC: Harbor accepts the CLI secret of the user instead.',
    'The old secret after a refresh: it ends at once.',
    'Distinguishing a wrong secret from a right one with a public image: Harbor returns an anonymous token.',
  ],
  documentation: ['https://goharbor.io/docs/2.9.0/working-with-projects/project-configuration/create-robot-accounts'],
  example: { provider: "RegistryProvider.harbor('harbor.example.com')", username: 'robot$acme+puller', password: '<secret of the robot account>' },
};
