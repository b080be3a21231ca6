import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Library, Synthesized, Variant } from './services';
import { stopwatch, Spent } from './stopwatch';

/** One synthesis, as one run of `cdk synth` does it: in a process of its own. */
export interface SynthOrder {
  readonly variant: Variant;
  readonly services: number;
  readonly library: string;
  /** What of aws-cdk-lib is loaded before the clock starts. */
  readonly preload: readonly string[];
}

export type SynthReport = Omit<Synthesized, 'text'> & Spent & { readonly bytes: number };

/* eslint-disable @typescript-eslint/no-require-imports */
function main({ variant, services, library, preload }: SynthOrder): SynthReport {
  preload.forEach((file) => require(file));
  const { synthesize } = require('./services') as typeof import('./services');
  const loaded = variant === 'raw' ? undefined : require(library) as Library;
  const outdir = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  try {
    const stop = stopwatch();
    const { text, resources } = synthesize(variant, services, outdir, loaded);
    return { ...stop(), resources, bytes: Buffer.byteLength(text) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

console.log(JSON.stringify(main(JSON.parse(process.argv[2]))));
