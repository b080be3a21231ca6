import { ACCEPTED, instantOf } from '../expiry/instant';
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
/** The keys, which match in any case. Nobody but this library reads `hosts` and `expiresOn`. */
export const KEYS = { username: /^username$/iu, password: /^password$/iu, hosts: /^hosts$/iu, expiresOn: /^expiresOn$/iu };

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
  return { username: stringIn(json, 'username', fail), password: stringIn(json, 'password', fail), ...hostsIn(json), ...expiryIn(json, options) };
}

type Fail = (verdict: Verdict, cause: string, step?: string) => CheckFailure;

function stringIn(json: Record<string, unknown>, key: 'username' | 'password', fail: Fail): string {
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

/** ECS does not read this key, so that nothing in it is an error: what is no list lists nothing, and what is no text in it is left out. */
function hostsIn(json: Record<string, unknown>): { readonly hosts?: readonly string[] } {
  const values = valuesOf(json, KEYS.hosts);
  return values.length === 0 ? {} : { hosts: values.filter(Array.isArray).flat().filter((host) => typeof host === 'string') };
}

/** ECS does not read this key either. What is no date is said, since whoever declared one relies on being told in time. */
function expiryIn(json: Record<string, unknown>, { name }: SecretOptions): Pick<Credentials, 'expiresOn' | 'expiryProblem'> {
  const value = valueOf(json, KEYS.expiresOn) ?? undefined;
  if (value === undefined) {
    return {};
  }
  try {
    return { expiresOn: instantOf(typeof value === 'string' ? value : '') };
  } catch (error) {
    return { expiryProblem: `"expiresOn" in ${name} ${(error as RangeError).message}; write ${ACCEPTED}` };
  }
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
  const values = valuesOf(object, key);
  return values.find((value) => typeof value !== 'string' && value !== null) ?? values.at(-1);
}

function valuesOf(object: Record<string, unknown>, key: RegExp): unknown[] {
  return Object.entries(object).filter(([name]) => key.test(name)).map(([, value]) => value);
}
