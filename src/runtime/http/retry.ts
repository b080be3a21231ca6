import { CheckEnvironment } from './environment';
import { HttpRequest, HttpResponse } from './message';
import { NetworkFailure } from './network-failure';
import { Transport } from './transport';

const DELAYS = [200, 1_000];

/**
 * Sends a request, and repeats it if that can help: after a network error, 408, 429 or 5xx, never after any other answer.
 * The last outcome is returned or thrown as it came.
 */
export async function sendWithRetries(transport: Transport, request: HttpRequest, environment: CheckEnvironment): Promise<HttpResponse> {
  for (const delay of DELAYS) {
    const outcome = await transport.send(request).catch(asNetworkFailure);
    const wait = delayAfter(outcome, request, delay * (0.5 + environment.random()), environment);
    if (wait === undefined || wait >= transport.remaining) {
      return responseOf(outcome);
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

function responseOf(outcome: HttpResponse | NetworkFailure): HttpResponse {
  if (outcome instanceof NetworkFailure) {
    throw outcome;
  }
  return outcome;
}

/** Milliseconds before the next attempt; `undefined` if there is none. */
function delayAfter(outcome: HttpResponse | NetworkFailure, request: HttpRequest, delay: number, environment: CheckEnvironment): number | undefined {
  if (outcome instanceof NetworkFailure) {
    return outcome.isRetryable ? delay : undefined;
  }
  if (outcome.status !== 408 && outcome.status !== 429 && outcome.status < 500) {
    return undefined;
  }
  const retryAfter = retryAfterOf(outcome, environment.now());
  // Docker Hub answers 429 to too many failed logins. Without a time to wait for, another attempt makes it worse.
  if (outcome.status === 429 && retryAfter === undefined && (request.form !== undefined || request.authorization?.startsWith('Basic '))) {
    return undefined;
  }
  return Math.max(delay, retryAfter ?? 0);
}

/** The milliseconds of `Retry-After`, which is a number of seconds or a date (RFC 9110 section 10.2.3). */
export function retryAfterOf(response: HttpResponse, now: number): number | undefined {
  const value = response.headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) {
    return Number(value) * 1_000;
  }
  const date = /^[A-Z][a-z]{2,8},? /.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
