import { makeCertificate, ServerCertificate } from './certificates';
import { leaksIn } from './leaks';
import { PASSWORD, registry, TOKEN, USERNAME, Quirks } from './registry-script';
import { startScriptedServer, Script, ScriptedServer, SeenRequest } from './scripted-registry';
import { checkPull, CheckInput, CheckResult } from '../../src/runtime/check';
import { REAL_ENVIRONMENT, CheckEnvironment } from '../../src/runtime/http/environment';
import { Verdict } from '../../src/runtime/verdict/verdict';

export const HOST = 'registry.example.com';

const NAMES = [
  HOST, '*.example.com', '*.example.net', 'ghcr.io', 'registry-1.docker.io', 'auth.docker.io', 'registry.gitlab.com', 'gitlab.com',
  'nvcr.io', 'acme.azurecr.io', 'acme.jfrog.io', 'europe-docker.pkg.dev', 'quay.io', 'localhost', '127.0.0.1',
];

/** One thing that a registry does, and what the check has to make of it. */
export interface Behaviour {
  readonly name: string;
  readonly quirks?: Quirks;
  /** Instead of quirks: the whole server. */
  readonly script?: Script;
  readonly input?: Partial<CheckInput>;
  readonly environment?: Partial<CheckEnvironment>;
  readonly verdict: Verdict;
  readonly definite?: boolean;
  readonly message?: RegExp;
  /** The purposes of the requests, in order. */
  readonly requests?: string;
  /** How often the credentials themselves may be sent. */
  readonly credentialsSent?: number;
  /** Hosts that may see the credentials; the default is the registry's alone. */
  readonly credentialHosts?: readonly string[];
  readonly also?: (result: CheckResult, seen: readonly SeenRequest[]) => void;
}

export interface Bench {
  readonly secure: ScriptedServer;
  readonly plain: ScriptedServer;
  readonly certificate: ServerCertificate;
}

/** Time that passes by itself, and by leaps where somebody sleeps. */
export function leapingEnvironment(bench: Bench): CheckEnvironment {
  let slept = 0;
  return {
    ...REAL_ENVIRONMENT,
    now: () => Date.now() + slept,
    sleep: async (ms) => {
      slept += ms;
    },
    random: () => 0.5,
    connectTo: (url) => ({ host: '127.0.0.1', port: (url.protocol === 'https:' ? bench.secure : bench.plain).port }),
  };
}

export async function startBench(): Promise<Bench> {
  const certificate = makeCertificate(NAMES);
  return { certificate, secure: await startScriptedServer(certificate), plain: await startScriptedServer() };
}

export function useBench(): () => Bench {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(async () => {
    await bench.secure.close();
    await bench.plain.close();
  });
  return () => bench;
}

/** Makes a test of each behaviour, with what holds for all of them: deadline, silence, and where credentials go. */
export function describeBehaviours(title: string, behaviours: readonly Behaviour[]): void {
  describe(title, () => {
    const bench = useBench();
    test.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))('%s', async (_, behaviour) => {
      await expectBehaviour(bench(), behaviour);
    });
  });
}

async function expectBehaviour(bench: Bench, behaviour: Behaviour): Promise<void> {
  const input: CheckInput = {
    image: `${HOST}/acme/api:1.4.2`,
    credentials: { username: USERNAME, password: PASSWORD },
    credentialsName: 'the credentials in arn:aws:secretsmanager:eu-west-1:111122223333:secret:pull-a1B2c3',
    ca: bench.certificate.ca,
    timeoutMs: 20_000,
    ...behaviour.input,
  };
  const script = behaviour.script ?? registry(new URL(`https://${input.image}`).host.replace(/^docker\.io$/, 'registry-1.docker.io'), behaviour.quirks);
  bench.secure.play(script);
  bench.plain.play(script);
  const environment = { ...leapingEnvironment(bench), ...behaviour.environment };
  const output = captureOutput();
  const started = environment.now();
  const result = await checkPull(input, environment);
  const elapsed = environment.now() - started;
  const printed = output.stop();
  const seen = [...bench.secure.seen, ...bench.plain.seen];

  expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: behaviour.verdict, message: expect.stringMatching(behaviour.message ?? /./) });
  expect(result.definite).toBe(behaviour.definite ?? result.definite);
  expect(elapsed).toBeLessThan(input.timeoutMs! + 500);
  expectGoodMessage(result.message);
  expectNoLeak(JSON.stringify(result) + printed, input);
  expectCredentialsOnlyAt(behaviour.credentialHosts ?? [script === behaviour.script ? HOST : new URL(`https://${input.image}`).host], seen, behaviour.credentialsSent);
  expect(result.requests.map((r) => r.purpose).join(' ')).toBe(behaviour.requests ?? result.requests.map((r) => r.purpose).join(' '));
  behaviour.also?.(result, seen);
}

function expectGoodMessage(message: string): void {
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
  expect(message).not.toMatch(/\p{C}|undefined|\[object/u);
  expect(message).not.toMatch(/\.$/);
}

function expectNoLeak(text: string, { credentials: { username, password } }: CheckInput): void {
  expect(leaksIn(text, [username, password, `${username}:${password}`, TOKEN])).toEqual([]);
}

function expectCredentialsOnlyAt(hosts: readonly string[], seen: readonly SeenRequest[], times?: number): void {
  const withCredentials = seen.filter((request) => request.authorization?.startsWith('Basic '));
  expect(withCredentials.filter((request) => !request.secure || !hosts.includes(request.host))).toEqual([]);
  expect(withCredentials).toHaveLength(times ?? withCredentials.length);
  // A token is worth as much as the password while it lives, and is for the registry alone.
  expect(seen.filter((request) => request.authorization?.startsWith('Bearer ') && (!request.secure || request.path.startsWith('/token')))).toEqual([]);
  expect(new Set(seen.filter((r) => r.authorization?.startsWith('Bearer ')).map((r) => r.host)).size).toBeLessThanOrEqual(1);
  // Neither belongs into a URL, where every log has it.
  expect(leaksIn(seen.map((request) => `${request.path}?${request.query}`).join('\n'), [PASSWORD, USERNAME, TOKEN])).toEqual([]);
}

/** What is written to the console or to the standard streams in the meantime. */
function captureOutput() {
  let text = '';
  const spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation((chunk) => {
    text += chunk.toString();
    return true;
  }));
  const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => jest.spyOn(console, level).mockImplementation((...args) => {
    text += args.join(' ');
  }));
  return {
    stop: () => {
      [...spies, ...consoles].forEach((spy) => spy.mockRestore());
      return text;
    },
  };
}
