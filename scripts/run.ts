import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const REPOSITORY = join(__dirname, '..');

/** The newest versions that the library is tested on; the oldest are those of package-lock.json. */
export const LATEST = { 'aws-cdk-lib': '2.276.0', 'constructs': '10.8.1' };

/** The newest versions that npm, PyPI, Maven Central and the Go proxy all have; the examples in Java and Go name them, too. */
export const EVERYWHERE = { 'aws-cdk-lib': '2.263.0', 'constructs': '10.8.1' };

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command and returns what it wrote. Nothing of it is shown, unless the command fails: then all of it is the error. */
export function run(command: string, args: string[], options: RunOptions = {}): string {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: options.cwd ?? REPOSITORY,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    maxBuffer: Infinity,
    stdio: ['ignore', 'pipe', 'pipe'],
    // On Windows npm and its like are .cmd files.
    shell: process.platform === 'win32',
  });
  const output = `${stdout ?? ''}${stderr ?? ''}`;
  if (status !== 0) {
    const reason = error?.message ?? (signal ? `killed by ${signal}` : `exit ${status}`);
    throw new Error(`${[command, ...args].join(' ')}\n${output}${reason}`);
  }
  return output;
}

/** The same without waiting for it. */
export function start(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, {
      cwd: options.cwd ?? REPOSITORY,
      env: { ...process.env, ...options.env },
      maxBuffer: Infinity,
      shell: process.platform === 'win32',
    }, (error, stdout, stderr) => {
      if (error === null) {
        return resolve(`${stdout}${stderr}`);
      }
      const reason = error.signal ? `killed by ${error.signal}` : `exit ${error.code}`;
      reject(new Error(`${[command, ...args].join(' ')}\n${stdout}${stderr}${reason}`));
    });
    child.stdin?.end();
  });
}

/** A new directory outside the repository, where no package.json and no node_modules of ours can be found. */
export function scratchDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'cdk-private-registry-'));
}

/** Compiles the library, and the code of its function, as they are published. */
export function compile(): void {
  run('projen', ['bundle']);
  run('jsii', ['--fail-on-warnings']);
}

/** Packs the compiled library as it is published, and returns the path of the tarball. */
export function pack(directory: string): string {
  mkdirSync(directory, { recursive: true });
  run('npm', ['pack', '--pack-destination', directory]);
  return fileIn(directory, '.tgz');
}

export function fileIn(directory: string, suffix: string): string {
  const name = readdirSync(directory).find((entry) => entry.endsWith(suffix));
  if (name === undefined) {
    throw new Error(`${directory} has no file *${suffix}`);
  }
  return join(directory, name);
}
