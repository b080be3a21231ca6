import { guardedLookup, isLoopbackHost, isPublicHost, refusalOfHost } from './address-guard';
import { Agents, ConnectionOptions, Connections } from './connections';
import { CheckEnvironment } from './environment';
import { Exchange } from './exchange';
import { HttpRequest, HttpResponse, RequestRecord } from './message';
import { NetworkFailure, NetworkFailureKind } from './network-failure';

/** Its names resolve to private addresses in a VPC with an interface endpoint, and many registries redirect to it. */
const S3 = /(^|\.)s3([.-][a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;

export interface TransportOptions extends ConnectionOptions {
  readonly registry: URL;
  /** Hosts that the user named or implied: any other was named by the registry. */
  readonly knownHosts: readonly string[];
  /** Nothing is sent or awaited after this moment. */
  readonly deadline: number;
}

/** What a request can reach, and the connections for that. */
interface Reach {
  readonly policy: ConnectionOptions;
  readonly agents: Agents;
}

/** Sends the requests of one check: only to allowed addresses, and only until the deadline. */
export class Transport {
  /** All requests that were sent, in order. */
  public readonly requests: RequestRecord[] = [];
  private readonly ownSockets = new WeakSet<object>();
  private readonly everything: Reach;
  private readonly publicOnly: Reach;

  constructor(private readonly options: TransportOptions, private readonly environment: CheckEnvironment, connections: Connections) {
    const reachOf = (policy: ConnectionOptions): Reach => ({ policy, agents: connections.agentsFor(policy, environment.now()) });
    this.everything = reachOf(options);
    this.publicOnly = reachOf({ ...options, allowPrivateNetworks: false });
  }

  /** Milliseconds until the deadline. */
  public get remaining(): number {
    return this.options.deadline - this.environment.now();
  }

  /** Sends one request, once. Redirects and errors come back as they are; without an answer it rejects with a NetworkFailure. */
  public async send(request: HttpRequest): Promise<HttpResponse> {
    const { purpose, method, url, authorization, form } = request;
    const reach = this.reachOf(url);
    const obstacle = this.obstacleTo(url, reach);
    if (obstacle !== undefined) {
      throw this.explained(new NetworkFailure(obstacle, url), reach);
    }
    const record: RequestRecord = { purpose, method, host: url.host, authorized: (authorization ?? form) !== undefined };
    this.requests.push(record);
    try {
      return await this.exchange(request, record, reach);
    } catch (error) {
      throw this.explained(error, reach);
    }
  }

  /** A registry on the internet must not choose what the check asks inside a VPC. */
  private reachOf({ host, hostname }: URL): Reach {
    const { registry, knownHosts } = this.options;
    const isRegistryPublic = isPublicHost(registry.hostname) || this.everything.agents.publicHosts.has(registry.hostname);
    return isRegistryPublic && !knownHosts.includes(host) && !S3.test(hostname) ? this.publicOnly : this.everything;
  }

  private explained(error: unknown, reach: Reach): unknown {
    const isInternal = reach === this.publicOnly && error instanceof NetworkFailure && error.kind === 'address-private';
    return isInternal ? new NetworkFailure('address-internal', error.url) : error;
  }

  private obstacleTo({ protocol, hostname }: URL, { policy }: Reach): NetworkFailureKind | undefined {
    if (this.remaining <= 0) {
      return 'deadline';
    }
    const refusal = refusalOfHost(hostname, policy);
    if (refusal !== undefined) {
      return `address-${refusal}`;
    }
    return protocol === 'https:' || (this.options.allowLoopback && isLoopbackHost(hostname)) ? undefined : 'not-tls';
  }

  private async exchange(request: HttpRequest, record: RequestRecord, reach: Reach): Promise<HttpResponse> {
    const { environment, ownSockets, remaining } = this;
    const { policy, agents } = reach;
    const exchange = new Exchange(request, record, {
      agents, environment, ownSockets, remaining, lookup: guardedLookup(policy, environment.lookup, agents.publicHosts),
    });
    try {
      return await exchange.run();
    } catch (error) {
      // A connection that the server closed since an earlier check is no answer to this request.
      if (exchange.failedByInheritance(error) && this.remaining > 0) {
        return this.exchange(request, record, reach);
      }
      throw error;
    }
  }
}
