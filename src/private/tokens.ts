import { Intrinsic, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** What aws-cdk-lib returns for a look-up until the command line has looked the value up. */
const DUMMY = /dummy-value-for-|\bDUMMY_ARN\b/;
/** An unresolved token, a dynamic reference (or its beginning, where a colon has cut it), or a dummy. */
const UNKNOWN = new RegExp(`\\$\\{Token\\[|\\{\\{resolve\\b|${DUMMY.source}`);

/**
 * Whether a value is not known yet. A number that was read from a dummy is NaN.
 */
export function isUnknown(value: unknown): boolean {
  return typeof value === 'string' ? UNKNOWN.test(value) : Token.isUnresolved(value) || Number.isNaN(value);
}

/**
 * Whether the value is known when the app runs again, after the command line has looked it up. An error would prevent that.
 */
export function isDummy(text: string): boolean {
  return DUMMY.test(text);
}

/**
 * The text for aws-cdk-lib, which judges every text that is not a token.
 */
export function asToken(text: string): string {
  return isUnknown(text) && !Token.isUnresolved(text) ? new Intrinsic(text).toString() : text;
}

/**
 * Whether two values definitely differ: one that is not known can have any value.
 */
export function certainlyDiffer(one: string, other: string): boolean {
  return !isUnknown(one) && !isUnknown(other) && one !== other;
}

/**
 * Whether two values of a stack are the same in its template.
 */
export function isSameIn(stack: Stack, one: unknown, other: unknown): boolean {
  return JSON.stringify(stack.resolve(one)) === JSON.stringify(stack.resolve(other));
}

/**
 * The text before the first part that is not known.
 */
export function literalPrefix(text: string): string {
  return text.split(UNKNOWN)[0];
}

/**
 * What a value with tokens resolves to, with a placeholder in place of what only CloudFormation knows.
 */
export function resolvedText(scope: IConstruct, value: unknown, placeholder: string): string {
  const resolved = Stack.of(scope).resolve(value);
  if (typeof resolved === 'string') {
    return resolved;
  }
  const join = resolved?.['Fn::Join'];
  if (!Array.isArray(join)) {
    return placeholder;
  }
  return (join[1] as unknown[]).map((part) => (typeof part === 'string' ? part : placeholder)).join(join[0]);
}
