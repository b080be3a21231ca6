import * as http from 'node:http';
import * as https from 'node:https';
import { guardedLookup, isLoopbackHost, refusalOfHost } from './address-guard';
import { ConnectionOptions, Connections } from './connections';
import { CheckEnvironment } from './environment';
import { NetworkFailure, networkFailure } from './network-failure';

const CONNECT_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 10_000;
const ERROR_LIMIT = 64 * 1024;
const USER_AGENT = 'cdk-private-registry';

/** What a request is for; it is all that is recorded of its path. */
export type RequestPurpose = 'manifest' | 'ping' | 'login' | 'token' | 'config';

export interface HttpRequest {
  readonly purpose: RequestPurpose;
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly accept: string;
  readonly authorization?: string;
  /** A longer body of a successful answer is a failure; that of an error is cut. */
  readonly maxBytes: number;
}

export interface HttpResponse {
  /** The URL that answered, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

/** One request as it was sent: for counting, for `--json`, for the tests. Never holds a query or a header. */
export interface RequestRecord {
  readonly purpose: RequestPurpose;
  readonly method: string;
  readonly host: string;
  readonly authorized: boolean;
  status?: number;
}

export interface TransportOptions extends ConnectionOptions {
  /** Nothing is sent, and nothing awaited, after this moment. */
  readonly deadline: number;
}

export interface Transport {
  readonly requests: readonly RequestRecord[];
  /** Sends one request, once. Redirects and errors come back as they are; without any answer it rejects with a NetworkFailure. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Milliseconds until the deadline. */
  remaining(): number;
}

export function createTransport(options: TransportOptions, environment: CheckEnvironment, connections: Connections): Transport {
  const requests: RequestRecord[] = [];
  const lookup = guardedLookup(options, environment.lookup);
  const remaining = () => options.deadline - environment.now();
  const agents = connections.agentsFor(options, environment.now());
  /** Connections that this check has made, and not an earlier one. */
  const fresh = new WeakSet<object>();

  function send(request: HttpRequest): Promise<HttpResponse> {
    const { url, method } = request;
    if (remaining() <= 0) {
      return Promise.reject(new NetworkFailure('deadline', url));
    }
    const refusal = refusalOfHost(url.hostname, options);
    if (refusal !== undefined) {
      return Promise.reject(new NetworkFailure(`address-${refusal}`, url));
    }
    if (url.protocol !== 'https:' && !(options.allowLoopback && isLoopbackHost(url.hostname))) {
      return Promise.reject(new NetworkFailure('not-tls', url));
    }
    const record: RequestRecord = { purpose: request.purpose, method, host: url.host, authorized: request.authorization !== undefined };
    requests.push(record);
    return exchange(request, record);
  }

  function exchange(request: HttpRequest, record: RequestRecord): Promise<HttpResponse> {
    const { url, method } = request;
    const secure = url.protocol === 'https:';
    const timeout = Math.min(REQUEST_TIMEOUT, remaining());

    return new Promise((resolve, reject) => {
      const target = environment.connectTo?.(url);
      const outgoing = (secure ? https : http).request(url, {
        method,
        headers: {
          // With the port, where there is one: `Host` must not follow `connectTo`.
          'host': url.host,
          'user-agent': USER_AGENT,
          'accept': request.accept,
          // A compressed body could be a bomb, and its digest would not be the manifest's.
          'accept-encoding': 'identity',
          ...request.authorization !== undefined && { authorization: request.authorization },
        },
        agent: secure ? agents.tls : agents.plain,
        lookup,
        ...target && { hostname: target.host, port: target.port, servername: url.hostname },
      });
      let over = false;
      const fail = (error: unknown) => {
        over = true;
        clearTimeout(timer);
        clearTimeout(connectTimer);
        reject(networkFailure(error, url));
      };
      let inherited = false;
      let connected = false;
      const onConnected = () => {
        connected = true;
        clearTimeout(connectTimer);
      };
      let incoming: http.IncomingMessage | undefined;
      const timer = setTimeout(() => {
        // The status of an error is an answer even if its body never ends: readBody returns what has come of it.
        if (!isError(incoming)) {
          fail(new NetworkFailure(!connected ? 'unreachable' : remaining() <= 0 ? 'deadline' : 'timeout', url));
        }
        outgoing.destroy();
        incoming?.destroy();
      }, timeout);
      const connectTimer = setTimeout(() => {
        outgoing.destroy(new NetworkFailure('unreachable', url));
      }, Math.min(CONNECT_TIMEOUT, timeout));

      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // That the server has closed a connection since an earlier check says nothing about this request.
        const isStale = inherited && !over && incoming === undefined && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
        if (isStale && remaining() > 0) {
          resolve(exchange(request, record));
        }
        // Changes nothing any more if the request was sent again.
        fail(error);
      });
      outgoing.on('socket', (socket) => {
        if (outgoing.reusedSocket) {
          inherited = !fresh.has(socket);
          onConnected();
        } else {
          fresh.add(socket);
          socket.once(secure ? 'secureConnect' : 'connect', onConnected);
        }
      });
      outgoing.on('response', (response) => {
        incoming = response;
        record.status = response.statusCode;
        readBody(response, request).then((body) => {
          clearTimeout(timer);
          resolve({
            url,
            status: response.statusCode ?? 0,
            headers: response.headers,
            challenges: response.headersDistinct['www-authenticate'] ?? [],
            body,
          });
        }, fail);
      });
      outgoing.end();
    });
  }

  return { send, requests, remaining };
}

function isError(response: http.IncomingMessage | undefined): boolean {
  return (response?.statusCode ?? 0) >= 300;
}

/** The status of an error says what there is to say; its body only refines, so it may be too long, cut or compressed. */
async function readBody(response: http.IncomingMessage, request: HttpRequest): Promise<Buffer> {
  const tolerant = isError(response);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  const url = request.url;
  if (request.method === 'HEAD') {
    response.resume();
    return Buffer.alloc(0);
  }
  if (encoding !== 'identity') {
    response.destroy();
    if (tolerant) {
      return Buffer.alloc(0);
    }
    throw new NetworkFailure('encoded', url);
  }
  const limit = tolerant ? Math.min(ERROR_LIMIT, request.maxBytes) : request.maxBytes;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) {
        break;
      }
    }
  } catch (error) {
    if (!tolerant) {
      throw networkFailure(error, url);
    }
  }
  if (size > limit && !tolerant) {
    throw new NetworkFailure('too-large', url);
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
