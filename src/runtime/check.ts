import { isLoopbackHost } from './http/address-guard';
import { Connections } from './http/connections';
import { REAL_ENVIRONMENT, CheckEnvironment } from './http/environment';
import { NetworkFailure } from './http/network-failure';
import { createTransport, RequestRecord } from './http/transport';
import { parsePlatform, platformText } from './oci/platform';
import { pull, Pulled } from './oci/pull';
import { Session } from './oci/session';
import { Credentials } from './oci/token';
import { adviserFor, lifetimeWarning } from './verdict/advice';
import { hostOf, unreachable } from './verdict/failures';
import { Scene, Vantage } from './verdict/scene';
import { createRedactor, oneLine } from './verdict/text';
import { CheckFailure, Verdict, VerdictKind } from './verdict/verdict';
import { ImageReference } from '../reference/image-reference';
import { registryOfHost } from '../registries/registries';

export interface CheckInput {
  /** The image as it stands in the task definition. */
  readonly image: string;
  readonly credentials: Credentials;
  /** How messages call the credentials, for instance `the credentials in arn:aws:secretsmanager:...`. */
  readonly credentialsName?: string;
  /** `linux/amd64` or alike; without it the image's platforms are not looked at. */
  readonly platform?: string;
  /** Whether the digest is going to be relied on: then it is computed, not believed. */
  readonly wantDigest?: boolean;
  /** The key of the registry (see `registries/`), where its host does not tell it: `harbor`. Only advice depends on it. */
  readonly registry?: string;
  /** Host (and port) of the registry's token service, if that is another one. */
  readonly authHost?: string;
  /** Certificates (PEM) to trust in addition to the well-known ones. */
  readonly ca?: string;
  readonly allowPrivateNetworks?: boolean;
  /** Plain HTTP to loopback addresses (HTTPS with `ca`): for a local registry only. */
  readonly insecureLoopback?: boolean;
  /** The registry admits only some addresses: a 403 proves nothing unless it was seen in the VPC. */
  readonly restrictedNetwork?: boolean;
  /** Fargate can't be given a certificate authority, so an untrusted certificate is final there. */
  readonly onFargate?: boolean;
  /** Where the check runs, which decides what its messages advise. */
  readonly vantage?: Vantage;
  /** After this time there is a verdict, whatever the servers do. */
  readonly timeoutMs?: number;
}

export interface CheckResult {
  readonly verdict: Verdict;
  readonly kind: VerdictKind;
  /** Whether the verdict is a yes or no that waiting, or looking from elsewhere, would not change. */
  readonly definite: boolean;
  /** One line for the user: cause, where it was seen, the next step. */
  readonly message: string;
  /** Of the manifest or index that the tag means now. */
  readonly digest?: string;
  readonly mediaType?: string;
  readonly platforms?: readonly string[];
  /** What was sent, in order. */
  readonly requests: readonly RequestRecord[];
}

const DEFAULT_TIMEOUT = 30_000;

/**
 * Answers whether ECS will be able to pull an image with these credentials. Rejects only for input that is misspelled
 * (image, platform, certificates); whatever servers and networks do becomes a verdict.
 *
 * Connections that are passed are left open for the next check.
 */
export async function checkPull(
  input: CheckInput, environment: CheckEnvironment = REAL_ENVIRONMENT, kept?: Connections,
): Promise<CheckResult> {
  const image = ImageReference.parse(input.image);
  const platform = input.platform === undefined ? undefined : parsePlatform(input.platform);
  const api = apiUrl(image.host, input);
  const scene = sceneOf(input, image, api);
  const connections = kept ?? new Connections();
  const transport = createTransport({
    ca: input.ca,
    allowPrivateNetworks: input.allowPrivateNetworks ?? false,
    allowLoopback: input.insecureLoopback ?? false,
    deadline: environment.now() + (input.timeoutMs ?? DEFAULT_TIMEOUT),
  }, environment, connections);
  const session: Session = {
    image,
    api,
    realmOptions: { authHost: input.authHost, insecureLoopback: input.insecureLoopback ?? false },
    platform,
    needsBody: platform !== undefined || (input.wantDigest ?? false) || image.digest !== undefined,
    transport,
    environment,
    scene,
  };
  const requests = () => transport.requests.map((request) => ({ ...request, host: hostOf(scene, request) }));
  try {
    const pulled = await pull(session);
    return { ...pulled, kind: 'yes', definite: true, message: successMessage(session, pulled), requests: requests() };
  } catch (error) {
    const { verdict, definite, message } = failureOf(error, scene);
    return { verdict, kind: definite ? 'no' : 'not-definite', definite, message, requests: requests() };
  } finally {
    if (kept === undefined) {
      connections.close();
    }
  }
}

function sceneOf(input: CheckInput, image: ImageReference, api: URL): Scene {
  return {
    image: input.image,
    host: image.host,
    registry: adviserFor(image.host, input.registry),
    knownHosts: [image.host, api.host, registryOfHost(image.host)?.authHost, input.authHost].filter((host) => host !== undefined),
    credentials: input.credentials,
    credentialsName: input.credentialsName ?? 'the given credentials',
    vantage: input.vantage ?? 'command-line',
    restrictedNetwork: input.restrictedNetwork ?? false,
    onFargate: input.onFargate ?? false,
    redactor: createRedactor(input.credentials.username, input.credentials.password),
  };
}

function apiUrl(host: string, input: CheckInput): URL {
  const url = new URL(`https://${registryOfHost(host)?.apiHost ?? host}/v2/`);
  if (input.insecureLoopback && input.ca === undefined && isLoopbackHost(url.hostname)) {
    return new URL(`http://${host}/v2/`);
  }
  return url;
}

function successMessage({ scene, platform }: Session, { verdict, digest }: Pulled): string {
  const what = `${digest}${platform === undefined ? '' : `, ${platformText(platform)}`}`;
  if (verdict === 'PUBLIC_IMAGE') {
    return oneLine(`${scene.image} can be pulled by anybody (${what}), so ${scene.credentialsName} could not be verified`);
  }
  const warning = lifetimeWarning(scene.registry, scene.credentials);
  return oneLine(`${scene.image} can be pulled with ${scene.credentialsName} (${what})${warning === undefined ? '' : `, but ${warning}`}`);
}

function failureOf(error: unknown, scene: Scene): CheckFailure {
  if (error instanceof CheckFailure) {
    return error;
  }
  if (error instanceof NetworkFailure) {
    return unreachable(scene, error);
  }
  // A fault of this program is no reason to stop a deployment. The error's text is unknown, so it stays unsaid.
  const name = error instanceof Error ? error.name : typeof error;
  return new CheckFailure('PROTOCOL_ERROR', `the check of ${scene.image} failed by a fault of its own (${name}); please report it, and set the mode WARN until then`);
}
