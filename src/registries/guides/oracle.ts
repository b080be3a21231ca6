import { Guide } from './guide';
import { ORACLE } from '../oracle';

export const ORACLE_GUIDE: Guide = {
  registry: ORACLE,
  expiry: 'none',
  steps: [
    'Create a user in a group with the policy `Allow group <group> to read repos in compartment <compartment>`.',
    'Create an auth token for this user. It is shown only once.',
    'Store the user name with the namespace of the tenancy before it, and with the identity domain between the two if there is one.',
  ],
  doesNotWork: [
    'A user name in any other form: OCIR treats the pull as anonymous ("Anonymous users are only allowed read access on public repos").',
    'The name of the tenancy where its namespace differs.',
    'The password of the user.',
  ],
  documentation: [
    'https://docs.oracle.com/iaas/Content/Registry/Tasks/registrypullingimagesfromocir.htm',
    'https://docs.oracle.com/iaas/Content/Registry/Concepts/registrypolicyrepoaccess.htm',
    'https://docs.oracle.com/iaas/Content/Identity/access/working-with-auth-tokens.htm',
    'https://docs.oracle.com/iaas/Content/Registry/Tasks/registrygettingauthtoken.htm',
  ],
  example: { provider: "RegistryProvider.oracle('eu-frankfurt-1')", username: 'ansh81vru1zp/Default/ecs-puller', password: '<auth token>' },
};
