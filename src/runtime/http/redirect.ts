import { isLoopbackHost } from './address-guard';
import { CheckEnvironment } from './environment';
import { HttpRequest, HttpResponse } from './message';
import { NetworkFailure } from './network-failure';
import { sendWithRetries } from './retry';
import { Transport } from './transport';

const REDIRECT_LIMIT = 5;

/**
 * Sends a request and follows redirects, which registry.k8s.io uses for manifests and every registry for blobs. Authorization stays
 * with the origin it was meant for: once a redirect has left that origin, it is not sent again, wherever the next redirect leads.
 */
export async function sendAndFollow(transport: Transport, request: HttpRequest, environment: CheckEnvironment): Promise<HttpResponse> {
  let current = request;
  for (let hops = 0; hops <= REDIRECT_LIMIT; hops++) {
    const response = await sendWithRetries(transport, current, environment);
    if (![301, 302, 303, 307, 308].includes(response.status)) {
      return response;
    }
    const url = targetOf(response);
    const { authorization, ...anonymous } = current;
    current = url.origin === current.url.origin ? { ...current, url } : { ...anonymous, url };
  }
  throw new NetworkFailure('redirect', current.url);
}

function targetOf(response: HttpResponse): URL {
  const location = response.headers.location;
  if (location === undefined || !URL.canParse(location, response.url.href)) {
    throw new NetworkFailure('redirect', response.url);
  }
  const url = new URL(location, response.url);
  // User information in a URL would become an Authorization header.
  url.username = '';
  url.password = '';
  const fromLocal = response.url.protocol === 'http:' && isLoopbackHost(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && fromLocal)) {
    throw new NetworkFailure('redirect-http', response.url);
  }
  return url;
}
