import { authenticationOf, authorize, login, TokenAuthentication } from './authorize';
import { parseChallenges } from './challenge';
import { isSha256, kindByMediaType, ManifestError, mediaTypeOf, parseManifest, platformOfConfig, sha256Digest, Manifest } from './manifest';
import { platformText, runsOn, Platform } from './platform';
import { requestConfig, requestManifest, RunningCheck } from './running-check';
import { demandedScope } from './token';
import { basicAuthorization } from '../http/credentials';
import { HttpResponse } from '../http/message';
import { retryAfterOf } from '../http/retry';
import { failure, loginRefused, manifestRefused, refusalOfService, seen } from '../verdict/failures';
import { CheckFailure, Verdict } from '../verdict/verdict';

/** After a push, it takes a moment until all replicas of a registry have the image. */
const NOT_FOUND_DELAYS = [1_000, 2_000, 3_000];

export interface Pulled {
  readonly verdict: Verdict & ('OK' | 'PUBLIC_IMAGE');
  readonly digest: string;
  readonly mediaType: string;
  /** Only if a platform was asked for. */
  readonly platforms?: readonly string[];
}

/** Sends the requests that ECS sends, up to the manifest; rejects with a CheckFailure or NetworkFailure. */
export async function pull(check: RunningCheck): Promise<Pulled> {
  try {
    return await pullLikeEcs(check);
  } catch (error) {
    throw error instanceof ManifestError ? notRunnable(check, error) : error;
  }
}

async function pullLikeEcs(check: RunningCheck): Promise<Pulled> {
  const anonymous = await requestManifest(check, 'HEAD');
  const auth = await authenticationOf(check, anonymous);
  if (auth.scheme === 'none') {
    const answer = anonymous.status < 300 && !check.needsBody ? anonymous : await askForManifest(check);
    return { verdict: 'PUBLIC_IMAGE', ...await inspect(check, answer) };
  }
  if (auth.scheme === 'basic') {
    const authorization = basicAuthorization(check.context.credentials);
    return { verdict: 'OK', ...await inspect(check, await askForManifest(check, authorization), authorization) };
  }
  return pullWithToken(check, auth, await login(check, auth));
}

async function pullWithToken(check: RunningCheck, auth: TokenAuthentication, loggedIn: boolean): Promise<Pulled> {
  let authorization = await authorize(check, auth, loggedIn);
  let answer = await askForManifest(check, authorization);
  const complaint = answer.status === 401 ? complaintOf(answer) : {};
  if (complaint.error === 'invalid_token') {
    throw failure('PROTOCOL_ERROR', `${check.context.host} does not accept the token of its own token service (${seen(check.context, answer)})`,
      'check how the registry verifies tokens: signing certificate, issuer, service and clock');
  }
  const scope = complaint.error === 'insufficient_scope' ? demandedScope(complaint.scope) : undefined;
  if (scope !== undefined && scope !== auth.scope) {
    authorization = await authorize(check, { ...auth, scope }, loggedIn);
    answer = await askForManifest(check, authorization);
  }
  return { verdict: 'OK', ...await inspect(check, answer, authorization) };
}

/** The fault of a token (RFC 6750 section 3.1), which is all that is used of a challenge to a request with a token. */
function complaintOf(answer: HttpResponse): Readonly<Record<string, string>> {
  try {
    return parseChallenges(answer.challenges).find(({ scheme }) => scheme === 'bearer')?.params ?? {};
  } catch {
    return {};
  }
}

/** Sends HEAD where that is enough, because Docker Hub does not count it as a pull. Before a GET that has to follow, it saves nothing. */
async function askForManifest(check: RunningCheck, authorization?: string): Promise<HttpResponse> {
  const method = check.needsBody ? 'GET' : 'HEAD';
  let answer = await requestManifest(check, method, authorization);
  for (const delay of NOT_FOUND_DELAYS) {
    if (answer.status !== 404 || delay >= check.transport.remaining) {
      break;
    }
    await check.environment.sleep(delay);
    answer = await requestManifest(check, method, authorization);
  }
  return method === 'HEAD' && wantsBody(answer, authorization) ? requestManifest(check, 'GET', authorization) : answer;
}

/** Whether a GET finds out more than this answer to HEAD. Refused credentials are not sent again to learn why. */
function wantsBody(answer: HttpResponse, authorization?: string): boolean {
  if (answer.status < 300) {
    return digestOf(answer) === undefined || kindByHeader(answer) === undefined;
  }
  return [404, 405, 412].includes(answer.status) || (answer.status === 403 && !authorization?.startsWith('Basic '));
}

function digestOf(answer: HttpResponse): string | undefined {
  const digest = answer.headers['docker-content-digest'];
  return typeof digest === 'string' && isSha256(digest) ? digest : undefined;
}

function kindByHeader(answer: HttpResponse): Manifest['kind'] | undefined {
  return kindByMediaType(mediaTypeOf(answer.headers['content-type']));
}

type Inspected = Omit<Pulled, 'verdict'>;

async function inspect(check: RunningCheck, answer: HttpResponse, authorization?: string): Promise<Inspected> {
  const { context, environment, needsBody } = check;
  if (answer.status >= 300) {
    throw [401, 413, 431].includes(answer.status) && authorization?.startsWith('Basic ')
      ? loginRefused(context, answer)
      : manifestRefused(context, answer, retryAfterOf(answer, environment.now()));
  }
  // The answer to HEAD has no body; HEAD is used only where the headers are enough.
  return answer.body.length === 0 && !needsBody ? inspectHead(answer) : inspectBody(check, answer, authorization);
}

function inspectHead(answer: HttpResponse): Inspected {
  const kind = kindByHeader(answer);
  const digest = digestOf(answer);
  if (digest === undefined || kind === undefined) {
    throw new ManifestError('PROTOCOL_ERROR', 'an empty manifest');
  }
  return { digest, mediaType: mediaTypeOf(answer.headers['content-type']) };
}

async function inspectBody(check: RunningCheck, answer: HttpResponse, authorization?: string): Promise<Inspected> {
  const digest = sha256Digest(answer.body);
  if (digest !== (digestOf(answer) ?? digest) || digest !== (check.image.digest ?? digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest with a wrong digest');
  }
  const manifest = parseManifest(answer.body, answer.headers['content-type']);
  const mediaType = mediaTypeOf(answer.headers['content-type']);
  if (check.platform === undefined) {
    return { digest, mediaType };
  }
  const platforms = manifest.kind === 'index' ? manifest.platforms : await platformsOfImage(check, manifest.configDigest, authorization);
  const undeclared = manifest.kind === 'index' ? manifest.undeclared : platforms.length === 0;
  const texts = [...new Set(platforms.map(platformText))].map((text) => check.context.redactor.clean(text));
  if (!undeclared && !platforms.some((platform) => runsOn(platform, check.platform!))) {
    throw platformMissing(check, texts, check.platform);
  }
  return { digest, mediaType, platforms: texts };
}

async function platformsOfImage(check: RunningCheck, configDigest: string, authorization?: string): Promise<Platform[]> {
  const answer = await requestConfig(check, configDigest, authorization);
  if (answer.status >= 300) {
    throw refusalOfService(check.context, answer) ?? failure('PROTOCOL_ERROR', `${check.context.image} has a manifest, but its config cannot be read (${seen(check.context, answer)})`,
      'check that the registry\'s storage is complete, and that its download host can be reached');
  }
  if (sha256Digest(answer.body) !== configDigest) {
    throw new ManifestError('PROTOCOL_ERROR', 'a config with a wrong digest');
  }
  const platform = platformOfConfig(answer.body);
  return platform === undefined ? [] : [platform];
}

function notRunnable({ context }: RunningCheck, { verdict, message }: ManifestError): CheckFailure {
  const step = verdict === 'NOT_AN_IMAGE' ? 'name an image, or build and push it again' : 'check the host, and what a proxy in front of the registry does';
  return failure(verdict, `${context.image} is not an image that ECS can run: ${context.host} serves ${context.redactor.clean(message)}`, step);
}

function platformMissing({ context }: RunningCheck, offered: string[], wanted: Platform): CheckFailure {
  const text = platformText(wanted);
  const some = offered.length > 8 ? [...offered.slice(0, 8), `${offered.length - 8} more`] : offered;
  return failure('PLATFORM_MISSING', `${context.image} is for ${some.join(', ')}, but ${text} is needed (seen at ${context.host})`,
    context.location === 'command-line' ? `build it with --platform ${text}` : `build it with docker build --platform ${text}, or set runtimePlatform to what the image has`);
}
