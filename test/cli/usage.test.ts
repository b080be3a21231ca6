import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine } from '../support/command-line';
import { leaksIn } from '../support/leaks';

const commandLine = new CommandLine();
const directory = mkdtempSync(join(tmpdir(), 'usage-'));
const noCertificate = join(directory, 'none.pem');
const IMAGE = 'ghcr.io/acme/api:1.4.2';
const USER = ['--username', 'bot', '--password-stdin'];

beforeAll(() => writeFileSync(noCertificate, 'this is no certificate'));
afterAll(() => {
  rmSync(directory, { recursive: true });
  commandLine.remove();
});

describe('wrong usage is exit code 64, says what is wrong, and never shows a password', () => {
  test.each<[what: string, args: string[], message: RegExp]>([
    ['no command', [], /no command is given, expected check or secret-json/],
    ['an unknown command', ['20391755'], /the first argument is not a command/],
    ['an unknown option', ['check', IMAGE, '--registry', 'x'], /'--registry'/],
    ['a password as an argument', ['check', IMAGE, '--username', 'bot', '--password', '20391755'], /'--password'/],
    ['a password as an argument with =', ['check', IMAGE, '--username', 'bot', '--password=20391755'], /'--password'/],
    ['a short option with a password', ['check', IMAGE, '--username', 'bot', '-p20391755'], /unknown option/i],
    ['a value for --password-stdin', ['check', IMAGE, '--username', 'bot', '--password-stdin=20391755'], /--password-stdin/],
    ['no image', ['check', ...USER], /expected one image, got none/],
    ['two images', ['check', IMAGE, '20391755', ...USER], /expected one image, got 2/],
    ['an image that is none', ['check', 'ghcr.io/Acme/api', ...USER], /image repository must be in lower case/],
    ['an image with a password', ['check', 'https://bot:20391755@ghcr.io/acme/api', ...USER], /must not contain a user name or password/],
    ['an empty image', ['check', '', ...USER], /must not be empty/],
    ['a platform that is none', ['check', IMAGE, '--platform', 'arm64', ...USER], /platform must be <os>\/<architecture>, got "arm64"/],
    ['an empty platform', ['check', IMAGE, '--platform', '', ...USER], /platform/],
    ['no CA file', ['check', IMAGE, '--ca-file', '/nowhere/ca.pem', ...USER], /\/nowhere\/ca\.pem/],
    ['an empty CA file name', ['check', IMAGE, '--ca-file', '', ...USER], /ca-file/],
    ['a CA file without a certificate', ['check', IMAGE, '--ca-file', noCertificate, ...USER], /--ca-file has no certificate/],
    ['a timeout that is no number', ['check', IMAGE, '--timeout', 'soon', ...USER], /--timeout is "soon", expected a number of seconds/],
    ['no time', ['check', IMAGE, '--timeout', '0', ...USER], /--timeout is "0"/],
    ['a negative timeout', ['check', IMAGE, '--timeout=-5', ...USER], /--timeout is "-5"/],
    ['a timeout without end', ['check', IMAGE, '--timeout', 'Infinity', ...USER], /--timeout is "Infinity"/],
    ['an auth host that is none', ['check', IMAGE, '--auth-host', 'https://auth.example.com/token', ...USER], /--auth-host/],
    ['no user name', ['check', IMAGE, '--password-stdin'], /no user name is given/],
    ['an empty user name', ['check', IMAGE, '--username', '', '--password-stdin'], /no user name is given/],
    ['no password', ['check', IMAGE, '--username', 'bot'], /no password is given, expected it on standard input with --password-stdin, or in REGISTRY_PASSWORD/],
    ['two ways to give credentials', ['check', IMAGE, '--secret-json-stdin', '--username', 'bot'], /omit --username and --password-stdin/],
    ['an image for secret-json', ['secret-json', IMAGE, ...USER], /secret-json accepts only/],
    ['an option of check for secret-json', ['secret-json', '--platform', 'linux/amd64', ...USER], /'--platform'/],
    ['the secret for secret-json', ['secret-json', '--secret-json-stdin'], /'--secret-json-stdin'/],
    ['no user name for secret-json', ['secret-json', '--password-stdin'], /no user name is given/],
    ['a user name with a colon', ['secret-json', '--username', 'bot:x', '--password-stdin'], /colon/],
  ])('%s', async (_, args, message) => {
    const stdin = args.includes('--password-stdin') ? '20391755\n' : '';
    const { code, stdout, stderr } = await commandLine.call(args, { stdin });
    expect({ code, stdout, stderr }).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(message) });
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^error: /), 'run "cdk-private-registry --help" for the usage']);
    expect(leaksIn(stderr, ['20391755'])).toEqual([]);
  });

  test.each([['an empty input', ''], ['only a line break', '\n'], ['no input at all', null]])('no password: %s', async (_, stdin) => {
    expect(await commandLine.call(['check', IMAGE, ...USER], { stdin })).toMatchObject({ code: 64, stderr: expect.stringContaining('no password is given') });
  });
});

describe('--help', () => {
  test.each([[['--help']], [['-h']], [['check', '--help']], [['secret-json', '-h']]])('%p shows the usage', async (args) => {
    const { code, stdout, stderr } = await commandLine.call(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: cdk-private-registry check <image>/);
    for (const option of ['username', 'password-stdin', 'secret-json-stdin', 'platform', 'auth-host', 'ca-file', 'allow-private-networks', 'timeout', 'insecure-loopback', 'json']) {
      expect(stdout).toContain(`--${option} `);
    }
  });
});

describe('secret-json', () => {
  test.each<[username: string, password: string]>([
    ['robot$team+puller', 'p4ss'],
    ['1234567|acme-puller', 'p4ss'],
    ['$oauthtoken', 'quote " backslash \\ slash / dollar $HOME `id`'],
    ['jürgen', 'pässwörd-密码-🔑'],
    ['bot', ' blanks at both ends '],
    ['bot', Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')],
  ])('prints exactly the JSON to store for %s', async (username, password) => {
    for (const options of [{ stdin: `${password}\n` }, { stdin: password }]) {
      const ended = await commandLine.call(['secret-json', '--username', username, '--password-stdin'], options);
      expect(ended).toEqual({ code: 0, stderr: '', stdout: `${JSON.stringify({ username, password })}\n` });
    }
  });

  test('takes the password from the environment', async () => {
    const ended = await commandLine.call(['secret-json', '--username', 'bot'], { environment: { REGISTRY_PASSWORD: 'p4ss' } });
    expect(ended).toEqual({ code: 0, stderr: '', stdout: '{"username":"bot","password":"p4ss"}\n' });
  });

  test.each([['a password that is not UTF-8', Buffer.from([0x70, 0xff, 0xfe])], ['a password with a control character', 'p4\u0007ss']])('refuses %s', async (_, stdin) => {
    const { code, stdout, stderr } = await commandLine.call(['secret-json', ...USER], { stdin });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/^error: /);
  });
});
