import { once } from 'node:events';
import { connect, createServer, AddressInfo, Socket } from 'node:net';
import { Relay } from '../../bench/relay';

const ROUND_TRIP = 60;

describe('a relay', () => {
  const relays: Relay[] = [];
  const clients: Socket[] = [];
  const echoes: Socket[] = [];
  const echo = createServer((socket) => {
    echoes.push(socket);
    socket.on('error', () => {}).pipe(socket);
  });

  beforeEach(async () => {
    await once(echo.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    clients.splice(0).forEach((client) => client.destroy());
    await Promise.all(relays.splice(0).map(async (relay) => relay.stop()));
    echoes.splice(0);
    echo.close();
  });

  async function start(roundTrip: number): Promise<Relay> {
    const relay = await Relay.start();
    relays.push(relay);
    relay.target = (echo.address() as AddressInfo).port;
    relay.roundTrip = roundTrip;
    return relay;
  }

  async function open(relay: Relay): Promise<Socket> {
    const client = connect(relay.port, '127.0.0.1');
    clients.push(client);
    await once(client, 'connect');
    return client;
  }

  /** Sends a text, and returns as much as has to come back. */
  async function exchange(client: Socket, text: string): Promise<string> {
    client.write(text);
    let answer = '';
    while (answer.length < text.length) {
      answer += (await once(client, 'data')).toString();
    }
    return answer;
  }

  async function timeOf(client: Socket): Promise<number> {
    const started = performance.now();
    await exchange(client, 'hello');
    return performance.now() - started;
  }

  // How long something takes at the most is the machine's to say. Who is first, of those that start together, is not.
  async function first(runners: Record<string, Socket>): Promise<string> {
    return Promise.race(Object.entries(runners).map(async ([name, client]) => exchange(client, 'hello').then(() => name)));
  }

  test('takes a round trip for each exchange, and one more for the handshake', async () => {
    const relay = await start(ROUND_TRIP);
    const client = await open(relay);
    expect(await timeOf(client)).toBeGreaterThanOrEqual(2 * ROUND_TRIP - 1);
    expect(await timeOf(client)).toBeGreaterThanOrEqual(ROUND_TRIP - 1);
  });

  test('takes the round trip of the handshake only once', async () => {
    const relay = await start(4 * ROUND_TRIP);
    const known = await open(relay);
    await exchange(known, 'hello');
    expect(await first({ fresh: await open(relay), known })).toBe('known');
  });

  test('takes no time if there is no distance', async () => {
    const [near, far] = await Promise.all([start(0), start(10 * ROUND_TRIP)]);
    const runners = { far: await open(far), near: await open(near) };
    expect(await first(runners)).toBe('near');
  });

  test('keeps the order', async () => {
    const client = await open(await start(ROUND_TRIP));
    const text = Array.from({ length: 2_000 }, (_, index) => `${index} `).join('').repeat(20);
    const received = await exchange(client, text);
    expect(received).toBe(text);
  });

  test('closes connections at both ends', async () => {
    const relay = await start(0);
    const client = await open(relay);
    await exchange(client, 'hello');
    const [server] = echoes;
    const closed = Promise.all([once(client, 'close'), once(server, 'close')]);
    relay.closeConnections();
    await closed;
    expect([client.destroyed, server.destroyed]).toEqual([true, true]);
  });
});
