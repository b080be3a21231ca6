import { obtainStep, permitStep } from './advice';
import { Engine, MessageContext, shownHost } from './message-context';
import { registryErrorOf, speaksOfAddress, speaksOfDenial, speaksOfPolicy, speaksOfRate, speaksOfScan, RegistryError } from './registry-error';
import { MESSAGE_LIMIT, oneLine } from './text';
import { CheckFailure, Verdict } from './verdict';
import { registryOfHost } from '../../registries/registries';
import { isLogin } from '../http/credentials';
import { HttpResponse } from '../http/message';

/** Cause and place, then the one next step, which stays whole if the message has to be cut. */
export function failure(verdict: Verdict, cause: string, step: string, definite?: boolean): CheckFailure {
  const end = `; ${oneLine(step, MESSAGE_LIMIT / 2)}`;
  return new CheckFailure(verdict, oneLine(cause, MESSAGE_LIMIT - Buffer.byteLength(end)) + end, definite);
}

/** `HTTP 403 from ghcr.io: DENIED, permission_denied: read_package`. The body of a success can be a token. */
export function seen(context: MessageContext, response: HttpResponse, error: RegistryError = registryErrorOf(response)): string {
  const { code, text } = response.status < 300 ? {} as Partial<RegistryError> : error;
  const said = [code, error.html ? 'an HTML page' : text].filter(Boolean).map((t) => context.redactor.clean(t!)).filter((t) => t !== '').join(', ');
  return `HTTP ${response.status} from ${shownHost(context, response.url)}${said ? `: ${said}` : ''}`;
}

/** A function outside the VPC is a stranger to a registry that admits only some addresses. */
function withNetworkStep(context: MessageContext, step: string): string {
  return context.location === 'function' ? `${step}; if the registry allows only some addresses, set pullCheck.vpc` : step;
}

function admittingNetworkStep(context: MessageContext, otherwise: string): string {
  return context.location === 'function' ? 'set pullCheck.vpc to a VPC that the registry allows' : otherwise;
}

/** The registry admits only some addresses, and this is none of them: its refusals prove nothing. */
function isOutside({ restrictedNetwork, location }: MessageContext): boolean {
  return restrictedNetwork && location !== 'function-in-vpc';
}

/** Statuses that a proxy or firewall in front of a registry sends as well. */
const FIREWALLS: readonly number[] = [403, 405, 412, 451];

function isUncertain(context: MessageContext, response: HttpResponse): boolean {
  const { status } = response;
  if (isOutside(context) && [401, 404, ...FIREWALLS].includes(status)) {
    return true;
  }
  // Red Hat answers 404 in plain text. At hosts of one's own, so does what finds no registry behind it, while that is restarted.
  const isForeign = FIREWALLS.includes(status) || (status === 404 && registryOfHost(context.host) === undefined);
  return isForeign && !registryErrorOf(response).isRegistrys;
}

/**
 * Whether a 404 can be that of a proxy cache whose upstream refuses, or is down. Only the path of GitLab tells. Harbor, Nexus and JFrog answer
 * for a proxy as for a repository of their own: same headers, same code, same text. Harbor's text tells at least that it is Harbor, and
 * that of a missing project has no upstream.
 */
function isProxyCache({ registry, image }: MessageContext, response: HttpResponse): boolean {
  const { code, text = '' } = registryErrorOf(response);
  if (code === 'NOT_FOUND' && /\bproject .*not found/.test(text)) {
    return false;
  }
  return ['harbor', 'nexus', 'jfrog'].includes(registry.key) || image.includes('/dependency_proxy/') || (code === 'NOT_FOUND' && /\bartifact .*not found/.test(text));
}

/** A 403 that names the caller's address, or can be about it because the user declared so. */
function restriction(context: MessageContext, response: HttpResponse, error: RegistryError): CheckFailure | undefined {
  return response.status === 403 && (isOutside(context) || speaksOfAddress(error)) ? notAdmitted(context, response, error) : undefined;
}

/** A 403 that no registry wrote comes from a firewall, proxy or gateway in front of it, and proves nothing about credentials. */
function firewall(context: MessageContext, response: HttpResponse, error: RegistryError): CheckFailure | undefined {
  return response.status === 403 && !error.isRegistrys ? notAdmitted(context, response, error) : undefined;
}

/** What another host answers, which a redirect led to, is about that host: the network or the storage behind the registry. */
function refusedElsewhere(context: MessageContext, response: HttpResponse): CheckFailure | undefined {
  const { host } = response.url;
  return context.knownHosts.includes(host) ? undefined : failure('PROTOCOL_ERROR',
    `${context.host} redirects to ${shownHost(context, response.url)}, which refuses the request (${seen(context, response)})`,
    'check that the network reaches that host, and the storage behind the registry');
}

function notAdmitted(context: MessageContext, response: HttpResponse, error: RegistryError): CheckFailure {
  return failure('NETWORK_RESTRICTED', `${context.host} does not accept requests from this network (${seen(context, response, error)})`,
    admittingNetworkStep(context, 'check from an address that the registry allows'));
}

/** Answers to any request that prove nothing about credentials or image: the rate, the server's health, the network. */
export function refusalOfService(context: MessageContext, response: HttpResponse, retryAfterMs?: number): CheckFailure | undefined {
  const error = registryErrorOf(response);
  const { status } = response;
  if (status === 429 || (status >= 400 && speaksOfRate(error))) {
    const when = !retryAfterMs ? 'later' : `in ${Math.ceil(retryAfterMs / 1_000)} seconds`;
    return failure('RATE_LIMITED', `${context.host} received too many requests (${seen(context, response, error)})`, `check again ${when}`);
  }
  if (status === 408 || status >= 500) {
    return failure('REGISTRY_UNAVAILABLE', `${context.host} is unavailable (${seen(context, response, error)})`, 'check again when it is up');
  }
  return restriction(context, response, error);
}

/** Statuses that are about the credentials when they are all that was sent; the last two mean that they are too long. */
export const LOGIN_REFUSALS: readonly number[] = [401, 403, 413, 431];

/** The registry refuses the credentials themselves. */
export function loginRefused(context: MessageContext, response: HttpResponse): CheckFailure {
  if (response.status === 413 || response.status === 431) {
    return failure('SECRET_MALFORMED', `${context.host} does not accept the length of ${context.credentialsName} (${seen(context, response)})`, 'check what is stored as the password',
      registryErrorOf(response).isRegistrys);
  }
  const error = registryErrorOf(response);
  return refusalOfService(context, response) ?? firewall(context, response, error) ?? failure('CREDENTIALS_REJECTED',
    `${context.host} rejected ${context.credentialsName} (${seen(context, response, error)})`,
    withNetworkStep(context, obtainStep(context.registry, context.credentials)), !isUncertain(context, response));
}

/** Any other answer than a manifest to a request that carried what the registry wanted. */
export function manifestRefused(context: MessageContext, response: HttpResponse, retryAfterMs?: number): CheckFailure {
  const error = registryErrorOf(response);
  const { status } = response;
  const general = refusalOfService(context, response, retryAfterMs) ?? refusedElsewhere(context, response) ?? firewall(context, response, error);
  if (general !== undefined) {
    return general;
  }
  if (status === 412 || status === 451 || (status === 403 && speaksOfPolicy(error))) {
    return blockedByPolicy(context, response, error);
  }
  if (status === 404 && error.html) {
    return notARegistry(context, response);
  }
  if (status === 404) {
    return notFound(context, response);
  }
  if (status === 401 || status === 403 || (status === 405 && speaksOfDenial(error))) {
    return pullDenied(context, response);
  }
  return unexpected(context, response);
}

function blockedByPolicy(context: MessageContext, response: HttpResponse, error: RegistryError): CheckFailure {
  const cause = `a policy of ${context.host} blocks ${context.image} (${seen(context, response, error)})`;
  return speaksOfScan(error)
    ? failure('BLOCKED_BY_POLICY', cause, 'check again when the registry has scanned the image', false)
    : failure('BLOCKED_BY_POLICY', cause, 'look at the image in the registry and resolve or exempt what the policy found', !isUncertain(context, response));
}

function notFound(context: MessageContext, response: HttpResponse): CheckFailure {
  const where = seen(context, response);
  return isProxyCache(context, response)
    ? failure('IMAGE_NOT_FOUND', `${context.image} does not exist, or ${context.host} cannot fetch it from its upstream (${where})`,
      'check repository and tag, and the upstream registry and its credentials if this is a proxy cache', false)
    : failure('IMAGE_NOT_FOUND', `${context.image} does not exist, or ${context.credentialsName} cannot access it (${where})`,
      'check repository and tag, and that the image was pushed', !isUncertain(context, response));
}

/** Nobody can pull the image without credentials, if it exists. */
export function loginNeeded({ image }: MessageContext, where: string, definite?: boolean): CheckFailure {
  return failure('PULL_DENIED', `${image} cannot be pulled without a login, or does not exist (${where})`,
    'pass a login, for example with --username and --password-stdin', definite);
}

/** The registry knows the credentials, and refuses the image to them, or hides it. */
export function pullDenied(context: MessageContext, response: HttpResponse, definite: boolean = !isUncertain(context, response)): CheckFailure {
  if (!isLogin(context.credentials)) {
    return firewall(context, response, registryErrorOf(response)) ?? loginNeeded(context, seen(context, response), definite);
  }
  return failure('PULL_DENIED', `${context.credentialsName} cannot pull ${context.image}, or it does not exist (${seen(context, response)})`,
    withNetworkStep(context, permitStep(context.registry, context.credentials)), definite);
}

export function notRunnable(context: MessageContext, verdict: Verdict, reason: string, type?: string): CheckFailure {
  const step = verdict === 'NOT_AN_IMAGE' ? 'name an image, or build and push it again' : 'check the host, and what a proxy in front of the registry does';
  return failure(verdict, `${context.image} is not an image that ECS can run: ${context.host} serves ${reason}${type === undefined ? '' : ` (${context.redactor.clean(type)})`}`, step);
}

/** Some of the platforms that are needed, all of which the image has to be built for. */
export interface MissingPlatforms {
  readonly offered: readonly string[];
  readonly missing: readonly string[];
  readonly needed: readonly string[];
}

export function platformMissing(context: MessageContext, { offered, missing, needed }: MissingPlatforms, definite: boolean): CheckFailure {
  const some = offered.length > 8 ? [...offered.slice(0, 8), `${offered.length - 8} more`] : offered;
  const option = `--platform ${needed.join(',')}`;
  return failure('PLATFORM_MISSING',
    `${context.image} is for ${some.join(', ')}, but ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} needed (seen at ${context.host})`,
    context.location === 'command-line' ? `build it with ${option}` : `build it with docker build ${option}, or set runtimePlatform to what the image has`, definite);
}

/** The index is there, the image that it names for the platform is not. */
export function imageIncomplete(context: MessageContext, response: HttpResponse, platform: string): CheckFailure {
  const other = refusedElsewhere(context, response) ?? (registryErrorOf(response).html ? notARegistry(context, response) : undefined);
  return other ?? failure('IMAGE_INCOMPLETE', `${context.image} names an image for ${platform} that is gone (${seen(context, response)})`,
    'push the image again, and exempt what an index names from the clean-up of untagged images', !isUncertain(context, response) && !isProxyCache(context, response));
}

const ENGINES: Readonly<Record<Engine, string>> = { containerd: 'containerd, the engine of Fargate,', dockerd: 'dockerd, the engine of instances,' };

/** One engine fails where the other does not, or what Fargate adds to its engine decides: nobody knows for certain. */
export function refusedByEngine({ image }: MessageContext, engine: Engine, cause: string, step: string): CheckFailure {
  return failure('PROTOCOL_ERROR', `${image}: ${ENGINES[engine]} ${cause}`, step);
}

/** Requests are refused, with or without credentials. */
export function refusedWithoutChallenge(context: MessageContext, response: HttpResponse): CheckFailure {
  const error = registryErrorOf(response);
  if (response.status === 403) {
    return notAdmitted(context, response, error);
  }
  return failure('PROTOCOL_ERROR', `${context.host} requires credentials, but sends no challenge (${seen(context, response, error)})`,
    'check that the host is a registry, and what a proxy in front of it does with WWW-Authenticate');
}

export function notARegistry(context: MessageContext, response: HttpResponse): CheckFailure {
  return failure('PROTOCOL_ERROR', `${context.host} does not answer like a registry (${seen(context, response)})`, 'check the host and the port of the image');
}

export function unexpected(context: MessageContext, response: HttpResponse): CheckFailure {
  return failure('PROTOCOL_ERROR', `${context.host} sent an unexpected answer (${seen(context, response)})`, 'check host and port of the image, and the registry\'s log');
}
