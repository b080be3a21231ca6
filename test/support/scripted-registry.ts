import { createHash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { AddressInfo, Socket } from 'node:net';
import { ServerCertificate } from './certificates';
import { VirtualTime } from './virtual-time';

/** A request as the server saw it. */
export interface SeenRequest {
  /** The host that the client believes it talks to. */
  readonly host: string;
  readonly secure: boolean;
  /** The client's port: one for each connection. */
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly authorization?: string;
  /** The status of the answer, if there was one. */
  status?: number;
}

/** What happens instead of, or in the middle of, an answer. */
export type Fault = 'cut' | 'cut-headers' | 'cut-body' | 'hang' | 'endless' | 'drip' | 'garbage';

export interface Answer {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly fault?: Fault;
  /** The whole answer as it goes over the wire, after which the connection ends. */
  readonly raw?: string;
}

/** Decides every answer; `call` counts the requests so far, this one included. */
export type Script = (request: SeenRequest, call: number) => Answer;

export interface ScriptedServer {
  readonly port: number;
  readonly seen: SeenRequest[];
  /** How many connections are open now. */
  countConnections(): number;
  /** The time passes for clients that are left waiting; without it they wait for real. */
  play(script: Script, time?: VirtualTime): void;
  close(): Promise<void>;
}

/** A server on loopback that does what a script says, under whatever host names the client calls it. */
export async function startScriptedServer(certificate?: ServerCertificate): Promise<ScriptedServer> {
  let script: Script = () => ({ status: 500 });
  let time: VirtualTime | undefined;
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const listener: http.RequestListener = (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://server');
    const request: SeenRequest = {
      host: incoming.headers.host ?? '',
      secure: certificate !== undefined,
      port: incoming.socket.remotePort ?? 0,
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      authorization: incoming.headers.authorization,
    };
    seen.push(request);
    const answer = script(request, seen.length);
    request.status = answer.fault === undefined ? answer.status ?? 200 : answer.status;
    respond(outgoing, request, answer, time);
  };
  // Longer headers than Node takes by default: what happens to them is the script's to say.
  const limits = { maxHeaderSize: 256 * 1024 };
  const server = certificate
    ? https.createServer({ cert: certificate.cert, key: certificate.key, ...limits }, listener)
    : http.createServer(limits, listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    countConnections: () => sockets.size,
    play: (next, nextTime) => {
      seen.length = 0;
      script = next;
      time = nextTime;
    },
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function respond(outgoing: http.ServerResponse, request: SeenRequest, { status = 200, headers = {}, body = '', fault, raw }: Answer, time?: VirtualTime): void {
  if (raw !== undefined) {
    outgoing.socket?.end(raw);
    return;
  }
  switch (fault) {
    case 'cut':
      outgoing.socket?.destroy();
      return;
    case 'cut-headers':
      outgoing.socket?.end('HTTP/1.1 200 OK\r\nContent-Ty');
      return;
    case 'garbage':
      outgoing.socket?.end('SSH-2.0-OpenSSH_9.9\r\n');
      return;
    case 'hang':
      setImmediate(() => time?.pass());
      return;
    case 'cut-body':
      outgoing.writeHead(status, { ...headers, 'content-length': 1_000 });
      outgoing.write('{"errors":', () => outgoing.socket?.destroy());
      return;
    case 'drip':
      outgoing.writeHead(status, headers);
      // A byte each second.
      drip(outgoing, 20, ' ', () => time?.pass(1_000));
      return;
    case 'endless':
      outgoing.writeHead(status, headers);
      drip(outgoing, 0, ' '.repeat(64 * 1024));
      return;
    default:
      outgoing.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
      outgoing.end(request.method === 'HEAD' ? undefined : body);
  }
}

function drip(outgoing: http.ServerResponse, pause: number, chunk: string, onChunk?: () => void): void {
  const timer = setInterval(() => {
    outgoing.write(chunk);
    onChunk?.();
  }, pause);
  outgoing.on('close', () => clearInterval(timer));
}

export function digestOf(body: string | Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** The answer of a registry that keeps to the specification. */
export function document(contentType: string, body: string): Answer {
  return { headers: { 'content-type': contentType, 'docker-content-digest': digestOf(body) }, body };
}

export function errors(status: number, code: string, message: string = 'as scripted', headers: http.OutgoingHttpHeaders = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ errors: [{ code, message }] }) };
}
