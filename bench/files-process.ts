import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Library } from './services';

/** Which files of aws-cdk-lib, and of what that needs, are loaded. */
export interface FilesReport {
  /** With the package alone, of which nothing is used. */
  readonly atOnce: readonly string[];
  /** By the time that a service is synthesized. */
  readonly used: readonly string[];
}

/* eslint-disable @typescript-eslint/no-require-imports */
function main(library: string): FilesReport {
  // Beside this file and the package, which is in no folder of dependencies.
  const loaded = () => Object.keys(require.cache).filter((file) => /[\\/]node_modules[\\/]/.test(file) && file !== __filename);
  const exports = require(library) as Library;
  const atOnce = loaded();
  const { synthesize } = require('./services') as typeof import('./services');
  const outdir = mkdtempSync(join(tmpdir(), 'bench-files-'));
  synthesize('checked', 1, outdir, exports);
  rmSync(outdir, { recursive: true });
  return { atOnce, used: loaded() };
}

console.log(JSON.stringify(main(JSON.parse(process.argv[2]).library)));
