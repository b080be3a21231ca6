/**
 * Measures how long the library takes against what its users would do without it, and prints one table:
 *
 *     npm run bench [-- --write] [-- --only synth,load,pull-check] [-- --no-compile]
 *
 * docs/benchmarks.md says what the figures mean; `--write` puts those of this run there, and `--no-compile` measures the library
 * as it was compiled last. It needs what scripts/registries/install.sh installs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchLoad } from './load';
import { benchPullCheck } from './pull-check';
import { Report } from './report';
import { benchSynth } from './synth';
import { compile, REPOSITORY } from '../scripts/run';
import { CRANE, DISTRIBUTION_3 } from '../test/registries/registries';

const PARTS = { 'synth': benchSynth, 'load': benchLoad, 'pull-check': benchPullCheck };

async function main(): Promise<void> {
  const { values: { write, only, 'no-compile': compiled } } = parseArgs({
    options: { 'write': { type: 'boolean' }, 'only': { type: 'string' }, 'no-compile': { type: 'boolean' } },
  });
  const names = only?.split(',') ?? Object.keys(PARTS);
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0 || (write && only !== undefined)) {
    throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}, separated by commas, and no --write beside it`);
  }
  if (!compiled) {
    console.error('Compiling ...');
    compile();
  }
  const report = new Report();
  for (const name of names) {
    await PARTS[name as keyof typeof PARTS](report);
  }
  report.finish();
  if (write) {
    report.write(join(REPOSITORY, 'docs', 'benchmarks.md'), circumstances());
  }
}

function circumstances(): string[] {
  const [{ model }] = cpus();
  const output = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' }).trim();
  return [
    `${cpus().length} processors, ${model}; Linux ${release()}; ${new Date().toISOString().slice(0, 10)}`,
    `Node.js ${process.version}, aws-cdk-lib ${versionOf('aws-cdk-lib')}, constructs ${versionOf('constructs')}`,
    `distribution ${output(DISTRIBUTION_3.command, '--version').split(' ').at(-1)}, ${output('skopeo', '--version')}, crane ${output(CRANE, 'version')}`,
  ];
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(REPOSITORY, 'node_modules', name, 'package.json'), 'utf8')).version;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
