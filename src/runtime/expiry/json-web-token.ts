import { instantOfSeconds } from './instant';
import { isObject, parseJson } from '../http/json';

/** When a JSON Web Token expires (RFC 7519 section 4.1.4); `undefined` for one that does not, and for any other text. */
export function expiryOfToken(text: string): string | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) {
    return undefined;
  }
  const [header, claims] = text.split('.').slice(0, 2).map((part) => parseJson(Buffer.from(part, 'base64url').toString()));
  return isObject(header) && isObject(claims) && typeof claims.exp === 'number' ? instantOfSeconds(claims.exp) : undefined;
}
