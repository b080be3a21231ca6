import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { addAbortSignal, Readable, Writable } from 'node:stream';
import { UsageError } from './usage';

/** A secret has 64 KiB at most, and the largest bundles of certificates less than half of this. */
const LIMIT = 1024 * 1024;
const STDIN = 'standard input';

/** The time ended before the input did. */
export class InputTimeout extends Error {}

/** What a person at a terminal is asked for. */
export interface Prompt {
  readonly text: string;
  /** Or else everything until Ctrl+D. */
  readonly isOneLine: boolean;
}

/** Resolves when the text is written: a pipe can be closed, and a disk full. */
export async function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

export async function readInput(prompt: Prompt, signal?: AbortSignal): Promise<string> {
  try {
    return process.stdin.isTTY ? await readTerminal(prompt, signal) : decoded(await collect(withSignal(process.stdin, signal), STDIN), STDIN);
  } catch (error) {
    throw signal?.aborted ? new InputTimeout('standard input did not end in time; pipe the password or the JSON, or increase --timeout') : error;
  }
}

export async function readTextFile(path: string, name: string, signal?: AbortSignal): Promise<string> {
  return (await readBytes(path, name, signal)).toString();
}

/** The same with text that shells write, which do not all write UTF-8. */
export async function readPipedFile(path: string, name: string, signal?: AbortSignal): Promise<string> {
  return decoded(await readBytes(path, name, signal), name);
}

/** The file can be a pipe, which shells make of `<(...)`. */
async function readBytes(path: string, name: string, signal?: AbortSignal): Promise<Buffer> {
  const finished = new AbortController();
  // A stream that waits for the other end of a pipe cannot be aborted.
  const timeout = new Promise<never>((_, reject) => {
    const end = () => reject(new InputTimeout(`${name} could not be read in time; pass a file, or a pipe that ends`));
    signal?.addEventListener('abort', end, { signal: finished.signal });
    if (signal?.aborted) {
      end();
    }
  });
  try {
    return await Promise.race([collect(createReadStream(path, { end: LIMIT }), name), timeout]);
  } finally {
    finished.abort();
  }
}

async function collect(stream: Readable, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LIMIT) {
        break;
      }
    }
  } catch (error) {
    throw new UsageError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (size > LIMIT) {
    throw new UsageError(`${name} is too long, expected at most ${LIMIT} bytes`);
  }
  return Buffer.concat(chunks);
}

function withSignal(stream: Readable, signal?: AbortSignal): Readable {
  return signal === undefined ? stream : addAbortSignal(signal, stream);
}

function decoded(bytes: Buffer, name: string): string {
  const text = utf8(bytes);
  // UTF-16 is UTF-8 as well where all of it is ASCII, with a NUL after each character.
  if (text === undefined || /^\uFEFF|\0/.test(text)) {
    throw new UsageError(`${name} is not text in UTF-8, or begins with a byte order mark, as older versions of PowerShell write it; use PowerShell 7 or another shell `
      + '(if the secret itself begins with a byte order mark, remove that)');
  }
  return text;
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads what is typed, which the terminal does not show. */
async function readTerminal({ text, isOneLine }: Prompt, signal?: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0, signal });
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // Only now does the terminal show nothing.
  process.stderr.write(text);
  const lines: string[] = [];
  try {
    for await (const line of terminal) {
      lines.push(line);
      if (isOneLine) {
        break;
      }
    }
    signal?.throwIfAborted();
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
  return lines.join('\n');
}
