import { Construct } from 'constructs';
import { RegistrySecret } from './registry-secret';
import { invalid } from '../private/errors';
import { RegistryProvider } from '../provider/registry-provider';

/**
 * Finds or creates the secret of credentials when they are first used.
 */
export type Binder = (scope: Construct, provider: RegistryProvider) => RegistrySecret;

/**
 * Throws at a second use: it would create a second secret, with the same name or with parameters of the same name.
 */
export function once(binder: Binder): Binder {
  let first: Construct | undefined;
  return (scope, provider) => {
    if (first !== undefined) {
      throw invalid('credentialsReused',
        `these credentials create a secret and are already in use (at ${first.node.path}); `
        + 'define one PrivateRegistry with them and use its image() wherever they are needed', scope);
    }
    first = scope;
    return binder(scope, provider);
  };
}
