import { accessOf, authorize, login, Access } from './authorize';
import { parseChallenges } from './challenge';
import { isSha256, kindOfMediaType, ManifestError, mediaTypeOf, parseManifest, platformOfConfig, sha256Digest, Manifest } from './manifest';
import { platformText, runsOn, Platform } from './platform';
import { requestConfig, requestManifest, Session } from './session';
import { basicAuthorization, demandedScope } from './token';
import { retryAfterOf } from '../http/retry';
import { HttpResponse } from '../http/transport';
import { failure, loginRefused, manifestRefused, refusalOfService, seen } from '../verdict/failures';
import { CheckFailure, Verdict } from '../verdict/verdict';

/** An image may just have been pushed, and the registry's replicas may not all have it yet. */
const NOT_FOUND_DELAYS = [1_000, 2_000, 3_000];

export interface Pulled {
  readonly verdict: Verdict & ('OK' | 'PUBLIC_IMAGE');
  readonly digest: string;
  readonly mediaType: string;
  /** As far as it had to be looked at. */
  readonly platforms?: readonly string[];
}

/** Walks the way that ECS will walk, up to the manifest; rejects with a CheckFailure or NetworkFailure. */
export async function pull(session: Session): Promise<Pulled> {
  try {
    return await walk(session);
  } catch (error) {
    throw error instanceof ManifestError ? notRunnable(session, error) : error;
  }
}

async function walk(session: Session): Promise<Pulled> {
  const anonymous = await requestManifest(session, 'HEAD');
  const access = await accessOf(session, anonymous);
  if (access.scheme === 'none') {
    const answer = anonymous.status < 300 && !session.needsBody ? anonymous : await askForManifest(session);
    return { verdict: 'PUBLIC_IMAGE', ...await inspect(session, answer) };
  }
  if (access.scheme === 'basic') {
    const authorization = basicAuthorization(session.scene.credentials);
    return { verdict: 'OK', ...await inspect(session, await askForManifest(session, authorization), authorization) };
  }
  return pullWithToken(session, access, await login(session, access));
}

async function pullWithToken(session: Session, access: Access & { scheme: 'bearer' }, loggedIn: boolean): Promise<Pulled> {
  let authorization = await authorize(session, access, loggedIn);
  let answer = await askForManifest(session, authorization);
  const complaint = answer.status === 401 ? complaintOf(answer) : {};
  if (complaint.error === 'invalid_token') {
    throw failure('PROTOCOL_ERROR', `${session.scene.host} does not take the token that its own token service issued (${seen(session.scene, answer)})`,
      'check how the registry verifies tokens: signing certificate, issuer, service and clock');
  }
  const scope = complaint.error === 'insufficient_scope' ? demandedScope(complaint.scope) : undefined;
  if (scope !== undefined && scope !== access.scope) {
    authorization = await authorize(session, { ...access, scope }, loggedIn);
    answer = await askForManifest(session, authorization);
  }
  return { verdict: 'OK', ...await inspect(session, answer, authorization) };
}

/** What is wrong with a token (RFC 6750 section 3.1). Nothing else of a challenge to a request with a token is of use. */
function complaintOf(answer: HttpResponse): Readonly<Record<string, string>> {
  try {
    return parseChallenges(answer.challenges).find(({ scheme }) => scheme === 'bearer')?.params ?? {};
  } catch {
    return {};
  }
}

/**
 * Asks with HEAD where that is enough: Docker Hub doesn't count it as a pull. A HEAD in front of a GET that has to
 * follow anyway would save nothing.
 */
async function askForManifest(session: Session, authorization?: string): Promise<HttpResponse> {
  const method = session.needsBody ? 'GET' : 'HEAD';
  let answer = await requestManifest(session, method, authorization);
  for (const delay of NOT_FOUND_DELAYS) {
    if (answer.status !== 404 || delay >= session.transport.remaining()) {
      break;
    }
    await session.environment.sleep(delay);
    answer = await requestManifest(session, method, authorization);
  }
  return method === 'HEAD' && wantsBody(answer, authorization) ? requestManifest(session, 'GET', authorization) : answer;
}

/** Whether a GET would tell more than this answer to HEAD. Refused credentials are not sent again to learn why. */
function wantsBody(answer: HttpResponse, authorization?: string): boolean {
  if (answer.status < 300) {
    return digestOf(answer) === undefined || kindOf(answer) === undefined;
  }
  return [404, 405, 412].includes(answer.status) || (answer.status === 403 && !authorization?.startsWith('Basic '));
}

function digestOf(answer: HttpResponse): string | undefined {
  const digest = answer.headers['docker-content-digest'];
  return typeof digest === 'string' && isSha256(digest) ? digest : undefined;
}

function kindOf(answer: HttpResponse): Manifest['kind'] | undefined {
  return kindOfMediaType(mediaTypeOf(answer.headers['content-type']));
}

type Inspected = Omit<Pulled, 'verdict'>;

async function inspect(session: Session, answer: HttpResponse, authorization?: string): Promise<Inspected> {
  const { scene, environment, needsBody } = session;
  if (answer.status >= 300) {
    throw [401, 413, 431].includes(answer.status) && authorization?.startsWith('Basic ')
      ? loginRefused(scene, answer)
      : manifestRefused(scene, answer, retryAfterOf(answer, environment.now()));
  }
  // The answer to HEAD has no body; it was asked for only where the headers can tell everything.
  return answer.body.length === 0 && !needsBody ? inspectHead(answer) : inspectBody(session, answer, authorization);
}

function inspectHead(answer: HttpResponse): Inspected {
  const kind = kindOf(answer);
  const digest = digestOf(answer);
  if (digest === undefined || kind === undefined) {
    throw new ManifestError('PROTOCOL_ERROR', 'an empty manifest');
  }
  return { digest, mediaType: mediaTypeOf(answer.headers['content-type']) };
}

async function inspectBody(session: Session, answer: HttpResponse, authorization?: string): Promise<Inspected> {
  const digest = sha256Digest(answer.body);
  if (digest !== (digestOf(answer) ?? digest) || digest !== (session.image.digest ?? digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest that does not have the digest which it should have');
  }
  const manifest = parseManifest(answer.body, answer.headers['content-type']);
  const mediaType = mediaTypeOf(answer.headers['content-type']);
  if (session.platform === undefined) {
    return { digest, mediaType };
  }
  const platforms = manifest.kind === 'index' ? manifest.platforms : await platformsOfImage(session, manifest.configDigest, authorization);
  const undeclared = manifest.kind === 'index' ? manifest.undeclared : platforms.length === 0;
  const texts = [...new Set(platforms.map(platformText))].map((text) => session.scene.redactor.clean(text));
  if (!undeclared && !platforms.some((platform) => runsOn(platform, session.platform!))) {
    throw platformMissing(session, texts, session.platform);
  }
  return { digest, mediaType, platforms: texts };
}

async function platformsOfImage(session: Session, configDigest: string, authorization?: string): Promise<Platform[]> {
  const answer = await requestConfig(session, configDigest, authorization);
  if (answer.status >= 300) {
    throw refusalOfService(session.scene, answer) ?? failure('PROTOCOL_ERROR', `${session.scene.image} has a manifest, but its config cannot be read (${seen(session.scene, answer)})`,
      'check that the registry\'s storage is complete, and that its download host can be reached');
  }
  if (sha256Digest(answer.body) !== configDigest) {
    throw new ManifestError('PROTOCOL_ERROR', 'a config that does not have the digest which it should have');
  }
  const platform = platformOfConfig(answer.body);
  return platform === undefined ? [] : [platform];
}

function notRunnable({ scene }: Session, { verdict, message }: ManifestError): CheckFailure {
  const step = verdict === 'NOT_AN_IMAGE' ? 'name an image, or build and push it again' : 'check the host, and what a proxy in front of the registry does';
  return failure(verdict, `${scene.image} is no image that ECS can run: ${scene.host} serves ${scene.redactor.clean(message)}`, step);
}

function platformMissing({ scene }: Session, offered: string[], wanted: Platform): CheckFailure {
  const text = platformText(wanted);
  const some = offered.length > 8 ? [...offered.slice(0, 8), `${offered.length - 8} more`] : offered;
  return failure('PLATFORM_MISSING', `${scene.image} is for ${some.join(', ')}, but ${text} is needed (seen at ${scene.host})`,
    scene.vantage === 'command-line' ? `build it with --platform ${text}` : `build it with docker build --platform ${text}, or set runtimePlatform to what the image has`);
}
