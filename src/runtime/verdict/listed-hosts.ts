import { failure } from './failures';
import { MessageContext } from './message-context';
import { oneLine } from './text';
import { REGISTRIES, withoutDefaultPort } from '../../registries/registries';

/**
 * Throws unless the secret allows that this host gets the credentials: by its key `hosts`, which ECS ignores, whoever may change a stack
 * cannot send them elsewhere. ECS may well pull, so that this is final only for those who require the key.
 */
export function requireListed({ credentials: { hosts }, credentialsName, requireHosts }: MessageContext, host: string): void {
  if (hosts?.some((listed) => oneNameOf(listed) === oneNameOf(host)) ?? !requireHosts) {
    return;
  }
  const [cause, step] = hosts === undefined
    ? ['name no hosts, which this check requires', 'add those that they are for to the JSON of the secret']
    : [`are not for ${oneLine(host)}: "hosts" does not list it`, 'if they are, add it to the JSON of the secret'];
  throw failure('HOST_NOT_LISTED', `${credentialsName} ${cause}`, `${step}, as in "hosts":[${JSON.stringify(host)}]`, requireHosts);
}

/** Some registries have several names: `docker.io` is `index.docker.io`. */
function oneNameOf(host: string): string {
  const name = withoutDefaultPort(host.toLowerCase());
  return REGISTRIES.find(({ hosts }) => hosts.includes(name))?.hosts[0] ?? name;
}
