import { Construct } from 'constructs';
import { PullCheckMode } from './pull-check-options';
import { invalid } from '../private/errors';
import { isUnknown } from '../private/tokens';

const MODE_CONTEXT = 'cdk-private-registry:pullCheckMode';

/**
 * The mode of a check, unless the context of the app overrides it.
 */
export function effectiveMode(scope: Construct, mode: PullCheckMode = PullCheckMode.ENFORCE): PullCheckMode {
  validateMode(scope, 'pullCheck.mode', mode, 'use PullCheckMode.ENFORCE, WARN or OFF');
  const override = scope.node.tryGetContext(MODE_CONTEXT);
  if (override === undefined) {
    return mode;
  }
  validateMode(scope, `the context value ${MODE_CONTEXT}`, override, 'correct it, or remove it from cdk.json or the command line');
  // A check that is off in the code stays off: a service without tasks has nothing to check.
  return mode === PullCheckMode.OFF ? mode : override;
}

/**
 * Not every language has the enum: in JavaScript the mode can be any text, and a check with an unknown mode would never stop anything.
 */
function validateMode(scope: Construct, subject: string, value: unknown, advice: string): void {
  const modes = Object.values(PullCheckMode);
  if (!isUnknown(value) && !modes.some((mode) => mode === value)) {
    throw invalid('invalidPullCheckMode', `${subject} is ${JSON.stringify(value)}, expected one of ${modes.join(', ')}, in upper case; ${advice}`, scope);
  }
}
