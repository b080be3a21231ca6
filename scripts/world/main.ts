import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installNode } from '../node';
import { compile, LATEST, pack, REPOSITORY, run, scratchDirectory } from '../run';

/**
 * Installs the library as a user does, while there is still a network, and runs the tests of test/world in a world without one.
 * With WORLD_CONSUMER the library stays where you say, as with E2E_CONSUMER.
 */
function main(args: readonly string[]): number {
  const kept = process.env.WORLD_CONSUMER;
  const consumer = kept ?? scratchDirectory();
  try {
    if (!existsSync(join(consumer, 'complete'))) {
      installLibrary(consumer);
      mkdirSync(join(consumer, 'complete'));
    }
    const { status } = spawnSync('scripts/world/enter.sh', ['npx', 'jest', '--config', 'scripts/world/jest.config.js', ...args], {
      cwd: REPOSITORY,
      stdio: 'inherit',
      env: { ...process.env, WORLD_CONSUMER: consumer, WORLD_NODE: installNode(24) },
    });
    return status ?? 1;
  } finally {
    if (kept === undefined) {
      rmSync(consumer, { recursive: true, force: true });
    }
  }
}

function installLibrary(directory: string): void {
  compile();
  const tarball = pack(directory);
  cpSync(join(REPOSITORY, 'examples/typescript/web-service/package.json'), join(directory, 'package.json'));
  const cdk: string = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).devDependencies['aws-cdk'];
  const pins = Object.entries({ ...LATEST, 'aws-cdk': cdk }).map(([name, version]) => `${name}@${version}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...pins], { cwd: directory });
}

process.exitCode = main(process.argv.slice(2));
