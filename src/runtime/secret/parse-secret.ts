import { Credentials } from '../http/credentials';
import { isObject, parseJson } from '../http/json';
import { failure } from '../verdict/failures';
import { CheckFailure, Verdict } from '../verdict/verdict';

export interface SecretOptions {
  /** The secret in messages, for example its ARN or `the JSON on standard input`. */
  readonly name: string;
  /** The value that the library itself creates secrets with. */
  readonly placeholder?: string;
}

const EXPECTED = 'store {"username":"...","password":"..."} as plain text';
const KEYS = { username: /^username$/iu, password: /^password$/iu };

/**
 * Reads a secret as the ECS agent does: Go's `json.Unmarshal` of the SecretString into two string pointers, so keys match in any case,
 * other keys are ignored, and values other than strings fail. Throws a CheckFailure, which never shows content.
 */
export function parseSecret(secretString: string | undefined, options: SecretOptions): Credentials {
  const fail: Fail = (verdict, cause, step = EXPECTED) => failure(verdict, `${options.name} ${cause}`, step);
  if (secretString === undefined) {
    throw fail('SECRET_MALFORMED', 'is binary, and ECS reads text only');
  }
  if (secretString.trim() === '') {
    throw fail('SECRET_EMPTY', 'is empty');
  }
  if (secretString === options.placeholder) {
    throw fail('SECRET_PLACEHOLDER', 'still holds the placeholder', 'store the real user name and password with aws secretsmanager put-secret-value');
  }
  const json = parseJson(secretString);
  if (!isObject(json)) {
    throw fail('SECRET_MALFORMED', `is not a JSON object, ${guessAt(secretString)}`);
  }
  const credentials = { username: stringIn(json, 'username', fail), password: stringIn(json, 'password', fail) };
  const mistake = mistakeIn(credentials);
  if (mistake !== undefined) {
    throw fail('SECRET_MALFORMED', ...mistake);
  }
  return credentials;
}

type Fail = (verdict: Verdict, cause: string, step?: string) => CheckFailure;

function stringIn(json: Record<string, unknown>, key: keyof typeof KEYS, fail: Fail): string {
  const value = valueOf(json, KEYS[key]);
  if (value === undefined && 'auths' in json) {
    throw fail('SECRET_MALFORMED', 'is a Docker configuration file (auths), which ECS does not read');
  }
  if (value === undefined || value === null) {
    throw fail('SECRET_MALFORMED', `has no key "${key}"`);
  }
  if (typeof value !== 'string') {
    throw fail('SECRET_MALFORMED', `has a "${key}" that is not a string, and ECS accepts only strings`, `put the value of "${key}" in quotes`);
  }
  if (value === '') {
    throw fail('SECRET_EMPTY', `has an empty "${key}"`);
  }
  return value;
}

function guessAt(text: string): string {
  if (text.startsWith('\uFEFF')) {
    return 'it begins with a byte order mark';
  }
  if (/^\s*[{[]/.test(text)) {
    return 'it looks like JSON that is cut off or badly quoted';
  }
  if (/^[^\s:"{}]+:[^\s:"{}]+\s*$/.test(text)) {
    return 'it looks like user:password';
  }
  return /\s/.test(text.trim()) ? 'it looks like plain text' : 'it looks like a password or token alone';
}

/**
 * Go uses the last of several keys that match, and compares as the flags `iu` do (simple case folding). A value that is not a string is an
 * error, even if another follows.
 */
function valueOf(object: Record<string, unknown>, key: RegExp): unknown {
  const values = Object.entries(object).filter(([name]) => key.test(name)).map(([, value]) => value);
  return values.find((value) => typeof value !== 'string' && value !== null) ?? values.at(-1);
}

/** A mistake that fails with every registry: cause and next step. */
function mistakeIn({ username, password }: Credentials): [cause: string, step: string] | undefined {
  if (username.includes(':')) {
    return ['has a user name with a colon, which HTTP Basic authentication cannot carry', 'correct the user name'];
  }
  const mistake = googleMistake(username, password);
  if (mistake !== undefined) {
    return mistake;
  }
  // RFC 7617 section 2 excludes control characters. A Google key is JSON of several lines, which Google accepts as it is.
  const checked = username === '_json_key' ? [username] : [username, password];
  if (checked.some((text) => /[\r\n]$/.test(text))) {
    return ['has a user name or password that ends with a line break', 'store it without the line break (printf %s instead of echo)'];
  }
  if (checked.some((text) => /[\x00-\x1f\x7f]/.test(text))) {
    return ['has a control character in the user name or password', 'store it without control characters'];
  }
  return undefined;
}

function googleMistake(username: string, password: string): [cause: string, step: string] | undefined {
  if (username === '_json_key' && !isGoogleKey(password)) {
    return isGoogleKey(decoded(password))
      ? ['has a Google key in base64 under the user name _json_key', 'use the user name _json_key_base64']
      : ['has the user name _json_key, but its password is not a service account key', 'store the key file\'s content, or its base64 under _json_key_base64'];
  }
  if (username === '_json_key_base64' && !isGoogleKey(decoded(password))) {
    return isGoogleKey(password)
      ? ['has a Google key as plain JSON under the user name _json_key_base64', 'use the user name _json_key, or store the key in base64']
      : ['has the user name _json_key_base64, but its password is not a service account key in base64', 'store the output of base64 -w0 of the key file'];
  }
  return undefined;
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

function isGoogleKey(text: string): boolean {
  const key = parseJson(text) as { private_key?: unknown } | null | undefined;
  return typeof key?.private_key === 'string';
}
