import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine } from '../support/command-line';
import { leaksIn } from '../support/leaks';

const commandLine = new CommandLine();
const directory = mkdtempSync(join(tmpdir(), 'usage-'));
const noCertificate = join(directory, 'none.pem');
const IMAGE = 'ghcr.io/acme/api:1.4.2';
const { version: VERSION } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
const USER = ['--username', 'bot', '--password-stdin'];

beforeAll(() => writeFileSync(noCertificate, 'this is no certificate'));
afterAll(() => {
  rmSync(directory, { recursive: true });
  commandLine.remove();
});

describe('wrong usage is exit code 64, says what is wrong, and never shows a password', () => {
  test.each<[what: string, args: string[], message: RegExp]>([
    ['no command', [], /no command is given, expected check, images or secret-json/],
    ['an unknown command', ['20391755'], /the first argument is not a command/],
    ['an unknown option', ['check', IMAGE, '--registry', 'x'], /: --registry is not an option, expected --help, --username, .*--json\n/],
    ['a password that begins with a dash', ['check', IMAGE, '--username', 'bot', '--20391755'], /: an argument that begins with "-" is not an option/],
    ['an option without its value', ['check', IMAGE, '--timeout'], /--timeout has no value, expected one after it, or after "="/],
    ['an option in place of a value', ['check', IMAGE, '--username', '--password-stdin'], /--username has no value/],
    ['a password as an argument', ['check', IMAGE, '--username', 'bot', '--password', '20391755'], /: --password is not an option: every process .*--password-stdin, or set REGISTRY_PASSWORD/],
    ['a password as an argument with =', ['check', IMAGE, '--username', 'bot', '--password=20391755'], /: --password is not an option: every process/],
    ['a token as an argument', ['check', IMAGE, '--token', '20391755'], /: --token is not an option: every process/],
    ['a short option with a password', ['check', IMAGE, '--username', 'bot', '-p20391755'], /: -p is not an option: every process/],
    ['a short option and a password', ['check', IMAGE, '--username', 'bot', '-p', '20391755'], /: -p is not an option: every process/],
    ['a password as an argument of secret-json', ['secret-json', '--username', 'bot', '--password', '20391755'], /: --password is not an option: every process/],
    ['a value for --password-stdin', ['check', IMAGE, '--username', 'bot', '--password-stdin=20391755'], /--password-stdin has a value, expected none/],
    ['no image', ['check', ...USER], /no image is given, expected at least one/],
    ['two registries and one login', ['check', IMAGE, 'quay.io/acme/api', ...USER], /the images are in ghcr\.io and quay\.io, but one login is for one registry/],
    ['a password after --password-stdin', ['check', 'acme/api', ...USER, '20391755'], /image 2 is not valid, and not shown because it can be a password/],
    ['a password that is no image after an image', ['check', IMAGE, 'Abc/20391755', ...USER], /image 2 is not valid, and not shown/],
    ['a password before an image', ['check', ...USER, '20391755', IMAGE], /image 1 is not valid, and not shown/],
    ['another name for a password', ['check', IMAGE, '--registry-password=20391755'], /: --registry-password is not an option: every process/],
    ['a password in place of the image', ['check', '20391755&X', ...USER], /: the image is not valid, and not shown because it can be a password; write it like ghcr\.io/],
    ['a password of letters in place of the image', ['check', 'X20391755', ...USER], /: the image is not valid, and not shown/],
    ['a password with a slash in place of the image', ['check', 'a/20391755+b==', ...USER], /: the image is not valid, and not shown/],
    ['a password with blanks in place of the image', ['check', 'open: 20391755', ...USER], /: the image is not valid, and not shown/],
    ['an image in ECR', ['check', '111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:1', ...USER], /is in Amazon ECR, .*without credentials; use ecs\.ContainerImage\.fromEcrRepository\(\)/],
    ['an image in ECR without a login', ['check', IMAGE, '111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:1'], /is in Amazon ECR/],
    ['an image that is none', ['check', 'ghcr.io/Acme/api', ...USER], /image repository must be in lower case/],
    ['an image with a password', ['check', 'https://bot:20391755@ghcr.io/acme/api', ...USER], /must not contain a user name or password/],
    ['an empty image', ['check', '', ...USER], /must not be empty/],
    ['a platform that is none', ['check', IMAGE, '--platform', 'arm64', ...USER], /platform must be <os>\/<architecture>, got "arm64"/],
    ['two platforms', ['check', IMAGE, '--platform', 'linux/amd64,arm64', ...USER], /platform must be <os>\/<architecture>, got "linux\/amd64,arm64", expected one such as/],
    ['a platform with a typing error', ['check', IMAGE, '--platform', 'linux/amd46', ...USER], /got "linux\/amd46"/],
    ['a platform with a blank', ['check', IMAGE, '--platform', 'linux/amd64 ', ...USER], /got "linux\/amd64 "/],
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
    ['an option of check for secret-json', ['secret-json', '--platform', 'linux/amd64', ...USER], /: --platform is not an option, expected --help, --username, --password-stdin, --host, --expires-on, --update\n/],
    ['the secret for secret-json', ['secret-json', '--secret-json-stdin'], /: --secret-json-stdin is not an option, expected --help, --username, --password-stdin, --host, --expires-on, --update\n/],
    ['no user name for secret-json', ['secret-json', '--password-stdin'], /no user name is given, expected --username\n/],
    ['a host that is none', ['secret-json', ...USER, '--host', 'https://ghcr.io'], /--host is not a host/],
    ['a host that no image can have', ['secret-json', ...USER, '--host', 'ghcr.io.'], /--host is not a host/],
    ['a word in place of a host', ['secret-json', ...USER, '--host', 'ghcr'], /--host is not a host/],
    ['days that are no number', ['check', IMAGE, '--min-days', 'soon', ...USER], /--min-days is "soon", expected a whole number of days/],
    ['negative days', ['check', IMAGE, '--min-days=-1', ...USER], /--min-days is "-1"/],
    ['no days', ['check', IMAGE, '--min-days', '', ...USER], /--min-days is ""/],
    ['a date that is none', ['secret-json', ...USER, '--expires-on', '20391755'], /--expires-on has a form that is not accepted, expected a day \(2027-03-31/],
    ['a date in another order', ['secret-json', ...USER, '--expires-on', '31.03.2027'], /--expires-on has a form that is not accepted/],
    ['a day that does not exist', ['secret-json', ...USER, '--expires-on', '2027-02-31'], /--expires-on is a day or a time that does not exist/],
    ['no date', ['secret-json', ...USER, '--expires-on', ''], /--expires-on has a form/],
    ['the password and the old JSON on one standard input', ['secret-json', '--update', '--password-stdin'], /standard input cannot be the old JSON and the password; pass --update with a file/],
    ['an old JSON that is not there', ['secret-json', '--update', '/nowhere/old.json', '--password-stdin'], /the file of --update cannot be read \(ENOENT\)/],
    ['an old JSON in a file of any name', ['secret-json', '--update', 'nowhere.txt', '--password-stdin'], /the file of --update cannot be read \(ENOENT\)/],
    ['the old JSON after the option', ['secret-json', '--update', '{"password":"20391755"}', '--password-stdin'], /^error: the file of --update cannot be read \(ENOENT\)\n/],
    ['the old JSON in place of its file', ['secret-json', '--update={"password":"20391755"}', '--password-stdin'], /^error: the file of --update cannot be read \(ENOENT\)\n/],
    ['two sources of the login', ['check', IMAGE, '--docker-config', ...USER], /--docker-config already has the logins; omit --username/],
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

test.each([['an empty input', ''], ['only a line break', '\n'], ['no input at all', null]])('no secret, because what should print it failed: %s', async (_, stdin) => {
  const { code, stdout, stderr } = await commandLine.call(['check', IMAGE, '--secret-json-stdin', '--json'], { stdin });
  expect({ code, stdout, stderr }).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(/^error: standard input is empty, which no secret is, expected its JSON; see why/) });
});

test('a password in the environment needs its user name', async () => {
  const ended = await commandLine.call(['check', IMAGE], { environment: { REGISTRY_PASSWORD: '20391755' } });
  expect(ended).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(/REGISTRY_PASSWORD is set, but no user name is given, expected --username/) });
});

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const SECRET = '{"username":"bot","password":"20391755"}';
const ANSWER = { ARN, Name: 'ghcr/pull', VersionId: '7f3e', SecretString: SECRET, VersionStages: ['AWSCURRENT'], CreatedDate: '2026-11-26T10:00:00+01:00' };

describe('the whole answer of aws secretsmanager get-secret-value is wrong usage', () => {
  test.each<[form: string, text: string]>([
    ['JSON', JSON.stringify(ANSWER, undefined, 4)],
    ['JSON of a binary secret', JSON.stringify({ ARN, Name: 'ghcr/pull', SecretBinary: 'MjAzOTE3NTU=' })],
    ['JSON with some of the fields', JSON.stringify({ SecretString: SECRET })],
    ['JSON of several secrets', JSON.stringify({ SecretValues: [ANSWER], Errors: [] })],
    ['JSON of describe-secret', JSON.stringify({ ARN, Name: 'ghcr/pull' })],
    ['--query SecretString without --output text', `${JSON.stringify(SECRET)}\n`],
    ['--query SecretString with --output yaml', `'${SECRET}'\n`],
    ['--query SecretString with --output yaml, folded', '\'{"username": "bot",\n\n  "password": "20391755"}\'\n'],
    ['--query SecretString with --output yaml, escaped', '"{\\"username\\": \\"bot\\",\\\n  \\ \\"password\\": \\"20391755\\"}"\n'],
    ['--query SecretString with --output yaml-stream', `- '${SECRET}'\n`],
    ['text', `${ARN}\t2026-11-26T10:00:00+01:00\tghcr/pull\t${SECRET}\t7f3e\nVERSIONSTAGES\tAWSCURRENT\n`],
    ['yaml', `ARN: ${ARN}\nCreatedDate: '2026-11-26T10:00:00+01:00'\nName: ghcr/pull\nSecretString: '${SECRET}'\nVersionId: 7f3e\nVersionStages:\n- AWSCURRENT\n`],
    ['yaml-stream', `- ARN: ${ARN}\n  Name: ghcr/pull\n  SecretString: '${SECRET}'\n`],
    ['a table', `--------\n|  GetSecretValue  |\n+------+\n|  ARN  |  ${ARN}  |\n|  SecretString  |  ${SECRET}  |\n`],
    ['the list of PowerShell', `ARN          : ${ARN}\r\nName         : ghcr/pull\r\nSecretString : ${SECRET}\r\n`],
  ])('as %s', async (form, stdin) => {
    const calls = [['check', IMAGE, '--secret-json-stdin'], ['check', IMAGE, ...USER], ['secret-json', ...USER]];
    for (const args of form === 'JSON' ? calls : calls.slice(0, 1)) {
      const { code, stdout, stderr } = await commandLine.call(args, { stdin });
      expect({ code, stdout, stderr }).toEqual({
        code: 64, stdout: '', stderr: expect.stringMatching(/^error: .*expected the secret alone; use aws secretsmanager get-secret-value --secret-id NAME --query SecretString --output text/),
      });
      expect(leaksIn(stderr, ['20391755'])).toEqual([]);
    }
  });

  test('the JSON of a secret is no password', async () => {
    expect(await commandLine.call(['secret-json', ...USER], { stdin: SECRET })).toMatchObject({ code: 64, stderr: expect.stringContaining('--secret-json-stdin') });
  });

  test('a password can be JSON: a key of Google', async () => {
    const key = JSON.stringify({ type: 'service_account', private_key: 'x', client_email: 'bot@acme.iam.gserviceaccount.com' });
    const ended = await commandLine.call(['secret-json', '--username', '_json_key', '--password-stdin'], { stdin: key });
    expect(ended).toEqual({ code: 0, stderr: '', stdout: `${JSON.stringify({ username: '_json_key', password: key })}\n` });
  });
});

test.each<[what: string, input: Buffer]>([
  ['a byte order mark', Buffer.from(`\uFEFF${SECRET}`)],
  ['UTF-16', Buffer.from(SECRET, 'utf16le')],
  ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${SECRET}`, 'utf16le')],
])('what PowerShell makes of a secret is wrong usage, since it says nothing about the secret: %s', async (_, stdin) => {
  const file = join(directory, 'secret.json');
  writeFileSync(file, stdin);
  for (const args of [['check', IMAGE, '--secret-json-stdin'], ['secret-json', ...USER], ['secret-json', '--update', file, '--username', 'bot']]) {
    const { code, stdout, stderr } = await commandLine.call(args, { stdin, environment: { REGISTRY_PASSWORD: 'x' } });
    expect({ code, stdout, stderr }).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(/^error: .* is not text in UTF-8, or begins with a byte order mark, .*; use PowerShell 7/) });
  }
});

test.each([
  ['--docker-config={"auths":{"ghcr.io":{"auth":"20391755"}}}'], ['--docker-config', './{"auths":{"ghcr.io":{"auth":"20391755"}}}'],
  ['--docker-config=eyJhdXRocyI6eyJnaGNyLmlvIjp7ImF1dGgiOiIyMDM5MTc1NSJ9fX0='], ['--ca-file=-----BEGIN PRIVATE KEY-----\n20391755\n-----END PRIVATE KEY-----\n'],
])('the content in place of a file is not shown: %s', async (...args) => {
  const { code, stdout, stderr } = await commandLine.call(['check', IMAGE, ...args]);
  expect({ code, stdout, stderr }).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(/^error: --(docker-config|ca-file) \(its value is not shown, because it can be the content instead of a file\) cannot be read \(\w+\)\n/) });
});

test('--version is that of the package', async () => {
  expect(await commandLine.call(['--version'])).toEqual({ code: 0, stderr: '', stdout: `${VERSION}\n` });
});

describe('--help', () => {
  test.each([[['--help']], [['-h']], [['check', '--help']], [['secret-json', '-h']]])('%p shows the usage', async (args) => {
    const { code, stdout, stderr } = await commandLine.call(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: cdk-private-registry check <image>\.\.\. /);
    for (const option of ['username', 'password-stdin', 'secret-json-stdin', 'host', 'docker-config', 'platform', 'auth-host', 'ca-file', 'allow-private-networks', 'timeout', 'insecure-loopback', 'json', 'app', 'secret-json', 'require', 'min-days', 'no-ask-expiry', 'expires-on', 'update']) {
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
    const bound = await commandLine.call(['secret-json', ...USER, '--host', 'ghcr.io', '--host', 'registry.example.com:5050'], { stdin: 'p4ss' });
    expect(JSON.parse(bound.stdout)).toEqual({ username: 'bot', password: 'p4ss', hosts: ['ghcr.io', 'registry.example.com:5050'] });
    const ended = await commandLine.call(['secret-json', '--username', 'bot'], { environment: { REGISTRY_PASSWORD: 'p4ss' } });
    expect(ended).toEqual({ code: 0, stderr: '', stdout: '{"username":"bot","password":"p4ss"}\n' });
  });

  test('declares when the credentials expire', async () => {
    const ended = await commandLine.call(['secret-json', ...USER, '--expires-on', '2027-03-31'], { stdin: 'p4ss' });
    expect(ended).toEqual({ code: 0, stderr: '', stdout: '{"username":"bot","password":"p4ss","expiresOn":"2027-03-31"}\n' });
  });

  const OLD = { username: 'bot', password: 'old-pass', hosts: ['ghcr.io'], expiresOn: '2026-12-09', team: { id: 7 } };

  test.each<[what: string, old: object, args: string[], password: string, updated: object]>([
    ['the hosts and all other keys are kept, but not the date of the old token', OLD, [], 'new-pass', { username: 'bot', password: 'new-pass', hosts: ['ghcr.io'], team: { id: 7 } }],
    ['a new date', OLD, ['--expires-on', '2027-12-09'], 'new-pass', { ...OLD, password: 'new-pass', expiresOn: '2027-12-09' }],
    ['the date is kept with the token', OLD, ['--host', 'ghcr.io', '--host', 'api.github.com'], 'old-pass', { ...OLD, hosts: ['ghcr.io', 'api.github.com'] }],
    ['another user', OLD, ['--username', 'bot2', '--expires-on', '2027-12-09'], 'new-pass', { ...OLD, username: 'bot2', password: 'new-pass', expiresOn: '2027-12-09' }],
    ['keys in another case, which ECS reads as well', { Username: 'bot', PASSWORD: 'old-pass', ExpiresOn: '2026-12-09', Hosts: [] }, [], 'new-pass', { username: 'bot', password: 'new-pass', Hosts: [] }],
  ])('updates an old JSON: %s', async (_, old, args, password, updated) => {
    writeFileSync(join(directory, 'old.json'), JSON.stringify(old));
    const fromFile = await commandLine.call(['secret-json', '--update', join(directory, 'old.json'), '--password-stdin', ...args], { stdin: `${password}\n` });
    const fromInput = await commandLine.call(['secret-json', '--update', ...args], { stdin: JSON.stringify(old), environment: { REGISTRY_PASSWORD: password } });
    for (const { code, stdout, stderr } of [fromFile, fromInput]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual(updated);
    }
  });

  test('updates an old JSON without a change to what it keeps', async () => {
    const kept = '"id":12345678901234567890,"rate":1.50,"huge":1e400,"text":"a \\"7\\" 12345678901234567890","__proto__":{"list":[-0.0,{"n":9007199254740993}]}';
    const { code, stdout } = await commandLine.call(['secret-json', '--update'], {
      stdin: `{"password":"old-pass",${kept},"username":"bot"}`, environment: { REGISTRY_PASSWORD: 'new-pass' },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `{"username":"bot","password":"new-pass",${kept}}\n` });
  });

  test.each<[what: string, old: string, message: RegExp]>([
    ['nothing, as a shell leaves it that writes to the file it reads', '', /the file of --update is empty, which no secret is/],
    ['the placeholder', '{"username":"REPLACE-ME","password":"REPLACE-ME"}', /the JSON of --update still holds the placeholder/],
    ['text', 'bot:20391755', /the JSON of --update is not a JSON object, it looks like user:password/],
    ['the whole answer', '{"ARN":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:x","SecretString":"{\\"password\\":\\"20391755\\"}"}', /got the whole answer of Secrets Manager/],
  ])('does not update %s', async (_, old, message) => {
    writeFileSync(join(directory, 'old.json'), old);
    const { code, stdout, stderr } = await commandLine.call(['secret-json', '--update', join(directory, 'old.json'), '--password-stdin'], { stdin: 'new-pass' });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(message);
    expect(leaksIn(stderr, ['20391755', 'new-pass'])).toEqual([]);
  });

  test('does not update without a password: the old one is not stored again as a new one', async () => {
    const { code, stderr } = await commandLine.call(['secret-json', '--update', '--expires-on', '2027-12-09'], { stdin: JSON.stringify(OLD) });
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining('no password is given') });
  });

  test.each([['a password that is not UTF-8', Buffer.from([0x70, 0xff, 0xfe])], ['a password with a control character', 'p4\u0007ss']])('refuses %s', async (_, stdin) => {
    const { code, stdout, stderr } = await commandLine.call(['secret-json', ...USER], { stdin });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/^error: /);
  });
});
