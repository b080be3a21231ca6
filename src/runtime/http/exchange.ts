import * as http from 'node:http';
import * as https from 'node:https';
import { LookupFunction } from 'node:net';
import { isError, readBody } from './body';
import { Agents } from './connections';
import { CheckEnvironment } from './environment';
import { HttpRequest, HttpResponse, RequestRecord } from './message';
import { NetworkFailure } from './network-failure';

const CONNECT_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 10_000;
const USER_AGENT = 'cdk-private-registry';

export interface ExchangeOptions {
  readonly agents: Agents;
  readonly lookup: LookupFunction;
  readonly environment: CheckEnvironment;
  /** The connections that this check opened; any other one is kept from an earlier check. */
  readonly ownSockets: WeakSet<object>;
  /** Milliseconds until the deadline of the check. */
  readonly remaining: number;
}

/**
 * One request and its answer. `run` rejects with a NetworkFailure if no usable answer comes in time. `failedByInheritance` tells whether
 * that was because the server had closed a connection that an earlier check left open.
 */
export class Exchange {
  private readonly secure: boolean;
  private readonly stopTimers: Array<() => void> = [];
  private isConnected = false;
  private isInherited = false;
  private incoming?: http.IncomingMessage;

  constructor(private readonly request: HttpRequest, private readonly record: RequestRecord, private readonly options: ExchangeOptions) {
    this.secure = request.url.protocol === 'https:';
  }

  public async run(): Promise<HttpResponse> {
    const outgoing = this.open();
    try {
      return await new Promise<HttpResponse>((resolve, reject) => {
        outgoing.on('error', reject);
        outgoing.on('response', (incoming) => this.receive(incoming).then(resolve, reject));
        this.startTimers(outgoing, reject);
      });
    } catch (error) {
      throw NetworkFailure.from(error, this.request.url);
    } finally {
      this.stopTimers.forEach((stop) => stop());
    }
  }

  public failedByInheritance(error: unknown): boolean {
    return this.isInherited && this.incoming === undefined && ['ECONNRESET', 'EPIPE'].includes((error as NetworkFailure).code ?? '');
  }

  private open(): http.ClientRequest {
    const { url, method, accept, authorization, form } = this.request;
    const { agents, lookup, environment } = this.options;
    const target = environment.connectTo?.(url);
    const outgoing = (this.secure ? https : http).request(url, {
      method,
      headers: {
        // With the port, if there is one: `Host` must not follow `connectTo`.
        'host': url.host,
        'user-agent': USER_AGENT,
        accept,
        // A compressed body can be a bomb, and its digest is not that of the manifest.
        'accept-encoding': 'identity',
        ...authorization !== undefined && { authorization },
        ...form !== undefined && { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', 'content-length': Buffer.byteLength(form) },
      },
      agent: this.secure ? agents.tls : agents.plain,
      lookup,
      ...target && { hostname: target.host, port: target.port, servername: url.hostname },
    });
    outgoing.once('socket', (socket) => {
      if (outgoing.reusedSocket) {
        this.isInherited = !this.options.ownSockets.has(socket);
        this.isConnected = true;
        return;
      }
      this.options.ownSockets.add(socket);
      socket.once(this.secure ? 'secureConnect' : 'connect', () => {
        this.isConnected = true;
      });
    });
    outgoing.end(form);
    return outgoing;
  }

  private startTimers(outgoing: http.ClientRequest, fail: (failure: NetworkFailure) => void): void {
    const { environment, remaining } = this.options;
    const { url, timeoutMs = REQUEST_TIMEOUT } = this.request;
    const timeout = Math.min(timeoutMs, remaining);
    const onTimeout = () => {
      // The status of an error is an answer even if its body never ends: the body is what has arrived so far.
      if (this.incoming === undefined || !isError(this.incoming)) {
        fail(new NetworkFailure(remaining <= timeoutMs ? 'deadline' : 'timeout', url));
      }
      outgoing.destroy();
      this.incoming?.destroy();
    };
    const onConnectTimeout = () => {
      if (!this.isConnected) {
        fail(new NetworkFailure('unreachable', url));
        outgoing.destroy();
      }
    };
    this.stopTimers.push(environment.startTimer(Math.min(CONNECT_TIMEOUT, timeout), onConnectTimeout), environment.startTimer(timeout, onTimeout));
  }

  private async receive(incoming: http.IncomingMessage): Promise<HttpResponse> {
    this.incoming = incoming;
    this.record.status = incoming.statusCode;
    return {
      url: this.request.url,
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      challenges: incoming.headersDistinct['www-authenticate'] ?? [],
      body: await readBody(incoming, this.request),
    };
  }
}
