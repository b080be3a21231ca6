import { Token } from 'aws-cdk-lib';
import { literalPrefix } from '../private/tokens';
import { ImageReference, registryHostOfPrefix } from '../reference/image-reference';

/**
 * The host of an image, if the text before the first unresolved token contains all of it.
 */
export function hostOf(reference: string): string | undefined {
  return Token.isUnresolved(reference) ? registryHostOfPrefix(literalPrefix(reference)) : ImageReference.parse(reference).host;
}
