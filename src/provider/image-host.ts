import { isUnknown, literalPrefix } from '../private/tokens';
import { ImageReference, registryHostOfPrefix } from '../reference/image-reference';

/**
 * The host of an image, if the text before the first part that is not known contains all of it.
 */
export function hostOf(reference: string): string | undefined {
  return isUnknown(reference) ? registryHostOfPrefix(literalPrefix(reference)) : ImageReference.parse(reference).host;
}
