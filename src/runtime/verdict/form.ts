import { Credentials } from '../http/credentials';
import { parseJson } from '../http/json';

/**
 * What looks wrong in credentials themselves, as the next step after a registry refused them. It decides nothing: what one registry
 * refuses, another reads, and only the registry knows which it does.
 */
export function mistakeOf({ username, password }: Credentials): string | undefined {
  const mistake = googleMistake(username, password);
  if (mistake !== undefined) {
    return mistake;
  }
  // A Google key as it is has several lines.
  const texts = username === '_json_key' ? [username] : [username, password];
  if (texts.some((text) => /[\r\n]$/.test(text))) {
    return 'remove the line break at the end of the user name or password (printf %s instead of echo)';
  }
  // RFC 7617 section 2 excludes both.
  if (username.includes(':')) {
    return 'correct the user name, which has a colon: with Basic authentication the password begins there';
  }
  if (texts.some((text) => /[\x00-\x1f\x7f]/.test(text))) {
    return 'remove the control characters from the user name and the password';
  }
  return undefined;
}

function googleMistake(username: string, password: string): string | undefined {
  switch (username) {
    case '_json_key': return plainKeyMistake(password);
    case '_json_key_base64': return base64KeyMistake(password);
    default: return undefined;
  }
}

function plainKeyMistake(password: string): string | undefined {
  if (isGoogleKey(password)) {
    return undefined;
  }
  return isGoogleKey(decoded(password))
    ? 'use the user name _json_key_base64, because the key is in base64'
    : 'store the content of the service account key file as the password, or its base64 with the user name _json_key_base64';
}

function base64KeyMistake(password: string): string | undefined {
  if (isGoogleKey(password)) {
    return 'use the user name _json_key, because the key is not in base64, or store the output of base64 -w0 of the key file';
  }
  if (!isGoogleKey(decoded(password))) {
    return 'store the output of base64 -w0 of the service account key file as the password';
  }
  return /\s/.test(password) ? 'store the key as base64 without line breaks: the password is base64 with line breaks, use base64 -w0' : undefined;
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

function isGoogleKey(text: string): boolean {
  const key = parseJson(text) as { private_key?: unknown } | null | undefined;
  return typeof key?.private_key === 'string';
}
