import { ChallengeError, parseChallenges, preferredChallenge, Challenge } from './challenge';
import { trustedRealm } from './realm';
import { ping, RunningCheck } from './running-check';
import { pullScope, tokenOf, tokenUrl } from './token';
import { basicAuthorization } from '../http/credentials';
import { HttpResponse, RequestPurpose } from '../http/message';
import { retryAfterOf, sendWithRetries } from '../http/retry';
import { failure, LOGIN_REFUSALS, loginRefused, notARegistry, pullDenied, refusalOfService, refusedWithoutChallenge, unexpected } from '../verdict/failures';
import { MessageContext, shownHost } from '../verdict/message-context';
import { oneLine } from '../verdict/text';

const TOKEN_LIMIT = 64 * 1024;

/** The authentication that the registry demands. */
export type Authentication = { readonly scheme: 'none' } | { readonly scheme: 'basic' } | TokenAuthentication;

export interface TokenAuthentication {
  readonly scheme: 'bearer';
  readonly realm: URL;
  readonly service?: string;
  readonly scope: string;
}

/**
 * Reads the authentication from the answer to a request *without* credentials. No other answer can be trusted: to an Authorization
 * header, Harbor answers with another challenge, and GHCR with none.
 */
export async function authenticationOf(check: RunningCheck, anonymous: HttpResponse): Promise<Authentication> {
  if (anonymous.status < 300) {
    return { scheme: 'none' };
  }
  const offered = challengeOf(check, anonymous);
  if (offered !== undefined) {
    return authenticationBy(check, offered);
  }
  const general = refusalOfService(check.context, anonymous, retryAfterOf(anonymous, check.environment.now()));
  if (![401, 403, 404, 405].includes(anonymous.status)) {
    throw general ?? unexpected(check.context, anonymous);
  }
  // Some registries hide a private repository behind 404, or omit the challenge there: the root of the API has it.
  const root = await ping(check);
  const challenge = challengeOf(check, root);
  if (challenge !== undefined) {
    return authenticationBy(check, challenge);
  }
  if (root.status === 401 || root.status === 403) {
    throw refusedWithoutChallenge(check.context, root);
  }
  if (root.status >= 300 || root.url.origin !== check.api.origin || /^text\/html\b/.test(root.headers['content-type'] ?? '')) {
    throw refusalOfService(check.context, root) ?? notARegistry(check.context, root);
  }
  if (anonymous.status === 401 || anonymous.status === 403) {
    throw refusedWithoutChallenge(check.context, anonymous);
  }
  return { scheme: 'none' };
}

function challengeOf({ context, api }: RunningCheck, response: HttpResponse): Challenge | undefined {
  if (response.status !== 401 || response.challenges.length === 0) {
    return undefined;
  }
  if (response.url.origin !== api.origin) {
    throw failure('PROTOCOL_ERROR', `${context.host} redirects to ${shownHost(context, response.url)}, which requires credentials as well`,
      'name the image with the host that serves it');
  }
  const challenges = challengesOf(context, response);
  const challenge = preferredChallenge(challenges);
  if (challenge === undefined) {
    throw failure('PROTOCOL_ERROR', `${context.host} offers no authentication that ECS can use, only ${schemes(context, challenges)}`,
      'switch on Basic or token authentication in the registry');
  }
  return challenge;
}

function challengesOf(context: MessageContext, response: HttpResponse): Challenge[] {
  try {
    return parseChallenges(response.challenges);
  } catch (error) {
    if (error instanceof ChallengeError) {
      throw failure('PROTOCOL_ERROR', `${context.host} sends a WWW-Authenticate header that is malformed: ${error.message}`,
        'correct the registry\'s or its proxy\'s configuration');
    }
    throw error;
  }
}

function schemes(context: MessageContext, challenges: readonly Challenge[]): string {
  return context.redactor.clean(challenges.map((c) => c.scheme).join(', ')) || 'an empty challenge';
}

function authenticationBy(check: RunningCheck, { scheme, params }: Challenge): Authentication {
  if (scheme === 'basic') {
    return { scheme };
  }
  const { context } = check;
  const realm = trustedRealm(params.realm, check.api, check.realmOptions);
  if (realm.trusted) {
    return { scheme: 'bearer', realm: realm.url, service: params.service, scope: pullScope(check.image.repository, params.scope) };
  }
  // No server has seen the credentials yet, so there is nothing to hide in this name.
  const host = oneLine(realm.host ?? '');
  switch (realm.reason) {
    case 'not-a-url':
      throw failure('PROTOCOL_ERROR', `${context.host} names a token service with an invalid URL`, 'correct the realm in the registry\'s configuration');
    case 'plain-http':
      throw failure('REALM_NOT_TRUSTED', `${context.host} asks to send the password to ${host} over plain HTTP`, 'correct the realm in the registry\'s configuration to https');
    case 'other-host':
      throw failure('REALM_NOT_TRUSTED', `${context.host} asks to send the password to another host, ${host}`,
        `if that is its token service, ${context.location === 'command-line' ? 'pass --auth-host' : 'set authHost to'} ${host}`);
  }
}

/**
 * Asks whether the credentials are right, like `docker login`: a token request without a scope. With a scope, Harbor issues an anonymous
 * token to wrong credentials, and others an empty one to right ones. The login comes first, so that wrong credentials are sent once: a
 * refused login ends the check.
 *
 * Resolves to true if they are right, and to false if that is open, because a token service can insist on a scope (400, 404 or worse).
 */
export async function login(check: RunningCheck, auth: TokenAuthentication): Promise<boolean> {
  const response = await requestToken(check, 'login', auth);
  if (LOGIN_REFUSALS.includes(response.status)) {
    throw loginRefused(check.context, response);
  }
  throwIfRedirectedOrLimited(check, response);
  return response.status < 300;
}

/** The Authorization for the manifest. */
export async function authorize(check: RunningCheck, auth: TokenAuthentication, loggedIn: boolean): Promise<string> {
  const response = await requestToken(check, 'token', auth, auth.scope);
  throwIfRedirectedOrLimited(check, response);
  const general = refusalOfService(check.context, response, retryAfterOf(response, check.environment.now()));
  if (general !== undefined) {
    throw general;
  }
  if (response.status === 401 || response.status === 403) {
    throw loggedIn || response.status === 403 ? pullDenied(check.context, response) : loginRefused(check.context, response);
  }
  const token = response.status < 300 ? tokenOf(response) : undefined;
  if (token === undefined) {
    throw unexpected(check.context, response);
  }
  check.context.redactor.add(token);
  return `Bearer ${token}`;
}

function requestToken(check: RunningCheck, purpose: RequestPurpose, auth: TokenAuthentication, scope?: string): Promise<HttpResponse> {
  return sendWithRetries(check.transport, {
    purpose,
    method: 'GET',
    url: tokenUrl(auth.realm, auth.service, scope),
    accept: 'application/json',
    authorization: basicAuthorization(check.context.credentials),
    maxBytes: TOKEN_LIMIT,
  }, check.environment);
}

/** Credentials never follow a redirect, and more requests never end a rate limit. */
function throwIfRedirectedOrLimited({ context, environment }: RunningCheck, response: HttpResponse): void {
  if (response.status >= 300 && response.status < 400) {
    throw failure('PROTOCOL_ERROR', `the token service of ${context.host} redirects (HTTP ${response.status} from ${shownHost(context, response.url)}), and credentials are not sent on`,
      'correct the realm in the registry\'s configuration');
  }
  if (response.status === 429) {
    throw refusalOfService(context, response, retryAfterOf(response, environment.now()))!;
  }
}
