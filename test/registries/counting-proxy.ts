import * as http from 'node:http';
import * as https from 'node:https';
import { listen, type LocalServer } from './local-server';
import type { SeenRequest } from './registry-process';

export interface CountingProxy extends LocalServer {
  readonly seen: SeenRequest[];
}

/** What is served under one name with the registry, as GHCR, Harbor and others do it: TLS ends here, and the token server is behind `/token`. */
export interface OneHost {
  readonly tls: { readonly cert: string; readonly key: string };
  readonly tokenPort: number;
}

/** Stands in front of a registry and notes each request, with what an access log leaves out: whether it carried credentials. */
export async function startCountingProxy(registryPort: number, oneHost?: OneHost): Promise<CountingProxy> {
  const seen: SeenRequest[] = [];
  const agent = new http.Agent({ keepAlive: true });
  const listener: http.RequestListener = (request, response) => {
    const outgoing = http.request({
      host: '127.0.0.1',
      port: oneHost !== undefined && request.url!.startsWith('/token?') ? oneHost.tokenPort : registryPort,
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
  };
  const local = await listen(oneHost === undefined ? http.createServer(listener) : https.createServer(oneHost.tls, listener));
  return {
    ...local,
    seen,
    stop: async () => {
      await local.stop();
      agent.destroy();
    },
  };
}
