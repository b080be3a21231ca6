import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Whether two values definitely differ: an unresolved token can have any value.
 */
export function certainlyDiffer(one: string, other: string): boolean {
  return Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
}

/**
 * The text before the first unresolved token.
 */
export function literalPrefix(text: string): string {
  return text.split('${Token[')[0];
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
