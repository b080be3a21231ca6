import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { makeCertificate } from './certificates';

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
    const { ca, ...certificate } = makeCertificate(['127.0.0.1']);
    const server = https.createServer(certificate);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ResponseServer(server, ca);
  }

  /** What a function needs in its environment to trust this server. */
  public readonly trust: Record<string, string>;
  private readonly directory = mkdtempSync(join(tmpdir(), 'response-server-'));

  public readonly url: string;
  /** Everything that was sent, also what was refused. */
  public readonly seen: SeenResponse[] = [];
  private failures: Array<number | 'cut'> = [];

  private constructor(private readonly server: https.Server, ca: string) {
    this.trust = { NODE_EXTRA_CA_CERTS: join(this.directory, 'ca.pem') };
    writeFileSync(this.trust.NODE_EXTRA_CA_CERTS, ca);
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/arn%3Aaws%3Acloudformation?Expires=1&Signature=${SIGNATURE}`;
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
    rmSync(this.directory, { recursive: true });
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
