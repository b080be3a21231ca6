import { connect, createServer, AddressInfo, Socket } from 'node:net';

/**
 * Stands between a client and a server on this machine as a long way would: everything arrives half a round trip later.
 *
 * It works on connections, since the kernel of a CI machine rarely has netem. The handshake of TCP is none of its business
 * (the client is connected at once), so what the client says first waits for one round trip more, the one that the handshake
 * would have taken. Loss, bandwidth and slow start are not played.
 */
export class Relay {
  public static async start(): Promise<Relay> {
    const relay = new Relay();
    await new Promise<void>((resolve) => relay.server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  /** Milliseconds. */
  public roundTrip = 0;
  /** The port of the server behind it. */
  public target = 0;
  private readonly sockets = new Set<Socket>();
  // A connection that one side has closed may still have something on its way to that side.
  private readonly server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.accept(client));

  private constructor() {}

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public closeConnections(): void {
    this.sockets.forEach((socket) => socket.destroy());
  }

  public async stop(): Promise<void> {
    this.closeConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: Socket): void {
    const server = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const { roundTrip } = this;
    let answered = false;
    this.forward(client, server, () => (answered ? 0.5 : 1.5) * roundTrip);
    this.forward(server, client, () => 0.5 * roundTrip, () => {
      answered = true;
    });
  }

  private forward(from: Socket, to: Socket, delay: () => number, onArrival?: () => void): void {
    const underway: Array<() => void> = [];
    let lastArrival = 0;
    const send = (arrive: () => void) => {
      const now = performance.now();
      // Nothing overtakes what was sent before.
      lastArrival = Math.max(lastArrival, now + delay());
      if (lastArrival === now && underway.length === 0) {
        arrive();
        return;
      }
      underway.push(arrive);
      setTimeout(() => underway.shift()!(), Math.ceil(lastArrival - now));
    };
    this.sockets.add(from);
    from.on('data', (chunk) => send(() => {
      onArrival?.();
      to.write(chunk);
    }));
    from.on('end', () => send(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => this.sockets.delete(from));
  }
}
