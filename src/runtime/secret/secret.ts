import { Credentials } from '../oci/token';
import { failure } from '../verdict/failures';
import { Verdict } from '../verdict/verdict';

export interface SecretOptions {
  /** How messages call the secret: its ARN, or `the JSON on standard input`. */
  readonly name: string;
  /** Whether the text is the placeholder that the library itself has put there. */
  readonly isPlaceholder?: (text: string) => boolean;
}

const EXPECTED = 'store {"username":"...","password":"..."} as plain text';

/**
 * Reads a secret as the ECS agent does: Go's `json.Unmarshal` of the SecretString into two string pointers, so keys match
 * in any case, other keys are ignored, and other types than strings fail. Throws a CheckFailure that never shows content.
 */
export function parseSecret(secretString: string | undefined, options: SecretOptions): Credentials {
  const fail = (verdict: Verdict, cause: string, step: string) => failure(verdict, `${options.name} ${cause}`, step);
  if (secretString === undefined) {
    throw fail('SECRET_MALFORMED', 'is binary, and ECS reads text only', EXPECTED);
  }
  if (secretString.trim() === '') {
    throw fail('SECRET_EMPTY', 'is empty', EXPECTED);
  }
  if (options.isPlaceholder?.(secretString)) {
    throw fail('SECRET_PLACEHOLDER', 'still holds the placeholder', 'store the real user name and password with aws secretsmanager put-secret-value');
  }
  const json = parsed(secretString);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw fail('SECRET_MALFORMED', `is no JSON object, ${guessAt(secretString)}`, EXPECTED);
  }
  const object = json as Record<string, unknown>;
  const credentials = { username: valueOf(object, /^username$/iu), password: valueOf(object, /^password$/iu) };
  for (const [key, value] of Object.entries(credentials)) {
    if (value === undefined && 'auths' in object) {
      throw fail('SECRET_MALFORMED', 'is a Docker configuration file (auths), which ECS does not read', EXPECTED);
    }
    if (value === undefined || value === null) {
      throw fail('SECRET_MALFORMED', `has no key "${key}"`, EXPECTED);
    }
    if (typeof value !== 'string') {
      throw fail('SECRET_MALFORMED', `has a "${key}" that is no string, and ECS takes only strings`, `put the value of "${key}" in quotes`);
    }
    if (value === '') {
      throw fail('SECRET_EMPTY', `has an empty "${key}"`, EXPECTED);
    }
  }
  const mistake = mistakeIn(credentials as Credentials);
  if (mistake !== undefined) {
    throw fail('SECRET_MALFORMED', ...mistake);
  }
  return credentials as Credentials;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function guessAt(text: string): string {
  if (text.startsWith('\uFEFF')) {
    return 'it begins with a byte order mark';
  }
  if (/^\s*[{[]/.test(text)) {
    return 'it looks like JSON that is cut or not quoted right';
  }
  if (/^[^\s:"{}]+:[^\s:"{}]+\s*$/.test(text)) {
    return 'it looks like user:password';
  }
  return /\s/.test(text.trim()) ? 'it looks like plain text' : 'it looks like a password or token alone';
}

/**
 * Go takes the last of several keys that match, and compares as the flags `iu` do (simple case folding). One that is no string is an
 * error, also if another follows.
 */
function valueOf(object: Record<string, unknown>, key: RegExp): unknown {
  const values = Object.entries(object).filter(([name]) => key.test(name)).map(([, value]) => value);
  return values.find((value) => typeof value !== 'string' && value !== null) ?? values.at(-1);
}

/** What can't work with any registry: cause and next step. */
function mistakeIn({ username, password }: Credentials): [cause: string, step: string] | undefined {
  if (username.includes(':')) {
    return ['has a user name with a colon, which HTTP Basic authentication cannot carry', 'correct the user name'];
  }
  const mistake = googleMistake(username, password);
  if (mistake !== undefined) {
    return mistake;
  }
  // RFC 7617 section 2 excludes control characters. A Google key is JSON of several lines, which Google takes as it is.
  const checked = username === '_json_key' ? [username] : [username, password];
  if (checked.some((text) => /[\r\n]$/.test(text))) {
    return ['has a user name or password that ends with a line break', 'store it without (printf %s instead of echo)'];
  }
  if (checked.some((text) => /[\x00-\x1f\x7f]/.test(text))) {
    return ['has a control character in the user name or password', 'store it without'];
  }
  return undefined;
}

function googleMistake(username: string, password: string): [cause: string, step: string] | undefined {
  if (username === '_json_key' && !isGoogleKey(password)) {
    return isGoogleKey(decoded(password))
      ? ['has a Google key in base64 under the user name _json_key', 'use the user name _json_key_base64']
      : ['has the user name _json_key, but its password is no service account key', 'store the key file\'s content, or its base64 under _json_key_base64'];
  }
  if (username === '_json_key_base64' && !isGoogleKey(decoded(password))) {
    return isGoogleKey(password)
      ? ['has a Google key as plain JSON under the user name _json_key_base64', 'use the user name _json_key, or store the key in base64']
      : ['has the user name _json_key_base64, but its password is no service account key in base64', 'store the output of base64 -w0 of the key file'];
  }
  return undefined;
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

function isGoogleKey(text: string): boolean {
  const key = parsed(text) as { private_key?: unknown } | null | undefined;
  return typeof key?.private_key === 'string';
}
