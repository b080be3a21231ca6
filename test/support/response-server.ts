import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A part of the address that takes answers: who knows it can answer in the resource's name. */
export const SIGNATURE = 'S1gnatur3Xk29';

export interface SeenResponse {
  readonly method: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Where CloudFormation waits for the answers of custom resources. */
export class ResponseServer {
  public static async start(): Promise<ResponseServer> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ResponseServer(server);
  }

  public readonly url: string;
  /** Everything that was sent, also what was refused. */
  public readonly seen: SeenResponse[] = [];
  private failures: Array<number | 'cut'> = [];

  private constructor(private readonly server: http.Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/arn%3Aaws%3Acloudformation?Expires=1&Signature=${SIGNATURE}`;
    server.on('request', (request, response) => void this.answer(request, response));
  }

  /** Fails the next answers, each with a status or by cutting the connection. */
  public reset(...failures: Array<number | 'cut'>): void {
    this.seen.length = 0;
    this.failures = failures;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.seen.push({ method: request.method ?? '', headers: request.headers, body: await text(request) });
    const failure = this.failures.shift() ?? 200;
    if (failure === 'cut') {
      request.socket.destroy();
    } else {
      response.statusCode = failure;
      response.end();
    }
  }
}
