import { createHash } from 'node:crypto';
import { Reference, Stack, Tokenization } from 'aws-cdk-lib';

/**
 * Everything that tells one set of values from another. A token resolves to the same in all stacks, so the owner of the construct it
 * refers to is included. The properties of the values are texts and lists of texts: deeper levels hold no references.
 */
export function identityOf(stack: Stack, ...values: object[]): unknown {
  const texts = values.flatMap((value) => Object.values(value)).flat().filter((value) => typeof value === 'string');
  const tokens = texts.flatMap((text) => Tokenization.reverseString(text).tokens);
  return [stack.resolve(values), tokens.flatMap((token) => (Reference.isReference(token) ? token.target.node.addr : []))];
}

/**
 * Tells one value from another in an id: 64 bits, since a collision would go unnoticed.
 */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
