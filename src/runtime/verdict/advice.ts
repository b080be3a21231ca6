import { mistakeOf } from './form';
import { CUSTOM } from '../../registries/custom';
import { GITEA } from '../../registries/gitea';
import { REGISTRIES, registryOfHost, registryOfKey } from '../../registries/registries';
import { Finding, Registry } from '../../registries/registry';
import { Credentials } from '../http/credentials';

/** The registry whose advice fits a host: the one that the user named, or else the one that the host belongs to, certainly or probably. */
export function adviserFor(host: string, key?: string): Registry {
  const named = key === undefined || key === CUSTOM.key ? undefined : registryOfKey(key);
  return named ?? registryOfHost(host) ?? REGISTRIES.find(({ probableHost }) => probableHost?.test(host)) ?? CUSTOM;
}

/** Gitea and Forgejo run under any name, and nobody else has this service with this scope. */
export function adviserByChallenge(registry: Registry, { service, scope }: Readonly<Record<string, string>>): Registry {
  return registry === CUSTOM && service === 'container_registry' && scope === '*' ? GITEA : registry;
}

/** The next step after the registry refused the login. */
export function obtainStep(registry: Registry, credentials: Credentials): string {
  return mistakeOf(credentials) ?? blankOf(credentials)
    ?? textOf(mistakesAt(registry), credentials) ?? textOf(registry.wrongKinds, credentials) ?? registry.obtain;
}

function blankOf({ username, password }: Credentials): string | undefined {
  const isBlank = [username, password].some((text) => /^\s|\s$/.test(text));
  return isBlank ? 'remove the blank at the beginning or end of the user name or password' : undefined;
}

/** The next step after the registry accepted the login, but not for this image. */
export function permitStep(registry: Registry, credentials: Credentials): string {
  return textOf(registry.wrongKinds, credentials) ?? registry.permit;
}

/** A warning about credentials that work now, but not for long. */
export function lifetimeWarning(registry: Registry, credentials: Credentials): string | undefined {
  return textOf(registry.shortLived, credentials);
}

/** A registry that nothing is known about may be any of those that customers run themselves. */
function mistakesAt(registry: Registry): readonly Finding[] {
  const selfHosted = REGISTRIES.filter(({ hosts, hostPattern }) => hosts.length === 0 && hostPattern === undefined);
  return (registry === CUSTOM ? selfHosted : [registry]).flatMap(({ mistakes = [] }) => mistakes);
}

function textOf(findings: readonly Finding[] = [], credentials: Credentials): string | undefined {
  return findings.find(({ matches }) => matches(credentials))?.text;
}
