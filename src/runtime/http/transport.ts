import { guardedLookup, isLoopbackHost, refusalOfHost } from './address-guard';
import { Agents, ConnectionOptions, Connections } from './connections';
import { CheckEnvironment } from './environment';
import { Exchange } from './exchange';
import { HttpRequest, HttpResponse, RequestRecord } from './message';
import { NetworkFailure, NetworkFailureKind } from './network-failure';

export interface TransportOptions extends ConnectionOptions {
  /** Nothing is sent or awaited after this moment. */
  readonly deadline: number;
}

/** Sends the requests of one check: only to allowed addresses, and only until the deadline. */
export class Transport {
  /** All requests that were sent, in order. */
  public readonly requests: RequestRecord[] = [];
  private readonly ownSockets = new WeakSet<object>();
  private readonly agents: Agents;

  constructor(private readonly options: TransportOptions, private readonly environment: CheckEnvironment, connections: Connections) {
    this.agents = connections.agentsFor(options, environment.now());
  }

  /** Milliseconds until the deadline. */
  public get remaining(): number {
    return this.options.deadline - this.environment.now();
  }

  /** Sends one request, once. Redirects and errors come back as they are; without an answer it rejects with a NetworkFailure. */
  public async send(request: HttpRequest): Promise<HttpResponse> {
    const { purpose, method, url, authorization, form } = request;
    const obstacle = this.obstacleTo(url);
    if (obstacle !== undefined) {
      throw new NetworkFailure(obstacle, url);
    }
    const record: RequestRecord = { purpose, method, host: url.host, authorized: (authorization ?? form) !== undefined };
    this.requests.push(record);
    return this.exchange(request, record);
  }

  private obstacleTo({ protocol, hostname }: URL): NetworkFailureKind | undefined {
    if (this.remaining <= 0) {
      return 'deadline';
    }
    const refusal = refusalOfHost(hostname, this.options);
    if (refusal !== undefined) {
      return `address-${refusal}`;
    }
    return protocol === 'https:' || (this.options.allowLoopback && isLoopbackHost(hostname)) ? undefined : 'not-tls';
  }

  private async exchange(request: HttpRequest, record: RequestRecord): Promise<HttpResponse> {
    const { agents, environment, ownSockets, remaining } = this;
    const exchange = new Exchange(request, record, {
      agents, environment, ownSockets, remaining, lookup: guardedLookup(this.options, environment.lookup),
    });
    try {
      return await exchange.run();
    } catch (error) {
      // A connection that the server closed since an earlier check is no answer to this request.
      if (exchange.failedByInheritance(error) && this.remaining > 0) {
        return this.exchange(request, record);
      }
      throw error;
    }
  }
}
