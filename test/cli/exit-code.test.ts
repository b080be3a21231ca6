import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CallOptions, CommandLine } from '../support/command-line';
import { PASSWORD, registry, USERNAME } from '../support/registry-script';
import { errors, startScriptedServer, ScriptedServer } from '../support/scripted-registry';

const commandLine = new CommandLine();
const directory = mkdtempSync(join(tmpdir(), 'exit-code-'));
const SECRET = JSON.stringify({ username: USERNAME, password: PASSWORD });
const LOGIN = ['--secret-json-stdin', '--insecure-loopback'];
let server: ScriptedServer;

beforeAll(async () => {
  server = await startScriptedServer();
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
  commandLine.remove();
});

function play(quirks: Parameters<typeof registry>[1] = {}): string {
  const host = `localhost:${server.port}`;
  server.play(registry(host, { challenge: `Bearer realm="http://${host}/token",service="local"`, ...quirks }));
  return `${host}/acme/api:1.4.2`;
}

/** Makes a script part of the process that does the work. */
function withFault(script: string): CallOptions {
  const file = join(directory, 'fault.js');
  writeFileSync(file, `if (process.send) { ${script} }`);
  return { environment: { NODE_OPTIONS: `--require ${file}` } };
}

const DENIED = { manifest: () => errors(403, 'DENIED') };

describe('what cannot be written is exit code 2, whatever the answer is', () => {
  test.each<[what: string, output: CallOptions['output'], error: RegExp, quirks: Parameters<typeof registry>[1]]>([
    ['a yes into a closed pipe', 'closed pipe', /EPIPE/, {}],
    ['a no into a closed pipe', 'closed pipe', /EPIPE/, DENIED],
    ['a yes onto a full disk', 'full disk', /ENOSPC/, {}],
    ['a no onto a full disk', 'full disk', /ENOSPC/, DENIED],
  ])('%s', async (_, output, error, quirks) => {
    const { code, stderr } = await commandLine.call(['check', play(quirks), ...LOGIN], { stdin: SECRET, output });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: the result cannot be written \(\w+\)\n$/);
    expect(stderr).toMatch(error);
  });

  test.each([[['--help']], [['--version']], [['check', '--help']], [['secret-json', '--username', 'bot', '--password-stdin']]])('%p', async (args) => {
    expect(await commandLine.call(args, { stdin: 'p4ss', output: 'full disk' })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: the result cannot be written/) });
  });
});

describe('a crash is exit code 2', () => {
  const OPEN: CallOptions = { keepsInputOpen: true };

  test('with one line that names no secret', async () => {
    const ended = await commandLine.call(['check', play(), ...LOGIN], { ...OPEN, ...withFault('setImmediate(() => { throw new TypeError("20391755"); });') });
    expect(ended).toEqual({ code: 2, stdout: '', stderr: 'error: the command failed because of a bug (TypeError); please report it\n' });
  });

  test('of a promise that nobody waits for', async () => {
    const ended = await commandLine.call(['check', play(), ...LOGIN], { ...OPEN, ...withFault('setImmediate(() => { Promise.reject(new RangeError("20391755")); });') });
    expect(ended).toEqual({ code: 2, stdout: '', stderr: 'error: the command failed because of a bug (RangeError); please report it\n' });
  });

  test.each<[what: string, damage: (directory: string) => void]>([
    ['a part that is missing', (root) => rmSync(join(root, 'lib', 'cli', 'check.js'))],
    ['a beginning that is missing', (root) => rmSync(join(root, 'lib', 'cli', 'worker.js'))],
    ['everything missing', (root) => rmSync(join(root, 'lib'), { recursive: true })],
  ])('of an installation with %s', async (_, damage) => {
    const damaged = new CommandLine();
    damage(join(damaged.path, '..', '..'));
    const { code, stdout, stderr } = await damaged.call(['check', play(), ...LOGIN], { stdin: SECRET });
    damaged.remove();
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('MODULE_NOT_FOUND') });
  });

  test.each(['process.kill(process.pid, "SIGKILL")', 'process.exit(1)', 'process.exit(0)'])('that leaves no time for a word: %s', async (script) => {
    const ended = await commandLine.call(['check', play(), ...LOGIN], { ...OPEN, ...withFault(`setImmediate(() => ${script});`) });
    expect(ended).toEqual({ code: 2, stdout: '', stderr: '' });
  });
});

describe('--timeout bounds', () => {
  // Without the bound, none of them ever ends.
  test('standard input that does not end', async () => {
    const ended = await commandLine.call(['check', play(), ...LOGIN, '--timeout', '1'], { stdin: '{"username":', keepsInputOpen: true });
    expect(ended).toEqual({ code: 2, stdout: '', stderr: 'error: standard input did not end in time; pipe the password or the JSON, or increase --timeout\n' });
    expect(server.seen).toEqual([]);
  });

  test('standard input and the registry together', async () => {
    const image = play();
    server.play(() => ({ fault: 'hang' }));
    const start = Date.now();
    const late = join(directory, 'late.sh');
    writeFileSync(late, `(sleep 4; printf %s '${SECRET}') | "${commandLine.path}" check ${image} ${LOGIN.join(' ')} --timeout 6`);
    const ended = await promisify(execFile)('sh', [late]).catch((error) => error);
    expect(ended).toMatchObject({ code: 2, stdout: expect.stringMatching(/^REGISTRY_UNAVAILABLE: .*did not answer in time/) });
    // With a time of its own for the registry, it would be 10 seconds and the start.
    expect(Date.now() - start).toBeLessThan(9_500);
  });

  test.each(['--ca-file', '--docker-config'])('a file that does not end: %s', async (option) => {
    const pipe = join(directory, `never${option}.json`);
    execFileSync('mkfifo', [pipe]);
    const ended = await commandLine.call(['check', play(), '--insecure-loopback', option, pipe, '--timeout', '1']);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: `error: ${option} ${pipe} could not be read in time; pass a file, or a pipe that ends\n` });
    expect(server.seen).toEqual([]);
  });

  test('a look-up that hangs, which Node.js waits for even when it exits', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const fault = withFault(`require('node:dns').lookup = () => require('node:fs').open(${JSON.stringify(pipe)}, 'r', () => undefined);`);
    const ended = await commandLine.call(['check', 'registry.example.com/acme/api:1.4.2', '--timeout', '1'], fault);
    expect(ended).toMatchObject({ code: 2, stderr: '', stdout: expect.stringMatching(/^(NO_ROUTE|REGISTRY_UNAVAILABLE): registry\.example\.com /) });
  });

  test('all images together: what is left over says so', async () => {
    const image = play();
    server.play(() => ({ fault: 'hang' }));
    const { code, stdout } = await commandLine.call(['check', image, image.replace('api', 'worker'), ...LOGIN, '--timeout', '1'], { stdin: SECRET });
    expect(code).toBe(2);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^REGISTRY_UNAVAILABLE: .*did not answer in time/),
      expect.stringMatching(/^REGISTRY_UNAVAILABLE: localhost:\d+\/acme\/worker:1\.4\.2 was not checked, because the time was over; increase --timeout$/),
      '',
    ]);
  });
});

test('standard input is read up to a limit', async () => {
  const ended = await commandLine.call(['check', play(), ...LOGIN], { stdin: Buffer.alloc(2 * 1024 * 1024, ' '), keepsInputOpen: true });
  expect(ended).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(/^error: standard input is too long, expected at most 1048576 bytes\n/) });
});

describe('a proxy that is set is named where no server answers', () => {
  test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])('%s', async (variable) => {
    const environment = { [variable]: 'http://bot:20391755@proxy.example.com:3128' };
    const ended = await commandLine.call(['check', 'localhost:1/acme/api:1.4.2', ...LOGIN, '--timeout', '2'], { stdin: SECRET, environment });
    expect(ended).toMatchObject({ code: 2, stdout: expect.stringMatching(new RegExp(`; ${variable} is set, but ignored: this command connects without a proxy\n$`)) });
    expect(ended.stdout).not.toContain('20391755');
  });

  test('and not where one does', async () => {
    const image = play();
    server.play(() => ({ status: 503 }));
    const ended = await commandLine.call(['check', image, ...LOGIN, '--timeout', '2'], { stdin: SECRET, environment: { HTTPS_PROXY: 'http://proxy.example.com' } });
    expect(ended).toMatchObject({ code: 2, stdout: expect.not.stringContaining('HTTPS_PROXY') });
  });
});

// util-linux gives the command a terminal.
(process.platform === 'linux' ? describe : describe.skip)('on a terminal', () => {
  test.each<[what: string, args: string, typed: string, prompt: RegExp]>([
    ['the password is asked for', `--username '${USERNAME}' --password-stdin`, `${PASSWORD}\r`, /^password: \r\nOK: /],
    ['the secret is asked for', '--secret-json-stdin', `${SECRET}\r\x04`, /^JSON of the secret, then Enter and Ctrl\+D: \r\nOK: /],
  ])('%s, and not shown', async (_, args, typed, prompt) => {
    const { code, text } = await onTerminal(`"${commandLine.path}" check ${play()} ${args} --insecure-loopback`, typed);
    expect(text).toMatch(prompt);
    expect(text).not.toContain(PASSWORD);
    expect(code).toBe(0);
  });

  test('--timeout bounds the person as well, and Ctrl+C is no answer', async () => {
    const command = `"${commandLine.path}" check ${play()} --username bot --password-stdin --timeout 1`;
    expect(await onTerminal(command, '')).toMatchObject({ code: 2, text: expect.stringContaining('standard input did not end in time') });
    expect(await onTerminal(command.replace('--timeout 1', ''), '\x03')).toMatchObject({ code: 2, text: expect.not.stringContaining('OK') });
  });
});

/** Types once a prompt is there. */
async function onTerminal(command: string, typed: string): Promise<{ code: number | null; text: string }> {
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: { PATH: process.env.PATH }, stdio: 'pipe' });
  let text = '';
  child.stdout.setEncoding('utf8').once('data', () => child.stdin.write(typed)).on('data', (chunk) => text += chunk);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.destroy();
  return { code, text };
}
