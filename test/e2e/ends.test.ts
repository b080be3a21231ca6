import { execFileSync, spawn, spawnSync, ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = join(__dirname, '../..');
const ENTER = join(ROOT, 'scripts/e2e/enter.sh');
const START = ['npx', 'ts-node', '--transpile-only', '--project', 'tsconfig.dev.json', 'test/e2e/support/start-task.ts'];

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** All namespaces of all processes that can be seen from here, which has those of worlds that were started from here. */
function namespaces(): Set<string> {
  const links = processes().flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/ns`).map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
    } catch {
      // It has just ended.
      return [];
    }
  });
  return new Set(links);
}

/** Which processes with this word on their command line there are. */
const commands = (word: RegExp) => processes().filter((pid) => {
  try {
    return word.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
  } catch {
    return false;
  }
});

const ENGINES = /dockerd|containerd|distribution|ministack-shim|busybox/;
const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8');
const files = () => readdirSync('/run', { recursive: true }).filter((name) => !/jest|ts-jest|v8-compile-cache|node-compile-cache/.test(String(name))).sort();
const links = () => execFileSync('ip', ['-oneline', '-brief', 'link'], { encoding: 'utf8' });
/** Of the worlds that are started here: others can be there beside this one. */
const env = { ...process.env, WORLD_CGROUP: 'cdk-private-registry-ends' };
const cgroups = () => execFileSync('find', ['/sys/fs/cgroup', '-type', 'd', '-path', `*/${env.WORLD_CGROUP}*`], { encoding: 'utf8' })
  .split('\n').filter(Boolean);

let before: object;
const state = () => ({ namespaces: [...namespaces()].sort(), engines: commands(ENGINES), mounts: mounts(), files: files(), links: links() });

/** A world in this one, in which a container runs. */
async function startWorld(): Promise<ChildProcess> {
  const world = spawn(ENTER, START, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env });
  const [line] = await Promise.race([once(createInterface({ input: world.stdout! }), 'line'), once(world, 'exit')]);
  expect(line).toBe('a container runs');
  return world;
}

/** The kernel ends the processes one after the other. */
async function nothingIsLeft(): Promise<void> {
  while (commands(ENGINES).length > 0 || [...namespaces()].length > (before as { namespaces: string[] }).namespaces.length) {
    await pause(20);
  }
  expect(state()).toEqual(before);
}

beforeEach(() => {
  before = state();
});

test('the script is killed: nothing but empty cgroups is left, which the next start removes', async () => {
  const world = await startWorld();
  expect(commands(/busybox httpd/).length).toBeGreaterThan(0);
  expect(namespaces().size).toBeGreaterThan((before as { namespaces: string[] }).namespaces.length);
  const exit = once(world, 'exit');
  world.kill('SIGKILL');
  await exit;

  await nothingIsLeft();
  expect(cgroups()).not.toEqual([]);
  execFileSync(ENTER, ['true'], { env });
  expect(cgroups()).toEqual([]);
});

test('what runs in the world is killed: nothing is left', async () => {
  const world = await startWorld();
  const exit = once(world, 'exit');
  const [pid] = commands(/^node .*start-task\.ts/);
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  process.kill(Number(pid), 'SIGKILL');
  await exit;

  expect(world.exitCode).not.toBe(0);
  await nothingIsLeft();
  expect(cgroups()).toEqual([]);
});

test('without the rights that engines need nothing starts, and they are named', () => {
  const { status, stderr } = spawnSync('setpriv', ['--bounding-set=-sys_admin,-net_admin', ENTER, 'echo', 'started'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toBe('container engines need rights that this process does not have: CAP_NET_ADMIN CAP_SYS_ADMIN\n');
});
