import { hashOf } from '../private/identity';
import { isUnknown, literalPrefix } from '../private/tokens';
import { ImageReference } from '../reference/image-reference';

const LONGEST_ID = 120;
const LONGEST_VERSION = 40;
const DIGEST_DIGITS = 12;

/**
 * The construct id of a check. It names the image for the reader of `cdk diff`, and the hash of everything that is checked makes it
 * unique: `PrivateRegistryPullCheck-ghcr.io-acme-api-1.4.2-0123456789abcdef`.
 */
export function checkId(reference: string, identity: unknown): string {
  const hash = hashOf(identity);
  const [name, version] = isUnknown(reference) ? [literalPrefix(reference)] : nameAndVersion(ImageReference.parse(reference));
  const end = [version?.slice(0, LONGEST_VERSION), hash].filter((part) => part !== undefined).join('-');
  const beginning = `PrivateRegistryPullCheck-${plain(name)}`.slice(0, LONGEST_ID - end.length - 1).replace(/[-._]+$/, '');
  return `${beginning}-${end}`;
}

function nameAndVersion({ host, repository, tag, digest }: ImageReference): [name: string, version: string | undefined] {
  return [`${host}/${repository}`, digest === undefined ? tag : digest.replace('sha256:', '').slice(0, DIGEST_DIGITS)];
}

/**
 * A slash would separate two constructs.
 */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-');
}
