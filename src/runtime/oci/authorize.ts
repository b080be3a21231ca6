import { ChallengeError, parseChallenges, preferredChallenge, Challenge } from './challenge';
import { trustedRealm } from './realm';
import { ping, Session } from './session';
import { basicAuthorization, pullScope, tokenOf, tokenUrl } from './token';
import { retryAfterOf, sendWithRetries } from '../http/retry';
import { HttpResponse, RequestPurpose } from '../http/transport';
import { failure, hostOf, LOGIN_REFUSALS, loginRefused, notARegistry, pullDenied, refusalOfService, refusedWithoutChallenge, unexpected } from '../verdict/failures';
import { Scene } from '../verdict/scene';
import { oneLine } from '../verdict/text';

const TOKEN_LIMIT = 64 * 1024;

/** How the registry wants to be asked. */
export type Access =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: URL; readonly service?: string; readonly scope: string };

/**
 * Reads from the answer to a request *without* credentials how the registry wants to be asked. Only such an answer can
 * be trusted: with an Authorization header, Harbor answers another challenge, and GHCR none.
 */
export async function accessOf(session: Session, anonymous: HttpResponse): Promise<Access> {
  if (anonymous.status < 300) {
    return { scheme: 'none' };
  }
  const offered = challengeOf(session, anonymous);
  if (offered !== undefined) {
    return accessFor(session, offered);
  }
  const general = refusalOfService(session.scene, anonymous, retryAfterOf(anonymous, session.environment.now()));
  if (![401, 403, 404, 405].includes(anonymous.status)) {
    throw general ?? unexpected(session.scene, anonymous);
  }
  // Some registries hide a private repository behind 404, or forget the challenge there: the API's root has it.
  const root = await ping(session);
  const challenge = challengeOf(session, root);
  if (challenge !== undefined) {
    return accessFor(session, challenge);
  }
  if (root.status === 401 || root.status === 403) {
    throw refusedWithoutChallenge(session.scene, root);
  }
  if (root.status >= 300 || root.url.origin !== session.api.origin || /^text\/html\b/.test(root.headers['content-type'] ?? '')) {
    throw refusalOfService(session.scene, root) ?? notARegistry(session.scene, root);
  }
  if (anonymous.status === 401 || anonymous.status === 403) {
    throw refusedWithoutChallenge(session.scene, anonymous);
  }
  return { scheme: 'none' };
}

function challengeOf({ scene, api }: Session, response: HttpResponse): Challenge | undefined {
  if (response.status !== 401 || response.challenges.length === 0) {
    return undefined;
  }
  if (response.url.origin !== api.origin) {
    throw failure('PROTOCOL_ERROR', `${scene.host} redirects to ${hostOf(scene, response.url)}, which wants credentials of its own`,
      'name the image with the host that serves it');
  }
  const challenges = parsed(scene, response);
  const challenge = preferredChallenge(challenges);
  if (challenge === undefined) {
    throw failure('PROTOCOL_ERROR', `${scene.host} offers no authentication that ECS can use, only ${schemes(scene, challenges)}`,
      'switch on Basic or token authentication in the registry');
  }
  return challenge;
}

function parsed(scene: Scene, response: HttpResponse): Challenge[] {
  try {
    return parseChallenges(response.challenges);
  } catch (error) {
    if (error instanceof ChallengeError) {
      throw failure('PROTOCOL_ERROR', `${scene.host} sends a WWW-Authenticate header that is malformed: ${error.message}`,
        'correct the registry\'s or its proxy\'s configuration');
    }
    throw error;
  }
}

function schemes(scene: Scene, challenges: readonly Challenge[]): string {
  return scene.redactor.clean(challenges.map((c) => c.scheme).join(', ')) || 'an empty challenge';
}

function accessFor(session: Session, { scheme, params }: Challenge): Access {
  if (scheme === 'basic') {
    return { scheme };
  }
  const { scene } = session;
  const realm = trustedRealm(params.realm, session.api, session.realmOptions);
  if (realm.trusted) {
    return { scheme: 'bearer', realm: realm.url, service: params.service, scope: pullScope(session.image.repository, params.scope) };
  }
  // Named before any server has seen the credentials, so there is nothing to hide in it.
  const host = oneLine(realm.host ?? '');
  switch (realm.reason) {
    case 'not-a-url':
      throw failure('PROTOCOL_ERROR', `${scene.host} names a token service that is no valid URL`, 'correct the realm in the registry\'s configuration');
    case 'plain-http':
      throw failure('REALM_NOT_TRUSTED', `${scene.host} wants the password sent to ${host} over plain HTTP`, 'correct the realm in the registry\'s configuration to https');
    case 'other-host':
      throw failure('REALM_NOT_TRUSTED', `${scene.host} wants the password sent to another host, ${host}`,
        `if that is its token service, ${scene.vantage === 'command-line' ? 'pass --auth-host' : 'set authHost to'} ${host}`);
  }
}

/**
 * Asks whether the credentials are right at all, as `docker login` does: a token request without scope. With a scope,
 * Harbor hands an anonymous token to wrong credentials, and others an empty one to right ones. It comes first, so that
 * wrong credentials are sent once: a refused login ends the check.
 *
 * Resolves to whether they are right. A token service may insist on a scope (400, 404 or worse): then it's open.
 */
export async function login(session: Session, access: Access & { scheme: 'bearer' }): Promise<boolean> {
  const response = await requestToken(session, 'login', access);
  if (LOGIN_REFUSALS.includes(response.status)) {
    throw loginRefused(session.scene, response);
  }
  throwIfRedirectedOrLimited(session, response);
  return response.status < 300;
}

/** The Authorization for the manifest. */
export async function authorize(session: Session, access: Access & { scheme: 'bearer' }, loggedIn: boolean): Promise<string> {
  const response = await requestToken(session, 'token', access, access.scope);
  throwIfRedirectedOrLimited(session, response);
  const general = refusalOfService(session.scene, response, retryAfterOf(response, session.environment.now()));
  if (general !== undefined) {
    throw general;
  }
  if (response.status === 401 || response.status === 403) {
    throw loggedIn || response.status === 403 ? pullDenied(session.scene, response) : loginRefused(session.scene, response);
  }
  const token = response.status < 300 ? tokenOf(response) : undefined;
  if (token === undefined) {
    throw unexpected(session.scene, response);
  }
  session.scene.redactor.add(token);
  return `Bearer ${token}`;
}

function requestToken(session: Session, purpose: RequestPurpose, access: Access & { scheme: 'bearer' }, scope?: string): Promise<HttpResponse> {
  return sendWithRetries(session.transport, {
    purpose,
    method: 'GET',
    url: tokenUrl(access.realm, access.service, scope),
    accept: 'application/json',
    authorization: basicAuthorization(session.scene.credentials),
    maxBytes: TOKEN_LIMIT,
  }, session.environment);
}

/** Credentials never follow a redirect, and a rate limit doesn't get better by asking on. */
function throwIfRedirectedOrLimited({ scene, environment }: Session, response: HttpResponse): void {
  if (response.status >= 300 && response.status < 400) {
    throw failure('PROTOCOL_ERROR', `the token service of ${scene.host} redirects (HTTP ${response.status} from ${hostOf(scene, response.url)}), and credentials are not sent on`,
      'correct the realm in the registry\'s configuration');
  }
  if (response.status === 429) {
    throw refusalOfService(scene, response, retryAfterOf(response, environment.now()))!;
  }
}
