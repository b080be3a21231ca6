import { obtainStep, permitStep } from './advice';
import { registryErrorOf, speaksOfAddress, speaksOfPolicy, RegistryError } from './registry-error';
import { Scene } from './scene';
import { MESSAGE_LIMIT, oneLine } from './text';
import { CheckFailure, Verdict } from './verdict';
import { NetworkFailure } from '../http/network-failure';
import { HttpResponse } from '../http/transport';

/** Most web servers take no longer header, and some cut the connection instead of saying so. */
const LONGEST_HEADER = 8 * 1024;

/** Cause and place, then the one next step, which stays whole when there is too much to say. */
export function failure(verdict: Verdict, cause: string, step: string, definite?: boolean): CheckFailure {
  const end = `; ${oneLine(step, MESSAGE_LIMIT / 2)}`;
  return new CheckFailure(verdict, oneLine(cause, MESSAGE_LIMIT - Buffer.byteLength(end)) + end, definite);
}

/** `HTTP 403 from ghcr.io: DENIED, permission_denied: read_package` */
export function seen(scene: Scene, response: HttpResponse, error: RegistryError = registryErrorOf(response)): string {
  const said = [error.code, error.html ? 'an HTML page' : error.text].filter(Boolean).map((t) => scene.redactor.clean(t!)).filter((t) => t !== '').join(', ');
  return `HTTP ${response.status} from ${hostOf(scene, response.url)}${said ? `: ${said}` : ''}`;
}

/** A host as it may be shown. What the user wrote is left alone, though a user name like `acme` may be a part of it. */
export function hostOf({ knownHosts, redactor }: Scene, { host }: { readonly host: string }): string {
  return knownHosts.includes(host) ? host : redactor.clean(host);
}

/** A function outside the VPC is a stranger to a registry that admits only some addresses. */
function andTheNetwork(scene: Scene, step: string): string {
  return scene.vantage === 'function' ? `${step}; if the registry admits only some addresses, set pullCheck.vpc` : step;
}

function networkStep(scene: Scene, otherwise: string): string {
  return scene.vantage === 'function' ? 'set pullCheck.vpc to a VPC that the registry admits' : otherwise;
}

/** A 403 that speaks of the caller's address, or may be about it as far as the user said. */
function restriction(scene: Scene, response: HttpResponse, error: RegistryError): CheckFailure | undefined {
  const expected = scene.restrictedNetwork && scene.vantage !== 'function-in-vpc';
  return response.status === 403 && (expected || speaksOfAddress(error)) ? notAdmitted(scene, response, error) : undefined;
}

/** An HTML page with 403 is that of a firewall in front of the registry, and says nothing about credentials. */
function firewall(scene: Scene, response: HttpResponse, error: RegistryError): CheckFailure | undefined {
  return response.status === 403 && error.html ? notAdmitted(scene, response, error) : undefined;
}

function notAdmitted(scene: Scene, response: HttpResponse, error: RegistryError): CheckFailure {
  return failure('NETWORK_RESTRICTED', `${scene.host} does not admit requests from here (${seen(scene, response, error)})`,
    networkStep(scene, 'check from an address that the registry admits'));
}

/** Answers that say nothing about credentials or image, whatever was asked: the rate, the server's health, the network. */
export function refusalOfService(scene: Scene, response: HttpResponse, retryAfterMs?: number): CheckFailure | undefined {
  const error = registryErrorOf(response);
  const { status } = response;
  if (status === 429) {
    const when = retryAfterMs === undefined ? 'later' : `in ${Math.ceil(retryAfterMs / 1_000)} seconds`;
    return failure('RATE_LIMITED', `${scene.host} has had too many requests (${seen(scene, response, error)})`, `check again ${when}`);
  }
  if (status === 408 || status >= 500) {
    return failure('REGISTRY_UNAVAILABLE', `${scene.host} cannot answer now (${seen(scene, response, error)})`, 'check again when it is up');
  }
  return restriction(scene, response, error);
}

/** Statuses that are about the credentials when they are all that was sent; the last two mean that they are too long. */
export const LOGIN_REFUSALS: readonly number[] = [401, 403, 413, 431];

/** The registry refuses the credentials themselves. */
export function loginRefused(scene: Scene, response: HttpResponse): CheckFailure {
  if (response.status === 413 || response.status === 431) {
    return failure('SECRET_MALFORMED', `${scene.credentialsName} hold more than ${scene.host} takes (${seen(scene, response)})`, 'check what is stored as the password');
  }
  const error = registryErrorOf(response);
  return refusalOfService(scene, response) ?? firewall(scene, response, error) ?? failure('CREDENTIALS_REJECTED',
    `${scene.host} rejected ${scene.credentialsName} (${seen(scene, response, error)})`,
    andTheNetwork(scene, obtainStep(scene.registry, scene.credentials)));
}

/** Any other answer than a manifest to a request that carried what the registry wanted. */
export function manifestRefused(scene: Scene, response: HttpResponse, retryAfterMs?: number): CheckFailure {
  const error = registryErrorOf(response);
  const { status } = response;
  const where = seen(scene, response, error);
  const general = refusalOfService(scene, response, retryAfterMs) ?? firewall(scene, response, error);
  if (general !== undefined) {
    return general;
  }
  if (status === 412 || status === 451 || (status === 403 && speaksOfPolicy(error))) {
    return failure('BLOCKED_BY_POLICY', `a policy of ${scene.host} blocks ${scene.image} (${where})`, 'look at the image in the registry and resolve or exempt what the policy found');
  }
  if (status === 404 && error.html) {
    return notARegistry(scene, response);
  }
  if (status === 404) {
    return failure('IMAGE_NOT_FOUND', `${scene.image} does not exist, or ${scene.credentialsName} may not see it (${where})`,
      'check repository and tag, and that the image was pushed');
  }
  // Quay says 405 for a namespace that is switched off.
  if (status === 401 || status === 403 || (status === 405 && error.code === 'DENIED')) {
    return pullDenied(scene, response);
  }
  return unexpected(scene, response);
}

/** The registry knows the credentials, and refuses the image to them, or hides it. */
export function pullDenied(scene: Scene, response: HttpResponse): CheckFailure {
  return failure('PULL_DENIED', `${scene.credentialsName} may not pull ${scene.image}, or it does not exist (${seen(scene, response)})`,
    andTheNetwork(scene, permitStep(scene.registry, scene.credentials)));
}

/** Nobody is admitted, with or without credentials. */
export function refusedWithoutChallenge(scene: Scene, response: HttpResponse): CheckFailure {
  const error = registryErrorOf(response);
  if (response.status === 403) {
    return notAdmitted(scene, response, error);
  }
  return failure('PROTOCOL_ERROR', `${scene.host} wants credentials, but names no way to give them (${seen(scene, response, error)})`,
    'check that the host is a registry, and what a proxy in front of it does with WWW-Authenticate');
}

export function notARegistry(scene: Scene, response: HttpResponse): CheckFailure {
  return failure('PROTOCOL_ERROR', `${scene.host} does not answer like a registry (${seen(scene, response)})`, 'check the host and the port of the image');
}

export function unexpected(scene: Scene, response: HttpResponse): CheckFailure {
  return failure('PROTOCOL_ERROR', `${scene.host} gave an answer that is not understood (${seen(scene, response)})`, 'check host and port of the image, and the registry\'s log');
}

/** The failure of a request that got no usable answer. */
export function unreachable(scene: Scene, { kind, url, code }: NetworkFailure): CheckFailure {
  const host = hostOf(scene, url);
  const detail = code === undefined ? '' : ` (${code})`;
  const commandLine = scene.vantage === 'command-line';
  switch (kind) {
    case 'address-private':
      return failure('NO_ROUTE', `${host} has a private address`,
        commandLine ? 'allow it with --allow-private-networks' : 'set pullCheck.vpc to a VPC that reaches the registry');
    case 'address-reserved':
      return failure('NO_ROUTE', `${host} has a loopback, link-local or reserved address, which is never asked`,
        commandLine ? 'correct the host, or use --insecure-loopback for a registry on this machine' : 'correct the host or its DNS entry');
    case 'dns':
      return failure('NO_ROUTE', `${host} cannot be resolved${detail}`, networkCause(scene, 'check the spelling of the host'));
    case 'unreachable':
      return failure('NO_ROUTE', `${host} cannot be reached${detail}`, networkCause(scene, 'check the network and the port'));
    case 'refused':
      return failure('REGISTRY_UNAVAILABLE', `${host} refuses connections${detail}`, 'check the port, and that the registry is up');
    case 'cut':
      return failure('REGISTRY_UNAVAILABLE', `${host} cut the connection${detail}`, scene.credentials.password.length > LONGEST_HEADER
        ? `check what is stored as the password, which is ${scene.credentials.password.length} characters long`
        : 'check again, then look at the registry\'s log');
    case 'timeout':
    case 'deadline':
      return failure('REGISTRY_UNAVAILABLE', `${host} did not answer in time`, 'check again, then look at the registry\'s load');
    case 'tls':
      return failure('TLS_UNTRUSTED', `the certificate of ${host} is not trusted${detail}`, certificateStep(scene), scene.onFargate);
    case 'not-tls':
      return failure('PROTOCOL_ERROR', `${host} does not speak TLS${detail}`, 'serve the registry over https, or correct the port');
    case 'redirect-http':
      return failure('PROTOCOL_ERROR', `${host} redirects to something else than https, which is not followed`, 'correct the external URL in the registry\'s configuration');
    case 'redirect':
      return failure('PROTOCOL_ERROR', `${host} redirects without end or to no valid URL`, 'correct the external URL in the registry\'s configuration');
    case 'too-large':
      return failure('PROTOCOL_ERROR', `${host} gave an answer that is too large`, 'check that the host is a registry');
    case 'encoded':
      return failure('PROTOCOL_ERROR', `${host} compresses its answer although that was ruled out`, 'switch off compression in the proxy in front of the registry');
    case 'not-http':
      return failure('PROTOCOL_ERROR', `${host} does not speak HTTP as it should${detail}`, 'check host and port of the image');
  }
}

function networkCause(scene: Scene, otherwise: string): string {
  switch (scene.vantage) {
    case 'function': return `${otherwise}, or set pullCheck.vpc if only a VPC reaches the registry`;
    case 'function-in-vpc': return 'check routes, security groups and DNS of the subnets in pullCheck.vpc';
    case 'command-line': return otherwise;
  }
}

function certificateStep(scene: Scene): string {
  if (scene.onFargate) {
    return 'give the registry a certificate of a public authority, since Fargate trusts no other';
  }
  return scene.vantage === 'command-line' ? 'give its authority with --ca-file' : 'give its authority as pullCheck.caCertificate, and to the container instances';
}
