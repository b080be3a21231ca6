import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { createInterface } from 'node:readline';
import timers from 'node:timers/promises';
import { inspect } from 'node:util';

/**
 * What runs inside the process that stands for the Lambda function: bends the network and the clock, and then loads the
 * bundle, which is the one that is shipped. Built and started by `lambda-harness.ts`.
 */

/** The address that a host has for the function, and the port on loopback where its server listens in fact, if it is another. */
export type Routes = Readonly<Record<string, { readonly address: string; readonly port?: number }>>;

export interface ProcessOptions {
  readonly bundle: string;
  /** None: the network is what it is. */
  readonly routes: Routes;
  /** How many times faster than the real one the function's clock goes. */
  readonly speed: number;
}

/** Ends what the function wrote to a stream; on standard output the outcome follows. */
export const END = '\u0000';

/**
 * DNS and routing, from the function's point of view: the bundle resolves a host to the address that the test gives it,
 * judges that address as in production, and only the socket below goes to loopback.
 */
function bendNetwork(routes: Routes): void {
  const lookup = (host: string, options: dns.LookupOptions, callback: (...args: any[]) => void) => {
    const address = routes[host]?.address;
    if (address === undefined) {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host }));
    } else if (options.all) {
      callback(null, [{ address, family: 4 }]);
    } else {
      callback(null, address, 4);
    }
  };
  Object.assign(dns, { lookup });

  const connect = net.Socket.prototype.connect as (...args: any[]) => net.Socket;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: any[]): net.Socket {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    const route = routes[options?.host];
    if (route !== undefined) {
      // Whoever brings no look-up of its own gets what every host gets.
      const judge = (options.lookup ?? dns.lookup) as net.LookupFunction;
      options.port = route.port ?? options.port;
      options.lookup = ((host, lookupOptions, callback) => judge(host, lookupOptions, (error, found, family) => {
        callback(error, Array.isArray(found) ? found.map(() => ({ address: '127.0.0.1', family: 4 })) : '127.0.0.1', family);
      })) as net.LookupFunction;
    }
    return connect.apply(this, args);
  };
}

function bendClock(speed: number): void {
  const { setTimeout: start, Date: { now } } = globalThis;
  const begin = now();
  const sleep = timers.setTimeout;
  const timeout = AbortSignal.timeout;
  Date.now = () => begin + (now() - begin) * speed;
  const startSooner = (callback: (...args: any[]) => void, ms: number = 0, ...args: any[]) => start(callback, ms / speed, ...args);
  globalThis.setTimeout = startSooner as typeof start;
  Object.assign(timers, { setTimeout: async (ms: number) => sleep(ms / speed) });
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, Math.ceil(ms / speed));
}

async function invoke(bundle: string, { handler, event }: { handler: string; event: unknown }): Promise<object> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return { result: await require(bundle)[handler](event) };
  } catch (error) {
    // Lambda writes the whole error of an invocation to the log.
    process.stderr.write(`${inspect(error, { depth: 9, showHidden: true })}\n`);
    return { error: String(error) };
  }
}

/** In kilobytes. `maxRSS` also has what the process that started this one had at that moment, and a worker of jest can have more than a function. */
function peakMemory(): number {
  if (process.platform !== 'linux') {
    return process.resourceUsage().maxRSS;
  }
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}

async function main({ bundle, routes, speed }: ProcessOptions): Promise<void> {
  if (Object.keys(routes).length > 0) {
    bendNetwork(routes);
  }
  bendClock(speed);
  for await (const line of createInterface({ input: process.stdin })) {
    const outcome = await invoke(bundle, JSON.parse(line));
    process.stderr.write(END);
    process.stdout.write(`${END}${JSON.stringify({ ...outcome, kilobytes: peakMemory() })}\n`);
  }
}

if (require.main === module) {
  void main(JSON.parse(process.argv[2]));
}
