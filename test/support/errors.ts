import { Annotations, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IConstruct } from 'constructs';
import { warningIdsOf, warningsOf } from './synth';
import { ErrorId, WarningId } from '../../src/private/errors';

/**
 * Asserts an error by its id and by what it says, and that it is written in the house style.
 */
export function expectError(fn: () => unknown, id: ErrorId, ...texts: string[]): string {
  const message = messageOf(fn);
  expect(message).toContain(`[cdk-private-registry:${id}]`);
  expectTexts(message, texts);
  expectStyle(message.replace(/(?: \(at [^()]*\))? \[cdk-private-registry:\w+\][^]*$/, ''));
  return message;
}

/**
 * Asserts an error that only synth finds.
 */
export function expectSynthError(stack: Stack, id: ErrorId, ...texts: string[]): string {
  return expectError(() => synthesize(stack), id, ...texts);
}

/**
 * Throws what synth finds as it is: aws-cdk-lib prints a list of findings, with the path before each of them.
 */
export function synthesize(stack: Stack): void {
  try {
    Template.fromStack(stack);
  } catch (error) {
    throw new Error((error as Error).message.replace(/^[^]*?\n\s*\[[^\]]*\] /, ''));
  }
}

/**
 * Asserts a warning by its id and by what it says, the house style, and that acknowledging the id silences it.
 */
export function expectWarning(stack: Stack, id: WarningId, ...texts: string[]): string {
  const [message, ...others] = ourWarningsOf(stack, id);
  expect({ id, given: message !== undefined, ids: warningIdsOf(stack) }).toEqual({ id, given: true, ids: expect.arrayContaining([id]) });
  expect(others.filter((other) => other !== message)).toEqual([]);
  expectTexts(message, texts);
  expectStyle(message.replace(/ \[ack: [^\]]+\]$/, ''));

  const before = warningIdsOf(stack);
  acknowledge(stack, id);
  expect(warningIdsOf(stack)).toEqual(before.filter((one) => one !== id));
  return message;
}

export function acknowledge(scope: IConstruct, id: WarningId): void {
  Annotations.of(scope).acknowledgeWarning(`cdk-private-registry:${id}`);
}

/**
 * Asserts that nothing of ours is said, and that it synthesizes.
 */
export function expectSilence(...stacks: Stack[]): void {
  for (const stack of stacks) {
    Template.fromStack(stack);
    expect(warningIdsOf(stack)).toEqual([]);
  }
}

export function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected an error, but nothing was thrown');
}

function ourWarningsOf(stack: Stack, id: WarningId): string[] {
  return warningsOf(stack).filter((text) => text.includes(`[ack: cdk-private-registry:${id}]`));
}

function expectTexts(message: string, texts: string[]): void {
  for (const text of texts) {
    expect(message).toContain(text);
  }
}

/**
 * A message begins in lower case (or with the quoted value, or the name of a product), says what to do after what is wrong,
 * and has no full stop: aws-cdk-lib adds the path and the id after it.
 */
function expectStyle(text: string): void {
  expect(text).toMatch(/^(?:[a-z]|"|ECS |Fargate )/);
  expect(text).not.toMatch(/[.!\s]$/);
  expect(text).not.toContain('undefined');
  expect(text).not.toContain('[object');
  expect(text).not.toMatch(/Token\[|e\+289/);
}
