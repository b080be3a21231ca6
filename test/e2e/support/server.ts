import { spawn, ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** File for what it writes. */
  readonly log: string;
  /** Throws until the server answers. */
  readonly probe: () => Promise<unknown>;
}

/** A program that answers until it is stopped. The kernel ends it with this process, however that ends. */
export class Server {
  /** Waits for the first answer, however long that takes, or for the end of the program. */
  public static async start(options: ServerOptions): Promise<Server> {
    const log = openSync(options.log, 'a');
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', options.command, ...options.args], { stdio: ['ignore', log, log], env: options.env });
    let spawnError: Error | undefined;
    child.once('error', (error) => {
      spawnError = error;
    });
    const server = new Server(child, options.log);
    while (true) {
      if (spawnError !== undefined || server.ended) {
        throw new Error(`${options.command} did not start, ${spawnError?.message ?? `exit status ${child.exitCode}`}:\n${server.output()}`);
      }
      try {
        await options.probe();
        return server;
      } catch {
        await pause(50);
      }
    }
  }

  private constructor(private readonly child: ChildProcess, private readonly log: string) {}

  public output(): string {
    return readFileSync(this.log, 'utf8');
  }

  public async stop(): Promise<void> {
    if (!this.ended) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
  }

  private get ended(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
