import { parseChallenges } from './challenge';
import { knownKind, mediaTypeOf, Objection } from './manifest';
import { platformText, Platform } from './platform';
import { RunningCheck } from './running-check';
import { Session } from './session';
import { HttpResponse } from '../http/message';
import { retryAfterOf } from '../http/retry';
import { failure, loginRefused, manifestRefused, platformMissing, refusedByEngine, seen } from '../verdict/failures';
import { Engine } from '../verdict/message-context';
import { CheckFailure } from '../verdict/verdict';

/** What the engine of this check does not do, or what one of both does not if it is not known, cannot be a yes. */
export function objectAs(engine: Engine, { context }: RunningCheck, cause: string): void {
  if (context.engine === undefined || context.engine === engine) {
    throw refusedByEngine(context, engine, cause, 'check the registry, what a proxy in front of it does, and with what the image was pushed');
  }
}

export function object(check: RunningCheck, objections: readonly Objection[]): void {
  objections.forEach(({ engine, reason }) => objectAs(engine, check, `refuses what ${check.context.host} serves: ${reason}`));
}

/** dockerd reads a manifest by the type that it is served with. */
export function objectToType(check: RunningCheck, answer: HttpResponse): void {
  const type = mediaTypeOf(answer);
  if (knownKind(type) === undefined) {
    objectAs('dockerd', check, `refuses a manifest with the Content-Type ${shownType(check, type)}`);
  }
}

export function shownType({ context }: RunningCheck, mediaType: string): string {
  return context.redactor.clean(mediaType) || 'of nothing';
}

/** The verdict on a manifest that is refused. */
export function refusalOf(check: RunningCheck, session: Session, answer: HttpResponse): Error {
  const { context, environment } = check;
  if (answer.status === 401 && complaintOf(answer).error === 'invalid_token') {
    return failure('PROTOCOL_ERROR', `${context.host} does not accept the token of its own token service (${seen(context, answer)})`,
      'check how the registry verifies tokens: signing certificate, issuer, service and clock');
  }
  return [401, 413, 431].includes(answer.status) && isAboutPassword(check, session, answer)
    ? loginRefused(context, answer)
    : manifestRefused(context, answer, retryAfterOf(answer, environment.now()));
}

/** Whether the server that answers got the password: no other origin does, which a redirect leads to. */
export function isAboutPassword({ api }: RunningCheck, { isBasic }: Session, { url }: HttpResponse): boolean {
  return isBasic && url.origin === api.origin;
}

/** The fault of a token (RFC 6750 section 3.1), which is all that is used of a challenge to a request with a token. */
function complaintOf(answer: HttpResponse): Readonly<Record<string, string>> {
  try {
    return parseChallenges(answer.challenges).find(({ scheme }) => scheme === 'bearer')?.params ?? {};
  } catch {
    return {};
  }
}

export function lacksPlatforms(check: RunningCheck, offered: readonly string[], missing: readonly Platform[], definite: boolean): CheckFailure {
  return platformMissing(check.context, { offered, missing: missing.map(platformText), needed: check.platforms.map(platformText) }, definite);
}

export function textsOf({ context }: RunningCheck, platforms: readonly Platform[]): string[] {
  return [...new Set(platforms.map(platformText))].map((text) => context.redactor.clean(text));
}
