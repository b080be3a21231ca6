import { authHostsOf } from '../../registries/registries';
import { isLoopbackHost } from '../http/address-guard';

export type Realm =
  /** Known: it is the registry's own, rather than what the user trusts. */
  | { readonly trusted: true; readonly url: URL; readonly isKnown: boolean }
  | { readonly trusted: false; readonly host?: string; readonly reason: 'not-a-url' | 'plain-http' | 'other-host' };

export interface RealmOptions {
  /** Host, with port where it isn't 443, of the token service that the user trusts. */
  readonly authHost?: string;
  readonly insecureLoopback: boolean;
}

/**
 * Decides whether the password can go to the realm of a challenge. The server that answers chooses the realm (CVE-2020-15157,
 * CVE-2026-33540), so a similar name or a common parent domain is no reason to trust it: strangers share `azurecr.io` and `jfrog.io`.
 */
export function trustedRealm(realm: string, registry: URL, options: RealmOptions): Realm {
  if (!URL.canParse(realm, registry.href)) {
    return { trusted: false, reason: 'not-a-url' };
  }
  const url = new URL(realm, registry);
  url.hash = '';
  if (url.username !== '' || url.password !== '' || !['https:', 'http:'].includes(url.protocol)) {
    return { trusted: false, reason: 'not-a-url' };
  }
  if (url.protocol === 'http:' && !(options.insecureLoopback && isLoopbackHost(url.hostname))) {
    return { trusted: false, host: url.host, reason: 'plain-http' };
  }
  const isKnown = [registry.host, ...authHostsOf(registry.host)].includes(url.host);
  const trusted = isKnown || url.host === hostInUrl(options.authHost, url.protocol);
  return trusted ? { trusted, url, isKnown } : { trusted, host: url.host, reason: 'other-host' };
}

/** The host as a URL has it, which omits the default port. */
export function hostInUrl(authHost: string | undefined, protocol: string = 'https:'): string | undefined {
  const text = `${protocol}//${authHost}`;
  return authHost !== undefined && URL.canParse(text) ? new URL(text).host : undefined;
}
