import { Construct } from 'constructs';
import { isLate } from './late-tokens';
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

/**
 * Validates a value now, or at the end of synth if the app computes a part of it then.
 */
export function validateWhenKnown(scope: Construct, value: unknown, validate: () => Error | undefined): void {
  if (isLate(scope, value)) {
    validateLate(scope, validate);
    return;
  }
  const error = validate();
  if (error) {
    throw error;
  }
}
