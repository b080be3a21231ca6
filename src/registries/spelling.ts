import { REGISTRIES, registryOfHost, withoutDefaultPort } from './registries';

/**
 * The host of a known registry that a host is one typing error away from; undefined for a known host.
 *
 * Within the domain of a known registry, nothing is sent to a stranger, and its owner can have more hosts than are known: only
 * errors in whole words count there, not another region.
 */
export function intendedHost(given: string): string | undefined {
  const host = withoutDefaultPort(given);
  if (registryOfHost(host) !== undefined) {
    return undefined;
  }
  const known = REGISTRIES.flatMap(({ hosts }) => hosts)
    .filter((candidate) => domainOf(candidate) !== domainOf(host) || candidate.indexOf('.') > SHORTEST_WORD);
  return [...known, ...REGISTRIES.flatMap(({ domains = [] }) => domains).flatMap((domain) => hostsIn(domain, host))]
    .find((candidate) => isTypingError(host, candidate));
}

const SHORTEST_WORD = 3;

/** The host with the end of it replaced by a domain, if the customers' part of it fits. */
function hostsIn(domain: string, host: string): string[] {
  return [-1, 0, 1].map((difference) => host.length - domain.length + difference)
    .filter((start) => start >= 0 && host.slice(start) !== domain)
    .map((start) => host.slice(0, start) + domain)
    .filter((candidate) => registryOfHost(candidate) !== undefined);
}

function domainOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}

/** One character too many, too few or another one, or two neighbours in the other order. */
function isTypingError(wrong: string, right: string): boolean {
  let start = 0;
  while (start < right.length && wrong[start] === right[start]) {
    start++;
  }
  const [typed, meant] = [wrong.slice(start), right.slice(start)];
  return typed.slice(1) === meant.slice(1)
    || typed.slice(1) === meant
    || typed === meant.slice(1)
    || (typed.length > 1 && typed.slice(2) === meant.slice(2) && typed[0] === meant[1] && typed[1] === meant[0]);
}
