import { askExpiry } from './expiry/ask';
import { expiryOfToken } from './expiry/json-web-token';
import { expiryRemark } from './expiry/remark';
import { isLoopbackHost } from './http/address-guard';
import { Connections, validateCertificates } from './http/connections';
import { Credentials, isLogin } from './http/credentials';
import { REAL_ENVIRONMENT, CheckEnvironment } from './http/environment';
import { RequestRecord } from './http/message';
import { NetworkFailure } from './http/network-failure';
import { Transport } from './http/transport';
import { parsePlatform, platformText, Platform } from './oci/platform';
import { pull, Pulled } from './oci/pull';
import { hostInUrl } from './oci/realm';
import { RunningCheck } from './oci/running-check';
import { adviserFor } from './verdict/advice';
import { requireListed } from './verdict/listed-hosts';
import { CheckLocation, Engine, MessageContext, shownHost } from './verdict/message-context';
import { noUsableAnswer } from './verdict/network-failures';
import { Redactor } from './verdict/redactor';
import { oneLine } from './verdict/text';
import { CheckFailure, Verdict, VerdictKind } from './verdict/verdict';
import { ImageReference } from '../reference/image-reference';
import { authHostsOf, registryOfHost } from '../registries/registries';

// The only door of this folder: nothing outside of it imports any other file.
export { ACCEPTED, instantOf } from './expiry/instant';
export { daysUntil } from './expiry/remark';
export { Connections } from './http/connections';
export { NO_LOGIN } from './http/credentials';
export type { Credentials } from './http/credentials';
export { REAL_ENVIRONMENT } from './http/environment';
export type { CheckEnvironment } from './http/environment';
export { editJson, isObject, parseJson } from './http/json';
export { KEYS, parseSecret } from './secret/parse-secret';
export { readCredentials } from './secret/read-secret';
export { mistakeOf } from './verdict/form';
export { CheckFailure, kindOf, UNREADABLE_FOR_ECS, VERDICTS } from './verdict/verdict';
export type { Verdict } from './verdict/verdict';

export interface CheckInput {
  /** The image as it is in the task definition. */
  readonly image: string;
  /**
   * The credentials, or a function that reads them after the other input was found valid. Its CheckFailure becomes the verdict.
   * NO_LOGIN asks what anybody can pull.
   */
  readonly credentials: Credentials | (() => Credentials | Promise<Credentials>);
  /** The credentials in messages, for example `the credentials in arn:aws:secretsmanager:...`. */
  readonly credentialsName?: string;
  /** For example `linux/amd64`, or all that are needed; without it the platforms of the image are not checked. */
  readonly platform?: string | readonly string[];
  /** Whether the caller relies on the digest: then it is computed rather than believed. */
  readonly wantDigest?: boolean;
  /** The key of the registry (see `registries/`), where its host does not tell it: `harbor`. Only advice depends on it. */
  readonly registry?: string;
  /** Host (and port) of the registry's token service, if it is not the registry's own. */
  readonly authHost?: string;
  /** Certificates (PEM) to trust in addition to the well-known ones. */
  readonly ca?: string;
  readonly allowPrivateNetworks?: boolean;
  /** Refuse credentials that do not name the hosts that they are for. */
  readonly requireHosts?: boolean;
  /** Plain HTTP to loopback addresses (HTTPS with `ca`): for a local registry only. */
  readonly insecureLoopback?: boolean;
  /** The registry admits only some addresses: a 403 outside of the VPC proves nothing. */
  readonly restrictedNetwork?: boolean;
  /**
   * The engine that pulls: Fargate's (containerd) or that of instances (dockerd); without it, the check relies on what both do. Fargate
   * accepts no certificate authority of the user, so an untrusted certificate is final there.
   */
  readonly engine?: Engine;
  /** Whether to ask the registry's partner when the credentials expire, where it can tell that. */
  readonly askExpiry?: boolean;
  /** Where the check runs, which decides what its messages advise. */
  readonly location?: CheckLocation;
  /** The time until there is a verdict, regardless of the servers. */
  readonly timeoutMs?: number;
  /** The same as a moment, for a caller whose time includes reading the credentials. */
  readonly deadline?: number;
}

export interface CheckResult {
  readonly verdict: Verdict;
  readonly kind: VerdictKind;
  /** Whether the verdict is a yes or a no that neither time nor another network changes. */
  readonly definite: boolean;
  /** One line for the user: the cause, where it was seen, the next step. */
  readonly message: string;
  /** The digest of the manifest or index that the tag points to now. */
  readonly digest?: string;
  readonly mediaType?: string;
  readonly platforms?: readonly string[];
  /** With a yes, if it is known: the credentials are refused from this instant on (ISO 8601, UTC). */
  readonly expiresOn?: string;
  /** With a yes: one line on a date that was declared, but is not understood. */
  readonly expiryProblem?: string;
  /** The requests that were sent, in order. */
  readonly requests: readonly RequestRecord[];
}

/** A mistake of the caller, which is no verdict on the image. */
export class CheckInputError extends Error {
  constructor(public readonly input: 'image' | 'platform' | 'ca', reason: string) {
    super(reason);
    this.name = 'CheckInputError';
  }
}

const DEFAULT_TIMEOUT = 30_000;

/**
 * Answers whether ECS can pull an image with these credentials. Rejects only for input that is invalid, with a CheckInputError, and
 * with the errors of `credentials()` that are no CheckFailure. Everything that servers and networks do becomes a verdict.
 *
 * Connections that are passed stay open for the next check.
 */
export async function checkPull(
  input: CheckInput, environment: CheckEnvironment = REAL_ENVIRONMENT, connections?: Connections,
): Promise<CheckResult> {
  const reference = validated('image', () => ImageReference.parse(input.image));
  const platforms = validated('platform', () => [input.platform ?? []].flat().map(parsePlatform));
  validated('ca', () => input.ca === undefined || validateCertificates(input.ca));
  try {
    const credentials = typeof input.credentials === 'function' ? await input.credentials() : input.credentials;
    return await checkWith(credentials, { ...input, reference, platforms }, environment, connections);
  } catch (error) {
    if (error instanceof CheckFailure) {
      return failed(error, []);
    }
    throw error;
  }
}

function validated<T>(input: CheckInputError['input'], parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new CheckInputError(input, (error as Error).message);
  }
}

type ValidInput = Omit<CheckInput, 'platform' | 'credentials'> & { readonly reference: ImageReference; readonly platforms: readonly Platform[] };

async function checkWith(
  credentials: Credentials, input: ValidInput, environment: CheckEnvironment, kept?: Connections,
): Promise<CheckResult> {
  const { reference: image, platforms } = input;
  const api = apiUrl(image.host, input);
  const context = contextOf(input, api, credentials);
  requireListed(context, image.host);
  const connections = kept ?? new Connections();
  const transport = new Transport({
    ca: input.ca,
    allowPrivateNetworks: input.allowPrivateNetworks ?? false,
    allowLoopback: input.insecureLoopback ?? false,
    registry: api,
    knownHosts: context.knownHosts,
    deadline: input.deadline ?? environment.now() + (input.timeoutMs ?? DEFAULT_TIMEOUT),
  }, environment, connections);
  const check: RunningCheck = {
    image,
    api,
    realmOptions: { authHost: input.authHost, insecureLoopback: input.insecureLoopback ?? false },
    platforms,
    needsBody: platforms.length > 0 || (input.wantDigest ?? false) || image.digest !== undefined,
    transport,
    environment,
    context,
  };
  const requests = () => transport.requests.map((request) => ({ ...request, host: shownHost(context, request) }));
  try {
    const pulled = await pull(check);
    const isAsked = (input.askExpiry ?? false) && pulled.verdict === 'OK';
    const asked = isAsked ? await askExpiry({ context, authHost: input.authHost, transport, connections, environment }) : undefined;
    // The text of an instant in UTC sorts like the instant.
    const [expiresOn] = [credentials.expiresOn, expiryOfToken(credentials.password), asked].filter((date) => date !== undefined).sort();
    const result = { ...pulled, expiresOn, expiryProblem: credentials.expiryProblem };
    return { ...result, kind: 'yes', definite: true, message: successMessage(check, result), requests: requests() };
  } catch (error) {
    return failed(asCheckFailure(error, context), requests());
  } finally {
    if (kept === undefined) {
      connections.close();
    }
  }
}

function failed({ verdict, definite, message }: CheckFailure, requests: readonly RequestRecord[]): CheckResult {
  return { verdict, kind: definite ? 'no' : 'not-definite', definite, message, requests };
}

function contextOf(input: ValidInput, api: URL, credentials: Credentials): MessageContext {
  const { host } = input.reference;
  return {
    image: input.image,
    host,
    registry: adviserFor(host, input.registry),
    knownHosts: [host, api.host, ...authHostsOf(host), hostInUrl(input.authHost)].filter((known) => known !== undefined),
    credentials,
    credentialsName: input.credentialsName ?? 'the given credentials',
    location: input.location ?? 'command-line',
    requireHosts: input.requireHosts ?? false,
    restrictedNetwork: input.restrictedNetwork ?? false,
    engine: input.engine,
    redactor: new Redactor(credentials),
  };
}

function apiUrl(host: string, { insecureLoopback, ca }: ValidInput): URL {
  const url = new URL(`https://${registryOfHost(host)?.apiHost ?? host}/v2/`);
  return insecureLoopback && ca === undefined && isLoopbackHost(url.hostname) ? new URL(`http://${host}/v2/`) : url;
}

function successMessage(
  { context, platforms, environment }: RunningCheck, { verdict, digest, expiresOn, expiryProblem }: Pulled & Pick<CheckResult, 'expiresOn' | 'expiryProblem'>,
): string {
  const found = [digest, ...platforms.map(platformText)].join(', ');
  if (!isLogin(context.credentials)) {
    return oneLine(`${context.image} is public (${found}), so no login is needed`);
  }
  const yes = verdict === 'PUBLIC_IMAGE'
    ? `${context.image} is public (${found}), so ${context.credentialsName} could not be verified`
    : `${context.image} can be pulled with ${context.credentialsName} (${found})`;
  const problem = expiryProblem === undefined ? '' : `; ${expiryProblem}`;
  return oneLine(`${yes}${expiryRemark(context, expiresOn, environment.now())}${problem}`);
}

function asCheckFailure(error: unknown, context: MessageContext): CheckFailure {
  if (error instanceof CheckFailure) {
    return error;
  }
  if (error instanceof NetworkFailure) {
    return noUsableAnswer(context, error);
  }
  // A fault of this program is no reason to stop a deployment. The text of an unknown error is not shown.
  const name = error instanceof Error ? error.name : typeof error;
  return new CheckFailure('PROTOCOL_ERROR', `the check of ${context.image} failed because of a bug (${name}); please report it, and set the mode WARN until then`);
}
