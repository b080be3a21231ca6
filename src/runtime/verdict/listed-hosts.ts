import { failure } from './failures';
import { MessageContext } from './message-context';
import { oneLine } from './text';
import { DOCKER_HUB } from '../../registries/docker-hub';
import { withoutDefaultPort } from '../../registries/registries';

/**
 * Throws unless the secret allows that this host gets the credentials: by its key `hosts`, which ECS ignores, whoever may change a stack
 * cannot send them elsewhere. ECS may well pull, so that this is final only for those who require the key.
 */
export function requireListed({ credentials: { hosts }, credentialsName, requireHosts }: MessageContext, host: string): void {
  if (isListed(hosts, host) ?? !requireHosts) {
    return;
  }
  const [cause, step] = hosts === undefined
    ? [`this check requires "hosts" in ${credentialsName}`, 'add the hosts that the login is for to the JSON of the secret']
    : [`"hosts" in ${credentialsName} does not list ${oneLine(host)}`, 'if the login is for that host, add it to the JSON of the secret'];
  throw failure('HOST_NOT_LISTED', cause, `${step}, as in "hosts":[${JSON.stringify(host)}]`, requireHosts);
}

/** Whether a secret lists a host; `undefined` if it has no list. */
export function isListed(hosts: readonly string[] | undefined, host: string): boolean | undefined {
  return hosts?.some((listed) => oneNameOf(listed) === oneNameOf(host));
}

/** Docker Hub has several names. The hosts of any other registry are not the same: `de.icr.io` has other accounts' images than `icr.io`. */
function oneNameOf(host: string): string {
  const name = withoutDefaultPort(host.toLowerCase());
  return DOCKER_HUB.hosts.includes(name) ? DOCKER_HUB.hosts[0] : name;
}
