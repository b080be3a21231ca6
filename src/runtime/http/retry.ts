import { CheckEnvironment } from './environment';
import { NetworkFailure } from './network-failure';
import { HttpRequest, HttpResponse, Transport } from './transport';

const DELAYS = [200, 1_000];

/**
 * Sends a request, and again if that may help: after a network error, 408, 429 or 5xx, never after any other answer.
 * What is left in the end is returned or thrown as it came.
 */
export async function sendWithRetries(transport: Transport, request: HttpRequest, environment: CheckEnvironment): Promise<HttpResponse> {
  for (const delay of DELAYS) {
    const outcome = await transport.send(request).catch(asNetworkFailure);
    const wait = pause(outcome, request, delay * (0.5 + environment.random()), environment);
    if (wait === undefined || wait >= transport.remaining()) {
      return settle(outcome);
    }
    await environment.sleep(wait);
  }
  return transport.send(request);
}

function asNetworkFailure(error: unknown): NetworkFailure {
  if (error instanceof NetworkFailure) {
    return error;
  }
  throw error;
}

function settle(outcome: HttpResponse | NetworkFailure): HttpResponse {
  if (outcome instanceof NetworkFailure) {
    throw outcome;
  }
  return outcome;
}

/** How long to wait before the next attempt; `undefined` if there is to be none. */
function pause(outcome: HttpResponse | NetworkFailure, request: HttpRequest, delay: number, environment: CheckEnvironment): number | undefined {
  if (outcome instanceof NetworkFailure) {
    return outcome.retryable ? delay : undefined;
  }
  if (outcome.status !== 408 && outcome.status !== 429 && outcome.status < 500) {
    return undefined;
  }
  const retryAfter = retryAfterOf(outcome, environment.now());
  // Docker Hub answers 429 to too many failed logins: without a time to wait for, one more try makes it worse.
  if (outcome.status === 429 && retryAfter === undefined && request.authorization?.startsWith('Basic ')) {
    return undefined;
  }
  return Math.max(delay, retryAfter ?? 0);
}

/** Milliseconds that `Retry-After` asks for: seconds or a date (RFC 9110 section 10.2.3). */
export function retryAfterOf(response: HttpResponse, now: number): number | undefined {
  const value = response.headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) {
    return Number(value) * 1_000;
  }
  const date = /^[A-Z][a-z]{2,8},? /.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
