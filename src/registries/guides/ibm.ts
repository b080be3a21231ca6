import { Guide } from './guide';
import { IBM } from '../ibm';

export const IBM_GUIDE: Guide = {
  registry: IBM,
  expiry: 'none for the API key of a service ID unless chosen',
  steps: [
    'Create a service ID, and give it the role Reader for Container Registry, on the namespace alone.',
    'Create an API key for the service ID.',
  ],
  doesNotWork: [
    'IAM tokens (usernames `iambearer` and `iamrefresh`): they expire.',
    'An API key of a person, after the person leaves: use one of a service ID.',
  ],
  notes: ['`cp.icr.io` of IBM\'s own software has other credentials (entitlement keys). Use `RegistryProvider.custom(\'cp.icr.io\')`.'],
  documentation: ['https://cloud.ibm.com/docs/Registry?topic=Registry-registry_access'],
  example: { provider: 'RegistryProvider.IBM', username: 'iamapikey', password: '<API key>' },
};
