import { checkPull, Connections, CheckEnvironment, CheckInput } from '../../src/runtime/check';
import { makeCertificate } from '../support/certificates';
import { HOST, virtualEnvironment, useBench } from '../support/check-harness';
import { PASSWORD, registry, USERNAME } from '../support/registry-script';

const bench = useBench();
let kept: Connections;
let environment: CheckEnvironment;

beforeEach(() => {
  kept = new Connections();
  environment = { ...virtualEnvironment(bench()), sleep: () => Promise.reject(new Error('it waits')) };
  bench().secure.play(registry(HOST));
});
afterEach(async () => {
  kept.close();
  await closing();
});

function check(connections?: Connections, more: Partial<CheckInput> = {}) {
  const input = { image: `${HOST}/acme/api:1.4.2`, credentials: { username: USERNAME, password: PASSWORD }, ca: bench().certificate.ca, ...more };
  return checkPull(input, environment, connections);
}

function connectionsUsed(): number {
  return new Set(bench().secure.seen.map(({ port }) => port)).size;
}

/** Waits for the server to notice. */
async function closing(): Promise<void> {
  while (bench().secure.countConnections() > 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('checks that share connections need one', async () => {
  await check(kept);
  await check(kept);
  expect(connectionsUsed()).toBe(1);
});

test('a connection that is shared stays open for the next check', async () => {
  await check(kept);
  expect(bench().secure.countConnections()).toBe(1);
});

test('a far registry has more time for each of its addresses than Node.js allows', () => {
  const agents = kept.agentsFor({ allowLoopback: false, allowPrivateNetworks: false }, 1);
  const options = { autoSelectFamilyAttemptTimeout: 2_000 };
  expect(agents).toMatchObject({ tls: { options }, plain: { options } });
});

test('checks that share none leave none open', async () => {
  await check();
  await check();
  expect(connectionsUsed()).toBe(2);
  await closing();
  expect(bench().secure.countConnections()).toBe(0);
});

test('what one check trusts, another does not inherit', async () => {
  expect((await check(kept)).verdict).toBe('OK');
  expect((await check(kept, { ca: undefined })).verdict).toBe('TLS_UNTRUSTED');
  const policy = { allowLoopback: false, allowPrivateNetworks: false };
  const agents = kept.agentsFor(policy, 1);
  expect(kept.agentsFor({ ...policy }, 2)).toBe(agents);
  expect(kept.agentsFor({ ...policy, allowLoopback: true }, 3)).not.toBe(agents);
  expect(kept.agentsFor({ ...policy, allowPrivateNetworks: true }, 4)).not.toBe(agents);
});

test('a function that was frozen for a while takes new connections', async () => {
  await check(kept);
  kept.agentsFor({ allowLoopback: false, allowPrivateNetworks: false }, environment.now() + 3_600_000);
  await check(kept);
  expect(connectionsUsed()).toBe(2);
});

test('a connection that was closed since the last check costs neither a pause nor a verdict', async () => {
  const first = await check(kept);
  const asked = bench().secure.seen.length;
  const answer = registry(HOST);
  bench().secure.play((request, call) => (call === 1 ? { fault: 'cut' } : answer(request, call - 1)));
  const second = await check(kept);
  expect(second).toEqual(first);
  expect(bench().secure.seen).toHaveLength(asked + 1);
});

test('a connection of this check that is cut is an answer to this check', async () => {
  await check(kept);
  const answer = registry(HOST);
  bench().secure.play((request, call) => (call <= 2 ? { fault: 'cut' } : answer(request, call - 2)));
  // The second connection is new, so that it is asked again after a pause only.
  expect((await check(kept)).verdict).toBe('PROTOCOL_ERROR');
  expect(bench().secure.seen).toHaveLength(2);
});

test.each([undefined, makeCertificate([HOST]).ca])('no variable switches the check of certificates off', async (ca) => {
  const warning = jest.spyOn(process, 'emitWarning').mockImplementation();
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    expect((await check(kept, { ca })).verdict).toBe('TLS_UNTRUSTED');
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    warning.mockRestore();
  }
  expect(bench().secure.seen).toEqual([]);
});
