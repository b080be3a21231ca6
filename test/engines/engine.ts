import { spawn, ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';

export const ENGINES = ['containerd', 'dockerd'] as const;
export type EngineName = typeof ENGINES[number];

/** A line for the engine (see scripts/engines/exchange). */
export interface Pull {
  readonly image: string;
  readonly username: string;
  readonly password: string;
  readonly platform: string;
  /** The authority that the engine trusts; without it none. */
  readonly ca?: string;
  /** Ports that stand for every host; without them, each host has the port in its name. */
  readonly secure?: number;
  readonly plain?: number;
}

export interface Pulled {
  readonly ok: boolean;
  readonly error?: string;
  /** Of the image that was pulled, as its config says. */
  readonly platform?: string;
  /** Why the engine makes no container of what it has pulled. */
  readonly notRunnable?: string;
}

export function programOf(name: EngineName): string {
  return join(__dirname, '../../.engines/bin', name);
}

/** Nothing takes an engine that long: it would be a fault of these tests. */
const STUCK = 60_000;

interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly answers: AsyncIterator<string>;
}

/** A process that pulls one image after the other. It ends with its standard input, so also with this process. */
export class Engine {
  private running?: Running;
  /** For what an engine stores while it pulls, since one that is killed leaves it. */
  private readonly folder = mkdtempSync(join(tmpdir(), 'engine-'));

  public constructor(public readonly name: EngineName) {
  }

  /** `neverAnswered` resolves when the engine waits for a server that never answers; its own timeouts are long. */
  public async pull(pull: Pull, neverAnswered: Promise<void> = new Promise(() => {})): Promise<Pulled> {
    const { child, answers } = this.running ??= start(this.name, this.folder);
    child.stdin.write(`${JSON.stringify(pull)}\n`);
    let isStuck = false;
    const timer = setTimeout(() => {
      isStuck = true;
      child.kill('SIGKILL');
    }, STUCK);
    const answer = await Promise.race([answers.next(), neverAnswered]);
    clearTimeout(timer);
    if (answer === undefined) {
      await this.kill();
      return { ok: false, error: 'waits for an answer that never comes' };
    }
    if (answer.done) {
      await this.kill();
      if (isStuck) {
        throw new Error(`${this.name} was stuck while it pulled ${pull.image}`);
      }
      return { ok: false, error: 'crashes' };
    }
    return JSON.parse(answer.value) as Pulled;
  }

  public async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }

  private async kill(): Promise<void> {
    const child = this.running?.child;
    this.running = undefined;
    if (child?.exitCode === null && !child.killed) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }
}

function start(name: EngineName, folder: string): Running {
  const child = spawn(programOf(name), { stdio: ['pipe', 'pipe', 'ignore'], env: { TMPDIR: folder } });
  return { child, answers: createInterface(child.stdout)[Symbol.asyncIterator]() };
}
