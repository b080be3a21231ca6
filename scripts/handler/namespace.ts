import * as assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOST, PRIVATE_ADDRESS, PUBLIC_ADDRESS, PullCheckBench } from '../../test/support/pull-check-bench';

/**
 * The tests of the bundle reroute its connections inside its process. This proves without that, in a network namespace of
 * Linux whose loopback device has the addresses, that they are the same connections. Needs root or user namespaces.
 */
const HOSTS = join(tmpdir(), 'pull-check-hosts');

async function inside(): Promise<void> {
  const bench = await PullCheckBench.start();
  const lambda = bench.function({ routes: {} });
  const relay = createServer((socket) => void socket.pipe(connect(bench.registry.port, '127.0.0.1')).pipe(socket));
  await new Promise<void>((resolve) => relay.listen(443, '0.0.0.0', resolve));

  const ask = async (address: string, handler: 'respond' | 'probe') => {
    writeFileSync(HOSTS, `127.0.0.1 localhost\n${address} ${HOST}\n`);
    bench.play({});
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
  writeFileSync(HOSTS, '127.0.0.1 localhost\n');
  const steps = [
    'ip link set lo up',
    ...[PUBLIC_ADDRESS, PRIVATE_ADDRESS].map((address) => `ip address add ${address}/32 dev lo`),
    `mount --bind ${HOSTS} /etc/hosts`,
    `exec npx ts-node --transpile-only --project tsconfig.dev.json ${__filename} inside`,
  ];
  execFileSync('unshare', ['--net', '--mount', '--map-root-user', 'sh', '-ec', steps.join('\n')], { stdio: 'inherit' });
}

if (process.argv[2] === 'inside') {
  void inside();
} else {
  outside();
}
