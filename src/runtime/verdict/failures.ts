import { obtainStep, permitStep } from './advice';
import { MessageContext, shownHost } from './message-context';
import { registryErrorOf, speaksOfAddress, speaksOfPolicy, RegistryError } from './registry-error';
import { MESSAGE_LIMIT, oneLine } from './text';
import { CheckFailure, Verdict } from './verdict';
import { HttpResponse } from '../http/message';

/** Cause and place, then the one next step, which stays whole if the message has to be cut. */
export function failure(verdict: Verdict, cause: string, step: string, definite?: boolean): CheckFailure {
  const end = `; ${oneLine(step, MESSAGE_LIMIT / 2)}`;
  return new CheckFailure(verdict, oneLine(cause, MESSAGE_LIMIT - Buffer.byteLength(end)) + end, definite);
}

/** `HTTP 403 from ghcr.io: DENIED, permission_denied: read_package` */
export function seen(context: MessageContext, response: HttpResponse, error: RegistryError = registryErrorOf(response)): string {
  const said = [error.code, error.html ? 'an HTML page' : error.text].filter(Boolean).map((t) => context.redactor.clean(t!)).filter((t) => t !== '').join(', ');
  return `HTTP ${response.status} from ${shownHost(context, response.url)}${said ? `: ${said}` : ''}`;
}

/** A function outside the VPC is a stranger to a registry that admits only some addresses. */
function withNetworkStep(context: MessageContext, step: string): string {
  return context.location === 'function' ? `${step}; if the registry allows only some addresses, set pullCheck.vpc` : step;
}

function admittingNetworkStep(context: MessageContext, otherwise: string): string {
  return context.location === 'function' ? 'set pullCheck.vpc to a VPC that the registry allows' : otherwise;
}

/** A 403 that names the caller's address, or can be about it because the user declared so. */
function restriction(context: MessageContext, response: HttpResponse, error: RegistryError): CheckFailure | undefined {
  const expected = context.restrictedNetwork && context.location !== 'function-in-vpc';
  return response.status === 403 && (expected || speaksOfAddress(error)) ? notAdmitted(context, response, error) : undefined;
}

/** A 403 with an HTML page comes from a firewall in front of the registry, and proves nothing about credentials. */
function firewall(context: MessageContext, response: HttpResponse, error: RegistryError): CheckFailure | undefined {
  return response.status === 403 && error.html ? notAdmitted(context, response, error) : undefined;
}

function notAdmitted(context: MessageContext, response: HttpResponse, error: RegistryError): CheckFailure {
  return failure('NETWORK_RESTRICTED', `${context.host} does not accept requests from this network (${seen(context, response, error)})`,
    admittingNetworkStep(context, 'check from an address that the registry allows'));
}

/** Answers to any request that prove nothing about credentials or image: the rate, the server's health, the network. */
export function refusalOfService(context: MessageContext, response: HttpResponse, retryAfterMs?: number): CheckFailure | undefined {
  const error = registryErrorOf(response);
  const { status } = response;
  if (status === 429) {
    const when = retryAfterMs === undefined ? 'later' : `in ${Math.ceil(retryAfterMs / 1_000)} seconds`;
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
    return failure('SECRET_MALFORMED', `${context.credentialsName} are longer than ${context.host} accepts (${seen(context, response)})`, 'check what is stored as the password');
  }
  const error = registryErrorOf(response);
  return refusalOfService(context, response) ?? firewall(context, response, error) ?? failure('CREDENTIALS_REJECTED',
    `${context.host} rejected ${context.credentialsName} (${seen(context, response, error)})`,
    withNetworkStep(context, obtainStep(context.registry, context.credentials)));
}

/** Any other answer than a manifest to a request that carried what the registry wanted. */
export function manifestRefused(context: MessageContext, response: HttpResponse, retryAfterMs?: number): CheckFailure {
  const error = registryErrorOf(response);
  const { status } = response;
  const where = seen(context, response, error);
  const general = refusalOfService(context, response, retryAfterMs) ?? firewall(context, response, error);
  if (general !== undefined) {
    return general;
  }
  if (status === 412 || status === 451 || (status === 403 && speaksOfPolicy(error))) {
    return failure('BLOCKED_BY_POLICY', `a policy of ${context.host} blocks ${context.image} (${where})`, 'look at the image in the registry and resolve or exempt what the policy found');
  }
  if (status === 404 && error.html) {
    return notARegistry(context, response);
  }
  if (status === 404) {
    return failure('IMAGE_NOT_FOUND', `${context.image} does not exist, or ${context.credentialsName} cannot access it (${where})`,
      'check repository and tag, and that the image was pushed');
  }
  // Quay answers 405 for a namespace that is disabled.
  if (status === 401 || status === 403 || (status === 405 && error.code === 'DENIED')) {
    return pullDenied(context, response);
  }
  return unexpected(context, response);
}

/** The registry knows the credentials, and refuses the image to them, or hides it. */
export function pullDenied(context: MessageContext, response: HttpResponse): CheckFailure {
  return failure('PULL_DENIED', `${context.credentialsName} cannot pull ${context.image}, or it does not exist (${seen(context, response)})`,
    withNetworkStep(context, permitStep(context.registry, context.credentials)));
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
