import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Relay } from '../../bench/relay';

const ROUND_TRIP = 60;

describe('a relay', () => {
  let relay: Relay;
  let client: Socket;
  const echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket));

  beforeEach(async () => {
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    relay = await Relay.start();
    relay.target = (echo.address() as AddressInfo).port;
  });
  afterEach(async () => {
    client.destroy();
    await relay.stop();
    echo.close();
  });

  async function exchange(text: string): Promise<number> {
    const started = performance.now();
    client.write(text);
    for (let answer = ''; answer !== text;) {
      answer += (await once(client, 'data')).toString();
    }
    return performance.now() - started;
  }

  /** On a machine that does something else, too. */
  async function quickestOf(count: number): Promise<number> {
    const times: number[] = [];
    while (times.length < count) {
      times.push(await exchange('again'));
    }
    return Math.min(...times);
  }

  async function open(): Promise<void> {
    client = connect(relay.port, '127.0.0.1');
    await once(client, 'connect');
  }

  test('takes a round trip for each exchange, and one more for the handshake', async () => {
    relay.roundTrip = ROUND_TRIP;
    await open();
    const first = await exchange('first');
    const quickest = await quickestOf(5);
    expect(first).toBeGreaterThanOrEqual(2 * ROUND_TRIP - 1);
    expect(quickest).toBeGreaterThanOrEqual(ROUND_TRIP - 1);
    expect(quickest).toBeLessThan(1.5 * ROUND_TRIP);
  });

  test('keeps the order', async () => {
    relay.roundTrip = ROUND_TRIP;
    await open();
    const text = Array.from({ length: 2_000 }, (_, index) => `${index} `).join('').repeat(20);
    await exchange(text);
  });

  test('takes no time if there is no distance', async () => {
    await open();
    expect(await quickestOf(5)).toBeLessThan(0.5 * ROUND_TRIP);
  });

  test('closes connections at both ends', async () => {
    await open();
    await exchange('first');
    const closed = once(client, 'close');
    relay.closeConnections();
    await closed;
  });
});
