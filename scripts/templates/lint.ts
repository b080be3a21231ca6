import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Finding } from './findings';
import { REPOSITORY, run } from '../run';

const REQUIREMENTS = join(__dirname, 'requirements.txt');
const VENV = join(REPOSITORY, '.cfn-lint');

/** Installs cfn-lint in an environment of its own; an existing one is brought to the versions of requirements.txt. */
export function installCfnLint(): string {
  if (!existsSync(join(VENV, 'bin', 'pip'))) {
    run('python3', ['-m', 'venv', VENV]);
  }
  run(join(VENV, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--requirement', REQUIREMENTS]);
  return run(join(VENV, 'bin', 'cfn-lint'), ['--version']).trim();
}

/** Everything that cfn-lint says of templates, also what it only suggests. Files are named relative to the directory. */
export function lint(directory: string, templates: string[]): Finding[] {
  const output = join(directory, 'cfn-lint.json');
  run(join(VENV, 'bin', 'cfn-lint'), [
    '--template', ...templates, '--include-checks', 'I', '--regions', 'eu-west-1', '--format', 'json', '--output-file', output,
    // They are compared with those that are accepted.
    '--non-zero-exit-code', 'none',
  ], { cwd: directory });
  return JSON.parse(readFileSync(output, 'utf8')).map(({ Rule, Message, Filename, Location }: any) => ({
    rule: Rule.Id,
    where: `${Filename} ${(Location.Path ?? []).join('/')}`,
    message: Message,
  }));
}
