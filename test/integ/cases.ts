import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import RECOMMENDED_FLAGS from '@aws-cdk/integ-runner/lib/recommended-feature-flags.json';

const TESTS = join(__dirname, '..');

/** The files that integ-runner finds. */
export const CASES = readdirSync(TESTS).filter((file) => /^integ\..+\.ts$/.test(file) && !file.endsWith('.snapshot'));

export type Templates = Record<string, any>;

/** The directory of a case's snapshot, as integ-runner names it. */
export function snapshotOf(name: string): string {
  return join(TESTS, `${name}.snapshot`);
}

/** Every directory that is the snapshot of a case, or was. */
export function snapshots(): string[] {
  return readdirSync(TESTS).filter((file) => file.endsWith('.snapshot')).map((file) => join(TESTS, file));
}

export function templatesIn(directory: string): Templates {
  const files = readdirSync(directory).filter((file) => file.endsWith('.template.json'));
  return Object.fromEntries(files.map((file) => [file, JSON.parse(readFileSync(join(directory, file), 'utf8'))]));
}

/** Runs a case with these variables, and no others that it knows. Throws what it says if it fails. */
export function synthesize(name: string, variables: Record<string, string>): Templates {
  const outdir = mkdtempSync(join(tmpdir(), 'integ-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['-r', 'ts-node/register/transpile-only', join(TESTS, name)], {
      cwd: join(TESTS, '..'),
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        JSII_DEPRECATED: 'quiet',
        TS_NODE_PROJECT: 'tsconfig.dev.json',
        CDK_OUTDIR: outdir,
        // As integ-runner has it.
        CDK_CONTEXT_JSON: JSON.stringify({ ...RECOMMENDED_FLAGS, '@aws-cdk/core:target-partitions': undefined }),
        ...variables,
      },
    });
    if (status !== 0) {
      throw new Error(stderr);
    }
    return templatesIn(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
