import { Construct } from 'constructs';
import { PullCheckMode } from './pull-check-options';
import { invalid } from '../private/errors';

const MODE_CONTEXT = 'cdk-private-registry:pullCheckMode';

/**
 * The mode of a check, unless the context of the app overrides it.
 */
export function effectiveMode(scope: Construct, mode: PullCheckMode = PullCheckMode.ENFORCE): PullCheckMode {
  const override = scope.node.tryGetContext(MODE_CONTEXT);
  if (override === undefined) {
    return mode;
  }
  const modes = Object.values(PullCheckMode);
  if (!modes.includes(override)) {
    throw invalid('invalidPullCheckMode',
      `the context value ${MODE_CONTEXT} is ${JSON.stringify(override)}, expected one of ${modes.join(', ')}, in upper case; `
      + 'correct it, or remove it from cdk.json or the command line', scope);
  }
  // A check that is off in the code stays off: a service without tasks has nothing to check.
  return mode === PullCheckMode.OFF ? mode : override;
}
