import { Guide } from './guide';
import { JFROG } from '../jfrog';

export const JFROG_GUIDE: Guide = {
  registry: JFROG,
  expiry: 'about a year unless chosen otherwise',
  steps: [
    'Create a group that can only read the repository.',
    'Create an access token for this group (scope `applied-permissions/groups:<group>`), with an expiry that you can plan for.',
  ],
  doesNotWork: [
    'API keys: they are at their end of life.',
    'Distinguishing a wrong token from a right one where anonymous access is on: Artifactory doesn\'t check it.',
  ],
  notes: ['The name of an image depends on the setup of Artifactory: `<host>/<repository>/<image>`, or a host or a port for each repository.'],
  documentation: ['https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens'],
  example: { provider: "RegistryProvider.jfrog('acme.jfrog.io')", username: 'ecs-puller', password: '<access token>' },
};
