import { imagePlatforms, inspectChildren } from './child';
import { inspectConfig } from './config';
import { hasDigest, isDigest, knownKind, ManifestError, mediaTypeOf, parseManifest, sha256Digest } from './manifest';
import { isAboutPassword, object, objectAs, objectToType, refusalOf, shownType, textsOf } from './refusals';
import { RunningCheck } from './running-check';
import { Session } from './session';
import { isLogin } from '../http/credentials';
import { HttpResponse } from '../http/message';
import { retryAfterOf } from '../http/retry';
import { failure, loginRefused, manifestRefused, notRunnable, pullDenied, seen } from '../verdict/failures';
import { Verdict } from '../verdict/verdict';

export interface Pulled {
  readonly verdict: Verdict & ('OK' | 'PUBLIC_IMAGE');
  readonly digest: string;
  readonly mediaType: string;
  /** Only if a platform was asked for. */
  readonly platforms?: readonly string[];
}

/** Sends the requests that ECS sends, up to the config; rejects with a CheckFailure or NetworkFailure. */
export async function pull(check: RunningCheck): Promise<Pulled> {
  const session = new Session(check);
  try {
    return await pullLikeEcs(check, session);
  } catch (error) {
    throw error instanceof ManifestError ? notRunnable(check.context, error.verdict, error.message, error.type) : await session.asBothEngines(error);
  }
}

async function pullLikeEcs(check: RunningCheck, session: Session): Promise<Pulled> {
  await session.begin();
  const resolved = await resolve(check, session);
  const inspected = check.needsBody ? await inspect(check, session, resolved) : undefined;
  const isPublic = session.authorization === undefined || !isLogin(check.context.credentials);
  return { verdict: isPublic ? 'PUBLIC_IMAGE' : 'OK', ...resolved, ...inspected };
}

type Resolved = Pick<Pulled, 'digest' | 'mediaType'>;

/**
 * The digest behind the tag: by HEAD, which Docker Hub does not count as a pull, or by GET where HEAD is refused or names none. containerd
 * asks for a digest as well, dockerd gets it.
 */
async function resolve(check: RunningCheck, session: Session): Promise<Resolved> {
  const { image, context } = check;
  if (image.digest !== undefined && context.engine === 'dockerd') {
    return { digest: image.digest, mediaType: '' };
  }
  const reference = image.digest ?? image.tag ?? 'latest';
  const head = await session.requestPatiently({ purpose: 'manifest', method: 'HEAD', reference });
  if (head.status < 300) {
    const named = resolvedByHead(check, head);
    if (named !== undefined) {
      return named;
    }
  } else {
    throwUnlessGetTellsMore(check, session, head);
  }
  const answer = await session.request({ purpose: 'manifest', method: 'GET', reference });
  if (answer.status >= 300) {
    throw refusalOf(check, session, answer);
  }
  if (head.status >= 300 && head.status !== 405) {
    objectAs('containerd', check, `cannot pull from ${context.host}, which answers HEAD with ${seen(context, head)}, but GET with a manifest`);
  }
  const resolved = resolvedByGet(check, answer);
  if (head.status < 300 && (image.digest ?? digestHeader(head)) !== undefined) {
    typeForContainerd(check, head);
  }
  return resolved;
}

/** Refused credentials are not sent again to learn why, and more requests help no server that fails. */
function throwUnlessGetTellsMore(check: RunningCheck, session: Session, head: HttpResponse): void {
  const { context, environment } = check;
  const isRefusal = isAboutPassword(check, session, head);
  if (isRefusal && [401, 413, 431].includes(head.status)) {
    throw loginRefused(context, head);
  }
  if (isRefusal && head.status === 403) {
    throw pullDenied(context, head, false);
  }
  if (head.status === 429 || (head.status >= 500 && head.status !== 501)) {
    throw manifestRefused(context, head, retryAfterOf(head, environment.now()));
  }
}

function resolvedByHead(check: RunningCheck, head: HttpResponse): Resolved | undefined {
  const { image, context } = check;
  const digest = image.digest ?? digestHeader(head);
  const length = head.headers['content-length'];
  objectToLength(check, head);
  if (digest === undefined || (length === undefined && image.digest === undefined)) {
    return undefined;
  }
  if (!isDigest(digest)) {
    throw failure('PROTOCOL_ERROR', `${context.host} answers with a digest that is none`, 'correct Docker-Content-Digest in the registry or a proxy in front of it');
  }
  // Only GET tells whether that is no image, or whether only containerd refuses it.
  if (knownKind(mediaTypeOf(head)) === undefined) {
    return undefined;
  }
  return { digest, mediaType: typeForContainerd(check, head) };
}

function digestHeader({ headers }: HttpResponse): string | undefined {
  return headers['docker-content-digest']?.toString();
}

/** dockerd trusts the digest of a tag only together with a length. */
function objectToLength(check: RunningCheck, answer: HttpResponse): void {
  if (check.image.digest === undefined && digestHeader(answer) !== undefined && answer.headers['content-length'] === undefined) {
    objectAs('dockerd', check, `cannot pull from ${check.context.host}, which names a digest without Content-Length`);
  }
}

/** The media type, which has to be one of a manifest letter by letter for containerd. */
function typeForContainerd(check: RunningCheck, answer: HttpResponse): string {
  const mediaType = mediaTypeOf(answer);
  if (knownKind(mediaType) === undefined || !answer.headers['content-type']?.startsWith(mediaType)) {
    objectAs('containerd', check, `cannot pull from ${check.context.host}, which serves the manifest with the Content-Type ${shownType(check, mediaType)}`);
  }
  return mediaType;
}

function resolvedByGet(check: RunningCheck, answer: HttpResponse): Resolved {
  const digest = sha256Digest(answer.body);
  const named = digestHeader(answer) ?? digest;
  objectToLength(check, answer);
  if (check.image.digest === undefined && named !== digest) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest with a wrong digest');
  }
  parseManifest(answer.body, mediaTypeOf(answer));
  return { digest: check.image.digest ?? digest, mediaType: typeForContainerd(check, answer) };
}

/** The manifest with this digest, and its platforms, among which are those that are needed. */
async function inspect(check: RunningCheck, session: Session, { digest, mediaType: headType }: Resolved): Promise<Pick<Pulled, 'mediaType' | 'platforms'>> {
  const answer = await session.requestPatiently({ purpose: 'manifest', method: 'GET', reference: digest });
  if (answer.status >= 300) {
    throw refusalOf(check, session, answer);
  }
  if (!hasDigest(answer.body, digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest with a wrong digest');
  }
  const mediaType = knownKind(headType) === undefined ? mediaTypeOf(answer) : headType;
  const manifest = parseManifest(answer.body, mediaType);
  objectToType(check, answer);
  object(check, manifest.objections);
  if (check.platforms.length === 0) {
    return { mediaType };
  }
  if (manifest.kind === 'image') {
    return { mediaType, platforms: await inspectConfig(check, session, manifest, check.platforms) };
  }
  await inspectChildren(check, session, manifest.entries, check.platforms);
  return { mediaType, platforms: textsOf(check, imagePlatforms(manifest.entries)) };
}
