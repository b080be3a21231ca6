/**
 * Runs the tests on the newest versions of the peers, in a copy of the repository:
 *
 *     npm run test:latest
 *
 * `npm test` runs them on the oldest ones, measures the coverage, and compares whole templates.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LATEST, REPOSITORY, run, scratchDirectory } from './run';

/** What `npm test` leaves out, the templates of the oldest version, and what runs without the peers. */
const LEFT_OUT = [
  ...JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).jest.testPathIgnorePatterns,
  '/test/snapshots/', '/test/(runtime|cli|bench)/', '/test/pull-check/handler',
];

function main(): void {
  const directory = scratchDirectory();
  try {
    copyRepository(directory);
    const versions = Object.entries(LATEST).map(([name, version]) => `${name}@${version}`);
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', ...versions], { cwd: directory });
    console.log(`The tests on ${versions.join(' and ')}:`);
    run('npx', ['projen', 'bundle'], { cwd: directory });
    const jest = [join(directory, 'node_modules', 'jest', 'bin', 'jest.js'), '--ci', '--silent', '--coverage=false'];
    const tests = spawnSync(process.execPath, [...jest, ...LEFT_OUT.map((pattern) => `--testPathIgnorePatterns=${pattern}`)], {
      cwd: directory, stdio: 'inherit',
    });
    process.exitCode = tests.status ?? 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What is committed or could be. */
function copyRepository(directory: string): void {
  const files = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']).split('\0').filter(Boolean);
  for (const file of files.filter((name) => existsSync(join(REPOSITORY, name)))) {
    cpSync(join(REPOSITORY, file), join(directory, file));
  }
}

main();
