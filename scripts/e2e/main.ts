import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installNode } from '../node';
import { compile, LATEST, pack, REPOSITORY, run, scratchDirectory } from '../run';

/** What runs beside each other, each in a world of its own: the agent's path on moto, and the deployments on MiniStack. */
const PARTS = { 'agents-path': ['agents-path'], 'deployments': ['--testPathIgnorePatterns', 'agents-path'] };

/** Constructs that know nothing of this library, for agents-path.whole-app.test.ts. */
const THIRD_PARTY = { 'datadog-cdk-constructs-v2': '5.1.0' };

/**
 * Installs the library as a user does, while there is still a network, and runs the tests of test/e2e in worlds without one.
 *
 * To run one test file again and again, keep the library: `E2E_CONSUMER=/tmp/somewhere npm run e2e -- updates`.
 */
async function main(args: readonly string[]): Promise<number> {
  const kept = process.env.E2E_CONSUMER;
  const consumer = kept ?? scratchDirectory();
  try {
    if (!existsSync(join(consumer, 'complete'))) {
      installLibrary(consumer);
      mkdirSync(join(consumer, 'complete'));
    }
    const env = { ...process.env, E2E_CONSUMER: consumer, E2E_NODE: installNode(24), E2E_RUNTIME: join(consumer, 'runtime') };
    const parts = Object.entries(args.length > 0 ? { some: args } : PARTS);
    const statuses = await Promise.all(parts.map(([name, files]) => test(files, { ...env, WORLD_CGROUP: `cdk-private-registry-${name}` })));
    return Math.max(...statuses);
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
  const pins = Object.entries({ ...LATEST, 'aws-cdk': cdk, ...THIRD_PARTY }).map(([name, version]) => `${name}@${version}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...pins], { cwd: directory });
  // The runtime of Lambda brings the clients of the SDK, and nothing else.
  mkdirSync(join(directory, 'runtime'));
  symlinkSync(join(REPOSITORY, 'node_modules/@aws-sdk'), join(directory, 'runtime/@aws-sdk'));
}

function test(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    spawn('scripts/e2e/enter.sh', ['npx', 'jest', '--config', 'scripts/e2e/jest.config.js', ...args], { cwd: REPOSITORY, stdio: 'inherit', env })
      .once('error', reject)
      .once('exit', (code) => resolve(code ?? 1));
  });
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
