import { Construct } from 'constructs';
import { awaitsContext } from './scopes';

/**
 * Adds what is judged at the end of synth, since it can change until then.
 */
export function validateLate(scope: Construct, validate: () => Error | undefined): void {
  scope.node.addValidation({
    validate: () => {
      const error = validate();
      return error === undefined || awaitsContext(scope) ? [] : [error.message];
    },
  });
}
