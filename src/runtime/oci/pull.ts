import { inspectChild } from './child';
import { inspectConfig } from './config';
import { hasDigest, isDigest, kindByMediaType, ManifestError, mediaTypeOf, parseManifest, sha256Digest } from './manifest';
import { object, objectAs, refusalOf, textsOf } from './refusals';
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
  try {
    return await pullLikeEcs(check);
  } catch (error) {
    throw error instanceof ManifestError ? notRunnable(check.context, error.verdict, error.message) : error;
  }
}

async function pullLikeEcs(check: RunningCheck): Promise<Pulled> {
  const session = new Session(check);
  await session.begin();
  const { digest, mediaType } = await resolve(check, session);
  const platforms = check.needsBody ? await inspect(check, session, digest, mediaType) : undefined;
  const isPublic = session.authorization === undefined || !isLogin(check.context.credentials);
  return { verdict: isPublic ? 'PUBLIC_IMAGE' : 'OK', digest, mediaType, ...platforms && { platforms } };
}

type Resolved = Pick<Pulled, 'digest' | 'mediaType'>;

/** The digest behind the tag: by HEAD, which Docker Hub does not count as a pull, or by GET where HEAD is refused or names none. */
async function resolve(check: RunningCheck, session: Session): Promise<Resolved> {
  const { image, context } = check;
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
  return resolvedByGet(check, answer);
}

/** Refused credentials are not sent again to learn why, and more requests help no server that fails. */
function throwUnlessGetTellsMore({ context, environment }: RunningCheck, { isBasic }: Session, head: HttpResponse): void {
  if (isBasic && [401, 413, 431].includes(head.status)) {
    throw loginRefused(context, head);
  }
  if (isBasic && head.status === 403) {
    throw pullDenied(context, head, false);
  }
  if (head.status === 429 || (head.status >= 500 && head.status !== 501)) {
    throw manifestRefused(context, head, retryAfterOf(head, environment.now()));
  }
}

function resolvedByHead(check: RunningCheck, head: HttpResponse): Resolved | undefined {
  const { image, context } = check;
  const digest = image.digest ?? head.headers['docker-content-digest']?.toString();
  const length = head.headers['content-length'];
  const mediaType = mediaTypeOf(head.headers['content-type']);
  if (length === undefined) {
    objectAs('dockerd', check, `cannot pull from ${context.host}, which answers HEAD without Content-Length`);
  }
  if (digest === undefined || (length === undefined && image.digest === undefined)) {
    return undefined;
  }
  if (!isDigest(digest)) {
    throw failure('PROTOCOL_ERROR', `${context.host} answers with a digest that is none`, 'correct Docker-Content-Digest in the registry or a proxy in front of it');
  }
  if (kindByMediaType(mediaType) === undefined) {
    objectAs('containerd', check, `cannot pull from ${context.host}, which answers HEAD with the Content-Type ${mediaType || 'of nothing'}`);
  }
  return { digest, mediaType };
}

function resolvedByGet(check: RunningCheck, answer: HttpResponse): Resolved {
  const digest = sha256Digest(answer.body);
  const named = answer.headers['docker-content-digest']?.toString() ?? digest;
  if (check.image.digest === undefined && named !== digest) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest with a wrong digest');
  }
  const mediaType = mediaTypeOf(answer.headers['content-type']);
  parseManifest(answer.body, answer.headers['content-type']);
  return { digest: check.image.digest ?? digest, mediaType };
}

/** The platforms of the manifest with this digest, one of which is the one that is needed. */
async function inspect(check: RunningCheck, session: Session, digest: string, headType: string): Promise<readonly string[] | undefined> {
  const answer = await session.requestPatiently({ purpose: 'manifest', method: 'GET', reference: digest });
  if (answer.status >= 300) {
    throw refusalOf(check, session, answer);
  }
  if (!hasDigest(answer.body, digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest with a wrong digest');
  }
  const type = mediaTypeOf(answer.headers['content-type']);
  const manifest = parseManifest(answer.body, kindByMediaType(headType) === undefined ? type : headType);
  if (kindByMediaType(type) === undefined) {
    objectAs('dockerd', check, `refuses a manifest with the Content-Type ${type || 'of nothing'}`);
  }
  object(check, manifest.objections);
  if (check.platform === undefined) {
    return undefined;
  }
  if (manifest.kind === 'index') {
    await inspectChild(check, session, manifest.entries, check.platform);
    return textsOf(check, manifest.entries.flatMap(({ platform }) => platform === undefined || platform.os === 'unknown' ? [] : [platform]));
  }
  return inspectConfig(check, session, manifest.config, check.platform);
}
