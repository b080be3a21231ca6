import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { HttpRequest } from './message';
import { NetworkFailure } from './network-failure';

const ERROR_LIMIT = 64 * 1024;

export function isError(response: IncomingMessage): boolean {
  return (response.statusCode ?? 0) >= 300;
}

/** Reads the body of an answer. That of an error only refines its status, so it can be too long, cut or compressed. */
export async function readBody(response: IncomingMessage, { method, url, maxBytes }: HttpRequest): Promise<Buffer> {
  if (method === 'HEAD') {
    response.resume();
    // Only then is the connection free for the next request.
    await once(response, 'end');
    return Buffer.alloc(0);
  }
  const isCompressed = (response.headers['content-encoding'] ?? 'identity') !== 'identity';
  if (isCompressed) {
    response.destroy();
  }
  const chunks: Buffer[] = [];
  if (isError(response)) {
    const limit = isCompressed ? 0 : Math.min(ERROR_LIMIT, maxBytes);
    // The connection can be cut, or the time can end: then the body is what has arrived.
    await collect(response, limit, chunks).catch(() => undefined);
    return Buffer.concat(chunks).subarray(0, limit);
  }
  if (isCompressed) {
    throw new NetworkFailure('encoded', url);
  }
  if (!await collect(response, maxBytes, chunks)) {
    throw new NetworkFailure('too-large', url);
  }
  return Buffer.concat(chunks);
}

/** Reads until the end (true), or until there is more than the limit (false). */
async function collect(response: IncomingMessage, limit: number, chunks: Buffer[]): Promise<boolean> {
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) {
      return false;
    }
  }
  return true;
}
