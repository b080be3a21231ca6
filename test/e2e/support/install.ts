import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { AWS_CLIENTS, CONSUMER_VARIABLE, EXAMPLES, LAMBDA_PROCESS, PYTHON } from './places';
import { installNode } from '../../../scripts/node';
import { compile, LATEST, pack, REPOSITORY, run, scratchDirectory } from '../../../scripts/run';
import requireRegistries from '../../registries/require-installed';

/**
 * Packs the library as it is published, and installs it outside the repository as a user would, once for all test files:
 * their apps have this `node_modules`. Beside it lies what stands for the Lambda runtime.
 *
 * To run one test file again and again, keep it: `E2E_CONSUMER=/tmp/somewhere npx jest --config scripts/e2e/jest.config.js`.
 */
export default function install(): void {
  requireRegistries();
  if (!existsSync(PYTHON)) {
    throw new Error(`${PYTHON} missing; run scripts/e2e/install.sh`);
  }
  const kept = process.env[CONSUMER_VARIABLE];
  if (kept !== undefined && existsSync(join(kept, 'complete'))) {
    return;
  }
  const directory = kept ?? scratchDirectory();
  process.env[CONSUMER_VARIABLE] = directory;
  process.env.E2E_SCRATCH = kept === undefined ? directory : '';
  try {
    installLibrary(directory);
    installRuntime(join(directory, 'lambda'));
    mkdirSync(join(directory, 'complete'));
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function installLibrary(directory: string): void {
  compile();
  const tarball = pack(directory);
  cpSync(join(EXAMPLES, 'web-service/package.json'), join(directory, 'package.json'));
  const cdk: string = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).devDependencies['aws-cdk'];
  const pins = Object.entries({ ...LATEST, 'aws-cdk': cdk }).map(([name, version]) => `${name}@${version}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...pins], { cwd: directory });
}

/** The runtime finds its clients by NODE_PATH, and nothing but them. */
function installRuntime(directory: string): void {
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  symlinkSync(AWS_CLIENTS, join(directory, 'node_modules', '@aws-sdk'));
  symlinkSync(installNode(24), join(directory, 'nodejs24.x'));
  buildSync({ entryPoints: [LAMBDA_PROCESS], outfile: join(directory, 'process.js'), platform: 'node', format: 'cjs', target: 'node20', bundle: true });
}
