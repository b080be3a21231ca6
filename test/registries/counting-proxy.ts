import * as http from 'node:http';
import { listen, type LocalServer } from './local-server';
import type { SeenRequest } from './registry-process';

export interface CountingProxy extends LocalServer {
  readonly seen: SeenRequest[];
}

/** Stands in front of a registry and notes each request, with what an access log leaves out: whether it carried credentials. */
export async function startCountingProxy(registryPort: number): Promise<CountingProxy> {
  const seen: SeenRequest[] = [];
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const outgoing = http.request({
      host: '127.0.0.1',
      port: registryPort,
      agent,
      method: request.method,
      path: request.url,
      headers: request.headers,
    }, (answer) => {
      seen.push({
        method: request.method!,
        path: request.url!,
        status: answer.statusCode!,
        authorization: request.headers.authorization?.split(' ')[0],
      });
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  });
  const local = await listen(server);
  return {
    ...local,
    seen,
    stop: async () => {
      await local.stop();
      agent.destroy();
    },
  };
}
