import { Stack } from 'aws-cdk-lib';
import { messageOf } from '../../support/errors';
import { newStack, templateOf } from '../../support/synth';

/** What synth says of a stack, by the library of this repository. */
export function synthErrorOf(define: (stack: Stack) => unknown): string {
  return messageOf(() => {
    const stack = newStack({ 'cdk-private-registry:pullCheckMode': undefined });
    define(stack);
    templateOf(stack);
  });
}
