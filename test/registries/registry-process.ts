import { spawn, ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Software } from './registries';

/** What a server says that it has answered. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The scheme of the Authorization header; an access log doesn't know it. */
  readonly authorization?: string;
  /** The User-Agent header; neither does it know that. */
  readonly client?: string;
}

export interface RegistryOptions {
  readonly name: string;
  readonly directory: string;
  /** Root directory of the images; several registries of the same software may share it. */
  readonly storage: string;
  /** As in the registry's configuration; without it anybody may push and pull. */
  readonly auth?: object;
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export interface RegistryProcess {
  readonly port: number;
  /** Grows as requests are answered, some milliseconds after the client has the answer. */
  readonly seen: SeenRequest[];
  stop(): Promise<void>;
}

const START_TIMEOUT = 20_000;

export async function startRegistry(software: Software, options: RegistryOptions): Promise<RegistryProcess> {
  const file = join(options.directory, `${options.name}.yml`);
  // JSON is YAML. The system chooses the port, so nobody can take it in between.
  writeFileSync(file, JSON.stringify({
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: options.storage } },
    http: { addr: '127.0.0.1:0', secret: 'of-no-use', tls: options.tls },
    auth: options.auth,
  }));
  // The kernel ends the registry with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', software.command, 'serve', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
  });
  const seen: SeenRequest[] = [];
  try {
    return { port: await listeningPort(child, seen), seen, stop: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

function listeningPort(child: ChildProcess, seen: SeenRequest[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const giveUp = (reason: string) => reject(new Error(`the registry did not start, ${reason}:\n${said.join('\n')}`));
    const timer = setTimeout(() => giveUp('it is silent'), START_TIMEOUT);
    const read = (line: string) => {
      const request = accessLogEntry(line);
      if (request !== undefined) {
        seen.push(request);
        return;
      }
      said.push(line);
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    };
    [child.stdout!, child.stderr!].forEach((input) => createInterface({ input }).on('line', read));
    child.once('error', ({ message }) => giveUp(message));
    child.once('exit', (code) => {
      clearTimeout(timer);
      giveUp(`exit status ${code}`);
    });
  });
}

/** `127.0.0.1 - - [time] "HEAD /v2/team/app/manifests/multi HTTP/1.1" 401 151 ...` */
function accessLogEntry(line: string): SeenRequest | undefined {
  const match = /^\S+ - \S+ \[[^\]]+\] "([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3}) /.exec(line);
  return match === null ? undefined : { method: match[1], path: match[2], status: Number(match[3]) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
