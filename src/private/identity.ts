import { createHash } from 'node:crypto';
import { Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { LateTokenFinder } from './late-tokens';

/** The values that an app computes when the template is made, in the order in which a stack uses them. */
const LATE_TOKENS = new WeakMap<Stack, Map<unknown, number>>();

/**
 * Everything that tells one set of values from another. A token resolves to the same in all stacks, so the owner of the construct it
 * refers to is included. What the app computes when the template is made has no value yet, and is told apart by its order. The
 * properties of the values are texts and lists of texts: deeper levels hold no references.
 */
export function identityOf(stack: Stack, ...values: object[]): unknown {
  const texts = values.flatMap((value) => Object.values(value)).flat().filter((value) => typeof value === 'string');
  const tokens = texts.flatMap((text) => Tokenization.reverseString(text).tokens);
  const owners = tokens.flatMap((token) => (Reference.isReference(token) ? token.target.node.addr : []));
  const numbers = LATE_TOKENS.get(stack) ?? new Map<unknown, number>();
  LATE_TOKENS.set(stack, numbers);
  const finder = new LateTokenFinder((token) => {
    numbers.set(token, numbers.get(token) ?? numbers.size);
    return `<late ${numbers.get(token)}>`;
  });
  const early = finder.resolve(stack, values);
  return [finder.tokens.length === 0 ? stack.resolve(values) : early, owners];
}

/**
 * Tells one value from another in an id: 64 bits, since a collision would go unnoticed.
 */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
