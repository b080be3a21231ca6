import { ChallengeError, challengesReadBy, parseChallenges, preferredChallenge, Challenge } from './challenge';
import { trustedRealm } from './realm';
import { RunningCheck } from './running-check';
import { pullScopes, tokenForm, tokenOf, tokenUrl } from './token';
import { basicAuthorization, isLogin } from '../http/credentials';
import { HttpRequest, HttpResponse } from '../http/message';
import { retryAfterOf, sendWithRetries } from '../http/retry';
import { adviserByChallenge } from '../verdict/advice';
import { failure, LOGIN_REFUSALS, loginNeeded, loginRefused, pullDenied, refusalOfService, refusedByEngine, seen, unexpected } from '../verdict/failures';
import { requireListed } from '../verdict/listed-hosts';
import { MessageContext, shownHost } from '../verdict/message-context';
import { oneLine } from '../verdict/text';

const TOKEN_LIMIT = 64 * 1024;

interface TokenService {
  readonly realm: URL;
  readonly service?: string;
  readonly scopes: readonly string[];
}

/**
 * The challenges of an answer to a request *without* credentials that the engine answers. No other answer can be trusted: to an
 * Authorization header, Harbor answers with another challenge, and GHCR with none.
 */
export function challengesToAnswer({ context, api }: RunningCheck, response: HttpResponse): readonly Challenge[] | undefined {
  if (response.status !== 401 || response.challenges.length === 0) {
    return undefined;
  }
  if (response.url.origin !== api.origin) {
    throw failure('PROTOCOL_ERROR', `${context.host} redirects to ${shownHost(context, response.url)}, which requires credentials as well`,
      'name the image with the host that serves it');
  }
  const challenges = challengesOf(context, response);
  if (challenges.some(({ scheme, params }) => scheme === 'bearer' && !params.realm)) {
    throw failure('PROTOCOL_ERROR', `${context.host} names no token service that ECS can read in its WWW-Authenticate header`,
      'correct the header: Bearer realm="https://...", without blanks around the equals sign');
  }
  const preferred = preferredChallenge(challenges);
  if (preferred === undefined) {
    throw failure('PROTOCOL_ERROR', `${context.host} offers no authentication that ECS can use, only ${schemes(context, challenges)}`,
      'switch on Basic or token authentication in the registry');
  }
  const basic = challenges.filter(({ scheme }) => scheme === 'basic').slice(0, 1);
  // dockerd gets a token, and then sends the password instead of it.
  return preferred.scheme === 'bearer' && context.engine === 'dockerd' ? [preferred, ...basic] : [preferred];
}

function challengesOf(context: MessageContext, response: HttpResponse): Challenge[] {
  try {
    parseChallenges(response.challenges);
  } catch (error) {
    if (error instanceof ChallengeError) {
      throw failure('PROTOCOL_ERROR', `${context.host} sends a WWW-Authenticate header that is malformed: ${error.message}`,
        'correct the registry\'s or its proxy\'s configuration');
    }
    throw error;
  }
  return challengesReadBy(context.engine, response.challenges);
}

function schemes(context: MessageContext, challenges: readonly Challenge[]): string {
  return context.redactor.clean(challenges.map((c) => c.scheme).join(', ')) || 'an empty challenge';
}

/** Answers challenges: the Authorization for all further requests, which the last one decides. */
export async function authorize(check: RunningCheck, challenges: readonly Challenge[]): Promise<string> {
  let authorization = '';
  for (const { scheme, params } of challenges) {
    authorization = scheme === 'basic' ? basicFor(check.context) : `Bearer ${await tokenFor(check, params)}`;
  }
  return authorization;
}

function basicFor(context: MessageContext): string {
  if (!isLogin(context.credentials)) {
    throw loginNeeded(context, `${context.host} demands a user name and a password`);
  }
  return basicAuthorization(context.credentials);
}

async function tokenFor(given: RunningCheck, params: Challenge['params']): Promise<string> {
  const context = { ...given.context, registry: adviserByChallenge(given.context.registry, params) };
  const check = { ...given, context };
  const service = serviceOf(check, params);
  const token = isLogin(context.credentials) ? await tokenAfterLogin(check, service) : await tokenByGet(check, service, false);
  context.redactor.add(token);
  return token;
}

function serviceOf(check: RunningCheck, { realm, service, scope }: Challenge['params']): TokenService {
  return { realm: realmOf(check, realm), service, scopes: pullScopes(check.image.repository, check.context.engine === 'dockerd' ? undefined : scope) };
}

async function tokenAfterLogin(check: RunningCheck, service: TokenService): Promise<string> {
  const loggedIn = await login(check, service);
  return (check.context.engine === 'containerd' ? await tokenByPost(check, service) : undefined) ?? tokenByGet(check, service, loggedIn);
}

function realmOf({ context, api, realmOptions }: RunningCheck, text: string): URL {
  const realm = trustedRealm(text, api, realmOptions);
  if ((realm.trusted || realm.reason !== 'not-a-url') && !/^https?:\/\//i.test(text)) {
    throw failure('PROTOCOL_ERROR', `${context.host} names a token service with a URL that is not absolute`, 'correct the realm in the registry\'s configuration');
  }
  if (realm.trusted) {
    if (!realm.isKnown) {
      requireListed(context, realm.url.host);
    }
    return realm.url;
  }
  // Without a login, there is nothing that another host must not see.
  if (realm.reason === 'other-host' && !isLogin(context.credentials)) {
    return new URL(text, api);
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
async function login(check: RunningCheck, { realm, service }: TokenService): Promise<boolean> {
  const response = await send(check, {
    purpose: 'login', method: 'GET', url: tokenUrl(realm, service), authorization: basicAuthorization(check.context.credentials),
  });
  if (LOGIN_REFUSALS.includes(response.status)) {
    throw loginRefused(check.context, response);
  }
  throwIfRedirectedOrLimited(check, response);
  return response.status < 300;
}

/** Statuses after which containerd asks the token service by GET. */
const ASK_BY_GET = [400, 401, 404, 405];

/** containerd asks by POST first, and gives up where another status than these is the answer; `undefined`: ask by GET. */
async function tokenByPost(check: RunningCheck, { realm, service, scopes }: TokenService): Promise<string | undefined> {
  const { context } = check;
  const response = await send(check, { purpose: 'token', method: 'POST', url: realm, form: tokenForm(service, scopes, context.credentials) });
  if (ASK_BY_GET.includes(response.status)) {
    return undefined;
  }
  throwIfRedirectedOrLimited(check, response);
  const token = response.status < 300 ? tokenOf(response, 'POST') : undefined;
  if (token === undefined) {
    throw refusalOfService(context, response) ?? refusedByEngine(context, 'containerd',
      `cannot log in to the token service of ${context.host}: it answers POST with ${seen(context, response)}${response.status < 300 ? ' and no token' : ''}`,
      'let the token service answer POST with HTTP 404 or 405, or with a token');
  }
  return token;
}

/** What refused the check. */
export type RefusedBy = 'login' | 'token' | 'manifest';

/**
 * What containerd gets where the check is refused, since it asks by POST, and for the scopes of the challenge as well: an Authorization, or
 * `false` if it gets nothing else. `true` where that is not tried, because it would send the password elsewhere, or again after a refusal.
 */
export async function loginOfContainerd(
  given: RunningCheck, answered: readonly Challenge[], anonymous: HttpResponse, refusedBy: RefusedBy,
): Promise<string | boolean> {
  const check: RunningCheck = { ...given, context: { ...given.context, engine: 'containerd' } };
  const [challenge] = challengesToAnswer(check, anonymous) ?? [];
  if (challenge === undefined) {
    return false;
  }
  const { scheme, params } = challenge;
  if (answered.length !== 1 || answered[0].scheme !== scheme || ['realm', 'service'].some((name) => answered[0].params[name] !== params[name])) {
    return true;
  }
  if (scheme === 'basic' || refusedBy === 'login') {
    return false;
  }
  const service = serviceOf(check, params);
  const wasAskedForAll = given.context.engine === undefined || service.scopes.length === 1;
  // Either there is nothing else to ask for, or a refusal is not answered with the same password.
  if (wasAskedForAll === (refusedBy === 'manifest')) {
    return !wasAskedForAll;
  }
  const token = await tokenByPost(check, service) ?? (wasAskedForAll ? undefined : await tokenByGet(check, service, true));
  check.context.redactor.add(token ?? '');
  return token === undefined ? false : `Bearer ${token}`;
}

async function tokenByGet(check: RunningCheck, { realm, service, scopes }: TokenService, loggedIn: boolean): Promise<string> {
  const { context, environment } = check;
  const authorization = isLogin(context.credentials) ? basicAuthorization(context.credentials) : undefined;
  const response = await send(check, { purpose: 'token', method: 'GET', url: tokenUrl(realm, service, scopes), authorization });
  throwIfRedirectedOrLimited(check, response);
  const general = refusalOfService(context, response, retryAfterOf(response, environment.now()));
  if (general !== undefined) {
    throw general;
  }
  if (response.status === 401 || response.status === 403) {
    // Unless the login was accepted, this can be a refusal of the password, which is not sent again to learn what containerd gets.
    const isKnown = loggedIn || authorization === undefined;
    const definite = isKnown || context.engine === 'containerd' ? undefined : false;
    throw isKnown || response.status === 403 ? pullDenied(context, response, definite) : loginRefused(context, response);
  }
  const token = response.status < 300 ? tokenOf(response) : undefined;
  if (token === undefined) {
    throw unexpected(context, response);
  }
  return token;
}

function send({ transport, environment }: RunningCheck, request: Omit<HttpRequest, 'accept' | 'maxBytes'>): Promise<HttpResponse> {
  return sendWithRetries(transport, { ...request, accept: 'application/json', maxBytes: TOKEN_LIMIT }, environment);
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
