import { existsSync, mkdirSync } from 'fs';
import { join } from 'path';
import { REPOSITORY, run } from './run';

/** The executable of a version of Node.js, from the npm package that has it. */
export function installNode(major: string): string {
  const prefix = join(REPOSITORY, 'node_modules', '.cache', 'node', major);
  const name = `node-${process.platform}-${process.arch}`;
  const executable = join(prefix, 'node_modules', name, 'bin', 'node');
  if (!existsSync(executable)) {
    mkdirSync(prefix, { recursive: true });
    run('npm', ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', '--silent', `${name}@${major}`]);
  }
  return executable;
}
