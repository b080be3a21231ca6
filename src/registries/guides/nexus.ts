import { Guide } from './guide';
import { NEXUS } from '../nexus';

export const NEXUS_GUIDE: Guide = {
  registry: NEXUS,
  expiry: 'depends on the server',
  steps: [
    'Create a user that can only read the Docker repository.',
    'With Nexus Pro, create a user token for it and use that instead of its password.',
  ],
  doesNotWork: [
    'Distinguishing wrong credentials from right ones where anonymous pull is on: Nexus accepts any.',
    'Special characters in the password, with old versions of Nexus.',
  ],
  documentation: ['https://help.sonatype.com/en/docker-authentication.html'],
  example: { provider: "RegistryProvider.nexus('nexus.example.com:8443')", username: 'ecs-puller', password: '<password or pass code>' },
};
