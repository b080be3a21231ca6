import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, run } from './run';

/** What stands for each major version. */
const VERSIONS = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' } as const;

export type NodeMajor = keyof typeof VERSIONS;

export const NODE_MAJORS = Object.keys(VERSIONS).map(Number) as NodeMajor[];

/** The executable of a version of Node.js, from the npm package that has it. */
export function installNode(major: NodeMajor): string {
  const version = VERSIONS[major];
  const prefix = join(REPOSITORY, 'node_modules', '.cache', 'node', version);
  const name = `node-${process.platform}-${process.arch}`;
  const executable = join(prefix, 'node_modules', name, 'bin', 'node');
  if (!existsSync(executable)) {
    mkdirSync(prefix, { recursive: true });
    run('npm', ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', '--silent', `${name}@${version}`]);
  }
  return executable;
}
