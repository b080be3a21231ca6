import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Library, Variant } from './services';
import { stopwatch } from './stopwatch';

/** One synthesis, as one run of `cdk synth` does it: in a process of its own. */
export interface SynthOrder {
  readonly variant: Variant;
  readonly services: number;
  readonly library: string;
  /** What of aws-cdk-lib is loaded before the clock starts. */
  readonly preload: readonly string[];
}

/* eslint-disable @typescript-eslint/no-require-imports */
function main({ variant, services, library, preload }: SynthOrder): number {
  preload.forEach((file) => require(file));
  const { synthesize } = require('./services') as typeof import('./services');
  const loaded = variant === 'raw' ? undefined : require(library) as Library;
  const outdir = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  try {
    const stop = stopwatch();
    synthesize(variant, services, outdir, loaded);
    return stop();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

console.log(JSON.stringify(main(JSON.parse(process.argv[2]))));
