import { spawn } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '..', '..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  /** What is piped to standard input; null closes it before the start. */
  readonly stdin?: string | Buffer | null;
  /** Standard input does not end. */
  readonly keepsInputOpen?: boolean;
  readonly environment?: Record<string, string>;
  /** Where standard output goes: nobody reads from a closed pipe. */
  readonly output?: 'closed pipe' | 'full disk';
}

/** The command line as it is installed: `bin` beside the compiled sources, and no package to require around it. */
export class CommandLine {
  private readonly directory = mkdtempSync(join(tmpdir(), 'command-line-'));

  constructor() {
    const sources = [
      'cli/*.ts', 'assembly/*.ts', 'consumers/*.ts', 'private/placeholder.ts', 'private/template-json.ts', 'pull-check/contract.ts',
      'reference/*.ts', 'registries/*.ts', 'runtime/**/*.ts',
    ];
    const entryPoints = sources.map((path) => join(ROOT, 'src', path));
    buildSync({ entryPoints, outdir: join(this.directory, 'lib'), outbase: join(ROOT, 'src'), format: 'cjs', platform: 'node', target: 'node20' });
    mkdirSync(join(this.directory, 'bin'));
    copyFileSync(join(ROOT, 'package.json'), join(this.directory, 'package.json'));
    copyFileSync(join(ROOT, 'bin', 'cdk-private-registry'), this.path);
    chmodSync(this.path, 0o755);
  }

  public async call(args: readonly string[], { stdin = '', keepsInputOpen = false, environment = {}, output }: CallOptions = {}): Promise<Ended> {
    const full = output === 'full disk' ? openSync('/dev/full', 'w') : undefined;
    const child = spawn(this.path, args, { env: { PATH: process.env.PATH, ...environment }, stdio: [stdin === null ? 'ignore' : 'pipe', full ?? 'pipe', 'pipe'] });
    const ended = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text) => ended.stdout += text);
    if (output === 'closed pipe') {
      child.stdout!.destroy();
    }
    child.stderr!.setEncoding('utf8').on('data', (text) => ended.stderr += text);
    // It may have ended before it has read everything.
    child.stdin?.on('error', () => undefined).write(stdin ?? '');
    if (!keepsInputOpen) {
      child.stdin?.end();
    }
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    child.stdin?.destroy();
    if (full !== undefined) {
      closeSync(full);
    }
    return { code, ...ended };
  }

  public remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  /** What to start. */
  public get path(): string {
    return join(this.directory, 'bin', 'cdk-private-registry');
  }
}
