import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { installNode, NODE_MAJORS } from '../node';

/**
 * Runs the tests of the pull check's bundle on every Node.js that it may meet, and says how long each takes to load it.
 */
const ROOT = join(__dirname, '..', '..');
const BUNDLE = join(ROOT, 'assets', 'pull-check', 'handler', 'index', 'index.js');
const LOADS = 15;

function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
  execFileSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
}

/** Milliseconds until a new process has loaded the bundle: the median of several. */
function loadTime(node: string): number {
  const script = `const start = performance.now(); require(${JSON.stringify(BUNDLE)}); console.log(performance.now() - start);`;
  const times = Array.from({ length: LOADS }, () => Number(execFileSync(node, ['-e', script], { encoding: 'utf8' })));
  return Math.round(times.sort((a, b) => a - b)[Math.floor(LOADS / 2)]);
}

for (const major of NODE_MAJORS) {
  const node = installNode(major);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(`\nNode.js ${version}: the bundle loads in ${loadTime(node)} ms (median of ${LOADS}, with the AWS clients from node_modules)`);
  run('npx', ['jest', 'test/pull-check/handler', '--coverage=false', ...process.argv.slice(2)], { HANDLER_NODE: node });
}
