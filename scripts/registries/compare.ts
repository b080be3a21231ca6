/**
 * Compares a check with what skopeo and crane need to ask the same registry for the same private image, in one run:
 *
 *     npx ts-node --project tsconfig.dev.json scripts/registries/compare.ts [repetitions]
 *
 * The registry is the current distribution on loopback, seen through a proxy that counts. The clients take turns, so that
 * whatever else the machine does hits all of them. The check answers more than the others (is the login right, is the
 * platform there); skopeo and crane are measured with what comes nearest to it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ALICE } from '../../test/registries/accounts';
import { checkAt } from '../../test/registries/checking';
import { craneFor, skopeoInspect } from '../../test/registries/clients';
import { REPOSITORY } from '../../test/registries/images';
import { startLab, type Access } from '../../test/registries/lab';
import { DISTRIBUTION_3 } from '../../test/registries/registries';

const COMMAND_LINE = join(__dirname, '../../bin/cdk-private-registry');
const BUILT = join(__dirname, '../../lib/cli/main.js');
const ACCESSES = ['basic', 'token'] as const;
const PLATFORM = 'linux/amd64';
const TAG = 'multi';

type Client = readonly [name: string, ask: () => Promise<unknown>];

interface Measured {
  readonly requests: number;
  readonly median: number;
}

async function main(repetitions: number): Promise<void> {
  const lab = await startLab(DISTRIBUTION_3);
  const cranes: { remove(): void }[] = [];
  try {
    const columns: Map<string, Measured>[] = [];
    for (const access of ACCESSES.map(name => lab.access(name))) {
      const crane = craneFor(access.host, ALICE);
      cranes.push(crane);
      columns.push(await measure(access, clientsOf(access, crane), repetitions));
    }
    print(columns, repetitions);
  } finally {
    cranes.forEach(crane => crane.remove());
    await lab.stop();
  }
}

function clientsOf(access: Access, crane: ReturnType<typeof craneFor>): Client[] {
  const image = `${access.host}/${REPOSITORY}:${TAG}`;
  const platform = ['--override-os=linux', '--override-arch=amd64'];
  return [
    ['check, in process', () => checkInProcess(access)],
    // Most of the command line's time is Node's own start.
    ...existsSync(BUILT) ? [['check, command line', () => checkByCommand(access, image)], ['node, doing nothing', () => node(['-e', '0'])]] as const : [],
    ['skopeo inspect', () => skopeoInspect(image, ALICE, ...platform)],
    ['skopeo inspect --no-tags', () => skopeoInspect(image, ALICE, '--no-tags', ...platform)],
    ['skopeo inspect --raw', () => skopeoInspect(image, ALICE, '--raw')],
    ['crane digest', () => crane.run('digest', image)],
    ['crane digest --platform', () => crane.run('digest', '--platform', PLATFORM, image)],
    ['crane manifest', () => crane.run('manifest', image)],
  ];
}

async function checkInProcess(access: Access): Promise<void> {
  const { result } = await checkAt(access, `${REPOSITORY}:${TAG}`, ALICE, { platform: PLATFORM });
  if (result.verdict !== 'OK') {
    throw new Error(result.message);
  }
}

function checkByCommand(access: Access, image: string): Promise<void> {
  const authHost = access.input.authHost === undefined ? [] : ['--auth-host', access.input.authHost];
  const args = ['check', image, '--username', ALICE.username, '--password-stdin', '--platform', PLATFORM, '--insecure-loopback', ...authHost];
  return node([COMMAND_LINE, ...args], ALICE.password);
}

function node(args: readonly string[], input: string = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.once('error', reject).once('exit', code => code === 0 ? resolve() : reject(new Error(`${args[0]} ended with ${code}`)));
    // Whoever needs no input may be gone before it is written.
    child.stdin.on('error', () => {}).end(input);
  });
}

async function measure(access: Access, clients: readonly Client[], repetitions: number): Promise<Map<string, Measured>> {
  const times = new Map(clients.map(([name]) => [name, [] as number[]]));
  const requests = new Map<string, number>();
  // The first round is for caches, and for counting.
  for (let round = 0; round <= repetitions; round++) {
    for (const [name, ask] of clients) {
      access.seen.length = 0;
      access.tokens?.seen.splice(0);
      const started = performance.now();
      await ask();
      if (round > 0) {
        times.get(name)!.push(performance.now() - started);
      }
      requests.set(name, access.seen.length + (access.tokens?.seen.length ?? 0));
    }
  }
  return new Map(clients.map(([name]) => [name, { requests: requests.get(name)!, median: median(times.get(name)!) }]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

function print(columns: readonly Map<string, Measured>[], repetitions: number): void {
  const cell = (m: Measured | undefined) => m === undefined ? '' : `${m.requests} requests, ${m.median.toFixed(1)} ms`;
  console.log(`Medians of ${repetitions}, ${DISTRIBUTION_3.name}, an index of two platforms\n`);
  console.log(['client', 'Basic', 'Bearer'].map(text => text.padEnd(26)).join(''));
  for (const name of columns[0].keys()) {
    console.log([name, ...columns.map(column => cell(column.get(name)))].map(text => text.padEnd(26)).join(''));
  }
}

main(Number(process.argv[2] ?? 15)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
