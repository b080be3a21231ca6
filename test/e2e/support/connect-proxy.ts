import * as http from 'node:http';
import { connect, Socket } from 'node:net';
import { listen, LocalServer } from '../../registries/local-server';

/**
 * Leads the clients of other people to the registries by their names: they take HTTPS_PROXY, and the TLS inside of the tunnel
 * is between them and the registry. Any other name is refused, so that nothing leaves this machine.
 */
export async function startConnectProxy(ports: Readonly<Record<string, number>>): Promise<LocalServer> {
  const server = http.createServer((_request, response) => response.writeHead(405).end());
  const tunnels = new Set<Socket>();
  server.on('connect', (request, client: Socket) => {
    const port = ports[request.url!.replace(/:443$/, '')];
    if (port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    tunnels.add(upstream).add(client);
  });
  const local = await listen(server);
  return {
    port: local.port,
    stop: async () => {
      // The server has handed them over, and still waits for their end.
      tunnels.forEach((socket) => socket.destroy());
      await local.stop();
    },
  };
}
