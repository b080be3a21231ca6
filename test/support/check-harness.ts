import { makeCertificate, ServerCertificate } from './certificates';
import { leaksIn } from './leaks';
import { PASSWORD, registry, TOKEN, USERNAME, Quirks } from './registry-script';
import { startScriptedServer, Script, ScriptedServer, SeenRequest } from './scripted-registry';
import { VirtualTime } from './virtual-time';
import { checkPull, kindOf, REAL_ENVIRONMENT, CheckEnvironment, CheckInput, CheckResult, Credentials, Verdict } from '../../src/runtime/check';

export const HOST = 'registry.example.com';

const NAMES = [
  HOST, '*.example.com', '*.example.net', 'ghcr.io', 'registry-1.docker.io', 'auth.docker.io', 'registry.gitlab.com', 'gitlab.com',
  'api.github.com', 'containers.acme.ghe.com', 'api.acme.ghe.com', 'dhi.io', 'registry.digitalocean.com', 'api.digitalocean.com', 'registry.eu-central-1.aliyuncs.com', 'fra.ocir.io',
  'acme-registry.eu-central-1.cr.aliyuncs.com', 'dockerauth-ee.eu-central-1.aliyuncs.com', 'registry-intl.eu-central-1.aliyuncs.com',
  'dockerauth.eu-central-1.aliyuncs.com', 'dockerauth.cn-hangzhou.aliyuncs.com', 'registry.oss-cn-hangzhou.aliyuncs.com',
  'dockerauth.oss-cn-hangzhou.aliyuncs.com', 'us.icr.io', 'codeberg.org', 'docker.cloudsmith.io',
  'nvcr.io', 'acme.azurecr.io', 'acme.jfrog.io', 'europe-docker.pkg.dev', 'gcr.io', 'quay.io', 'localhost', '127.0.0.1',
];

/** One behaviour of a registry, and the result that the check must have. The invariants hold unless a behaviour names an exception. */
export interface Behaviour {
  readonly name: string;
  readonly quirks?: Quirks;
  /** Instead of quirks: the whole server. */
  readonly script?: Script;
  readonly input?: Partial<CheckInput> & { readonly credentials?: Credentials };
  readonly environment?: Partial<CheckEnvironment>;
  readonly verdict: Verdict;
  /** Invariant: a verdict is definite if its kind is. */
  readonly definite?: boolean;
  readonly message?: RegExp;
  /** The purposes of the requests, in order. */
  readonly requests?: string;
  /** How often the credentials themselves are sent. Invariant: never again after they were refused. */
  readonly credentialsSent?: number;
  /** Invariant: only the host of the registry sees the credentials. */
  readonly credentialHosts?: readonly string[];
  readonly also?: (result: CheckResult, seen: readonly SeenRequest[]) => void;
}

export interface Bench {
  readonly secure: ScriptedServer;
  readonly plain: ScriptedServer;
  readonly certificate: ServerCertificate;
}

/** Servers on this machine, under any name, and a time that passes only where they let the check wait. */
export function virtualEnvironment(bench: Bench, time: VirtualTime = new VirtualTime()): CheckEnvironment {
  const { now, sleep, startTimer } = time;
  return {
    ...REAL_ENVIRONMENT,
    now,
    sleep,
    startTimer,
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

/** Makes a test of each behaviour, which expects its result and the invariants. */
export function describeBehaviours(title: string, behaviours: readonly Behaviour[]): void {
  describe(title, () => {
    const bench = useBench();
    test.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))('%s', async (_, behaviour) => {
      await expectBehaviour(bench(), behaviour);
    });
  });
}

async function expectBehaviour(bench: Bench, behaviour: Behaviour): Promise<void> {
  const input: CheckInput & { readonly credentials: Credentials } = {
    image: `${HOST}/acme/api:1.4.2`,
    credentials: { username: USERNAME, password: PASSWORD },
    credentialsName: 'the credentials in arn:aws:secretsmanager:eu-west-1:111122223333:secret:pull-a1B2c3',
    ca: bench.certificate.ca,
    timeoutMs: 20_000,
    ...behaviour.input,
  };
  const host = new URL(`https://${input.image}`).host.replace(/^docker\.io$/, 'registry-1.docker.io');
  const script = behaviour.script ?? registry(host, behaviour.quirks);
  const time = new VirtualTime();
  bench.secure.play(script, time);
  bench.plain.play(script, time);
  const environment = { ...virtualEnvironment(bench, time), ...behaviour.environment };
  const output = captureOutput();
  const started = environment.now();
  const result = await checkPull(input, environment);
  const elapsed = environment.now() - started;
  const printed = output.stop();
  const seen = [...bench.secure.seen, ...bench.plain.seen];

  expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: behaviour.verdict, message: expect.stringMatching(behaviour.message ?? /./) });
  expectKind(result, behaviour.definite ?? kindOf(behaviour.verdict) !== 'not-definite');
  expect(elapsed).toBeLessThanOrEqual(input.timeoutMs!);
  expectGoodMessage(result.message);
  expectNoLeak(JSON.stringify(result) + printed, input.credentials);
  expectCredentialsOnlyAt(behaviour.credentialHosts ?? [host], seen, behaviour.credentialsSent);
  expectRefusedOnce(seen);
  expect(result.requests.map((r) => r.purpose).join(' ')).toBe(behaviour.requests ?? result.requests.map((r) => r.purpose).join(' '));
  behaviour.also?.(result, seen);
}

function expectKind({ verdict, kind, definite }: CheckResult, isDefinite: boolean): void {
  expect(definite).toBe(isDefinite);
  expect(kind).toBe(!isDefinite ? 'not-definite' : kindOf(verdict) === 'yes' ? 'yes' : 'no');
}

/** Registries count refused logins, and lock accounts. */
function expectRefusedOnce(seen: readonly SeenRequest[]): void {
  const statuses = seen.filter(({ authorization }) => authorization?.startsWith('Basic ')).map(({ status = 0 }) => status);
  const firstRefusal = statuses.findIndex((status) => [401, 403, 413, 431].includes(status));
  expect(firstRefusal === -1 ? [] : statuses.slice(firstRefusal + 1)).toEqual([]);
}

function expectGoodMessage(message: string): void {
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
  expect(message).not.toMatch(/\p{C}|undefined|\[object/u);
  expect(message).not.toMatch(/\.$/);
}

function expectNoLeak(text: string, { username, password }: Credentials): void {
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
