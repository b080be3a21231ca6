import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { REPOSITORY, run } from '../scripts/run';

/** The library as it is published: compiled, and not what ts-node would make of `src/`. */
export const LIBRARY = join(REPOSITORY, 'lib');

// Inside the repository, so that it finds aws-cdk-lib.
const DIRECTORY = join(REPOSITORY, 'node_modules', '.cache', 'bench');
const built = new Map<string, string>();

/** Runs a file of this folder in a new process of Node.js, without anything beside it, and returns what it reports. */
export function inNewProcess<Report>(name: string, order: object): Report {
  const output = run(process.execPath, [built.get(name) ?? build(name), JSON.stringify(order)], { env: { NODE_OPTIONS: '' } });
  return JSON.parse(output.trim().split('\n').at(-1)!);
}

function build(name: string): string {
  const outfile = join(DIRECTORY, `${name}.js`);
  mkdirSync(DIRECTORY, { recursive: true });
  buildSync({ entryPoints: [join(__dirname, `${name}.ts`)], outfile, bundle: true, platform: 'node', target: 'node20', external: ['aws-cdk-lib', 'constructs'] });
  built.set(name, outfile);
  return outfile;
}
