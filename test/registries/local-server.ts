import { Server } from 'node:http';
import { AddressInfo } from 'node:net';

export interface LocalServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on loopback, on a port that the system chooses. */
export async function listen(server: Server): Promise<LocalServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
