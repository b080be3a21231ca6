import * as assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOST, PRIVATE_ADDRESS, PUBLIC_ADDRESS, PullCheckBench } from '../../test/support/pull-check-bench';

/**
 * The tests of the bundle reroute its connections inside its process. This proves without that, in a network namespace of
 * Linux whose loopback device has the addresses, that they are the same connections. Needs root or user namespaces.
 */

async function inside(hosts: string): Promise<void> {
  const bench = await PullCheckBench.start();
  const relay = createServer((socket) => void socket.pipe(connect(bench.registry.port, '127.0.0.1')).pipe(socket));
  await new Promise<void>((resolve) => relay.listen(443, '0.0.0.0', resolve));

  const ask = async (address: string, handler: 'respond' | 'probe') => {
    writeFileSync(hosts, `127.0.0.1 localhost\n${address} ${HOST}\n`);
    bench.play({});
    // A process for each, which has no connection to the address before.
    const lambda = bench.function({ routes: {}, environment: { REGISTRY_ADDRESS: `${address} ${handler}` } });
    const { result } = await lambda.invoke(handler, handler === 'probe' ? bench.properties() : bench.event('Create'));
    const verdict = result?.verdict ?? JSON.parse(bench.cloudFormation.seen[0].body).Data.Verdict;
    console.log(`${handler} with the registry at ${address}: ${verdict}, ${bench.registry.seen.length} requests`);
    return verdict;
  };
  assert.equal(await ask(PUBLIC_ADDRESS, 'respond'), 'OK');
  assert.equal(await ask(PRIVATE_ADDRESS, 'respond'), 'NO_ROUTE');
  assert.equal(await ask(PRIVATE_ADDRESS, 'probe'), 'OK');
  assert.equal(await ask('127.0.0.1', 'respond'), 'NO_ROUTE');
  relay.close();
  await bench.close();
}

function outside(): void {
  const directory = mkdtempSync(join(tmpdir(), 'pull-check-'));
  const hosts = join(directory, 'hosts');
  writeFileSync(hosts, '127.0.0.1 localhost\n');
  const steps = [
    'ip link set lo up',
    ...[PUBLIC_ADDRESS, PRIVATE_ADDRESS].map((address) => `ip address add ${address}/32 dev lo`),
    `mount --bind ${hosts} /etc/hosts`,
    `exec npx ts-node --transpile-only --project tsconfig.dev.json ${__filename} inside ${hosts}`,
  ];
  try {
    execFileSync('unshare', ['--net', '--mount', '--map-root-user', 'sh', '-ec', steps.join('\n')], { stdio: 'inherit' });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

if (process.argv[2] === 'inside') {
  void inside(process.argv[3]);
} else {
  outside();
}
