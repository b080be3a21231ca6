import * as http from 'node:http';
import * as https from 'node:https';
import { listen, LocalServer } from './local-server';
import { SeenRequest } from './registry-process';

export interface CountingProxy extends LocalServer {
  readonly seen: SeenRequest[];
}

/**
 * Stands in front of a registry and notes each request, with what an access log leaves out: whether it carried credentials.
 * By the path of a request it may choose among several servers, and with a certificate it ends the TLS for them.
 */
export async function startCountingProxy(target: number | ((path: string) => number), tls?: { cert: string; key: string }): Promise<CountingProxy> {
  const seen: SeenRequest[] = [];
  const agent = new http.Agent({ keepAlive: true });
  const forward: http.RequestListener = (request, response) => {
    const outgoing = http.request({
      host: '127.0.0.1',
      port: typeof target === 'number' ? target : target(request.url!),
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
        client: request.headers['user-agent'],
      });
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  };
  const local = await listen(tls === undefined ? http.createServer(forward) : https.createServer(tls, forward));
  return {
    ...local,
    seen,
    stop: async () => {
      await local.stop();
      agent.destroy();
    },
  };
}
