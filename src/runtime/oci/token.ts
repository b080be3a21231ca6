import { Credentials } from '../http/credentials';
import { isObject, isTime, parseJsonOfGo } from '../http/json';
import { HttpResponse } from '../http/message';

const CLIENT_ID = 'cdk-private-registry';

/** The URL of a token request; without a scope it is that of `docker login`. */
export function tokenUrl(realm: URL, service: string | undefined, scopes: readonly string[] = []): URL {
  // The query of the realm is kept.
  const url = new URL(realm);
  if (service) {
    url.searchParams.append('service', service);
  }
  scopes.forEach((scope) => url.searchParams.append('scope', scope));
  url.searchParams.append('client_id', CLIENT_ID);
  return url;
}

/** The body of a token request by POST, as containerd sends it (OAuth 2, RFC 6749 section 4.3). */
export function tokenForm(service: string | undefined, scopes: readonly string[], { username, password }: Credentials): string {
  return new URLSearchParams({
    scope: scopes.join(' '), service: service ?? '', client_id: CLIENT_ID, grant_type: 'password', username, password,
  }).toString();
}

/**
 * The scopes to request, as containerd does: that of the repository, and those that the registry offers. Artifactory omits the repository
 * key in front of the path, nvcr.io offers `pull,push` or nothing, a proxy the name that it keeps the image under.
 */
export function pullScopes(repository: string, offered: string = ''): string[] {
  return [...new Set([`repository:${repository}:pull`, ...offered.split(' ').filter((scope) => scope !== '')])].sort();
}

type Type = (value: unknown) => boolean;
const isText: Type = (value) => typeof value === 'string';

/** The fields that Go reads, and their types. `scope` only by POST, and `token` only by GET. */
const FIELDS: Readonly<Record<string, Type>> = {
  access_token: isText, refresh_token: isText, expires_in: Number.isInteger, issued_at: isTime,
};

/**
 * The token in the answer of a token service, as Go reads it: names in any case, the last of two, nothing at all if one field has another
 * type. `undefined` if there is none that a header can carry.
 */
export function tokenOf(response: HttpResponse, method: 'GET' | 'POST' = 'GET'): string | undefined {
  const json = parseJsonOfGo(response.body.toString());
  const types = { ...FIELDS, ...method === 'POST' ? { scope: isText } : { token: isText } };
  const fields = isObject(json) ? fieldsOf(json, types) : undefined;
  const token = fields?.access_token || fields?.token;
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

function fieldsOf(json: Record<string, unknown>, types: Readonly<Record<string, Type>>): Record<string, unknown> | undefined {
  const entries = Object.entries(json).map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => Object.hasOwn(types, name) && value !== null);
  return entries.every(([name, value]) => types[name](value)) ? Object.fromEntries(entries) : undefined;
}
