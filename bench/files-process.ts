import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Library } from './services';

/* eslint-disable @typescript-eslint/no-require-imports */
function main(library: string): string[] {
  const exports = require(library) as Library;
  const { synthesize } = require('./services') as typeof import('./services');
  const outdir = mkdtempSync(join(tmpdir(), 'bench-files-'));
  synthesize('checked', 1, outdir, exports);
  rmSync(outdir, { recursive: true });
  // Beside this file and the package, which is in no folder of dependencies.
  return Object.keys(require.cache).filter((file) => /[\\/]node_modules[\\/]/.test(file) && file !== __filename);
}

console.log(JSON.stringify(main(JSON.parse(process.argv[2]).library)));
