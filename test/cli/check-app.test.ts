import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { CallOptions, CommandLine, Ended } from '../support/command-line';
import { leaksIn } from '../support/leaks';
import { IMAGE, imageFor, PASSWORD, Quirks, registry, TOKEN, USERNAME } from '../support/registry-script';
import { errors, startScriptedServer, ScriptedServer } from '../support/scripted-registry';
import { CHECKED, ENV, newApp, SECRET_ARN } from '../support/synth';
import { CREDENTIALS, defineTask } from '../support/tasks';

const commandLine = new CommandLine();
const directory = mkdtempSync(join(tmpdir(), 'check-app-'));
const secretFile = join(directory, 'secret.json');
const dockerConfig = join(directory, 'config.json');
const wrongFile = join(directory, 'wrong.json');
const SECRET = JSON.stringify({ username: USERNAME, password: PASSWORD });
const REFUSED = errors(401, 'UNAUTHORIZED', 'incorrect username or password');
const OPEN: Quirks = { token: ({ authorization }) => (authorization === undefined ? { body: JSON.stringify({ token: TOKEN }) } : undefined) };
const OTHER = RegistryCredentials.fromSecretCompleteArn('arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-d4E5f6');
let server: ScriptedServer;
let host: string;

beforeAll(async () => {
  server = await startScriptedServer();
  host = `localhost:${server.port}`;
  writeFileSync(secretFile, `${SECRET}\n`);
  writeFileSync(wrongFile, JSON.stringify({ username: 'other', password: 'wr0ng-20391755' }));
  writeFileSync(dockerConfig, JSON.stringify({ auths: { [host]: { username: USERNAME, password: PASSWORD } } }));
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
  commandLine.remove();
});

function play(quirks: Quirks = {}, image?: Parameters<typeof registry>[2]): void {
  server.play(registry(host, { challenge: `Bearer realm="http://${host}/token",service="local"`, ...quirks }, image));
}

let count = 0;
/** The directory of an app with these tasks. */
function appWith(define: (stack: Stack) => void): string {
  const app = newApp(CHECKED, { outdir: join(directory, `app-${count++}`) });
  define(new Stack(app, 'Main', { env: ENV }));
  app.synth();
  return app.outdir;
}

const image = (name: string) => `${host}/acme/${name}:1`;
const own = (name: string, credentials = CREDENTIALS, options = {}) => (
  new PrivateRegistryImage(image(name), { credentials, provider: RegistryProvider.custom(host, options) })
);
const raw = (name: string) => ecs.ContainerImage.fromRegistry(image(name));

async function check(app: string, args: readonly string[] = [], options: CallOptions = {}): Promise<Ended & { lines: string[] }> {
  const ended = await commandLine.call(['check', '--app', app, '--insecure-loopback', ...args], options);
  expect(leaksIn(ended.stdout + ended.stderr, [USERNAME, PASSWORD, TOKEN, '20391755'])).toEqual([]);
  return { ...ended, lines: ended.stdout.trimEnd().split('\n') };
}

const withSecret = (file: string = secretFile) => ['--secret-json', `${host}=${file}`];
const authorized = () => server.seen.filter(({ authorization }) => authorization?.startsWith('Basic'));

describe('with the secret of the tasks', () => {
  test('all images are asked for, each once, and the exit code is 0', async () => {
    const app = appWith((stack) => {
      defineTask(stack, own('api'), {}, 'Api');
      defineTask(stack, own('api'), {}, 'Again');
      defineTask(stack, own('web'), {}, 'Web');
    });
    play();
    const { code, lines, stderr } = await check(app, withSecret());
    expect(stderr).toBe('');
    expect(lines).toEqual([
      expect.stringMatching(`^OK: ${image('api')} can be pulled with the JSON given for ${host} \\(sha256:.*linux/amd64\\)$`),
      expect.stringMatching(`^OK: ${image('web')} `),
    ]);
    expect(code).toBe(0);
  });

  test('the platform is that of each task, and the line names what pulls the image', async () => {
    const runtimePlatform = { cpuArchitecture: ecs.CpuArchitecture.ARM64 };
    const app = appWith((stack) => {
      defineTask(stack, own('api'), { runtimePlatform }, 'Arm');
      defineTask(stack, raw('api'), { runtimePlatform }, 'RawArm');
      defineTask(stack, raw('api'), {}, 'Raw');
    });
    play(OPEN, imageFor('amd64'));
    const { code, lines } = await check(app, withSecret());
    expect(lines).toEqual([
      expect.stringMatching(/^PLATFORM_MISSING: .*linux\/arm64.*; pulled by Main\/Arm \(app\)$/),
      expect.stringMatching(/^PLATFORM_MISSING: .*linux\/arm64.*; pulled by Main\/RawArm \(app\)$/),
      expect.stringMatching(/^PUBLIC_IMAGE: .*linux\/amd64/),
    ]);
    expect(code).toBe(1);
  });

  test('the token service is that of the check', async () => {
    const authHost = `127.0.0.1:${server.port}`;
    play({ challenge: `Bearer realm="http://${authHost}/token",service="local"` });
    const app = (options: object) => appWith((stack) => defineTask(stack, own('api', CREDENTIALS, options)));
    expect(await check(app({ authHost }), withSecret())).toMatchObject({ code: 0 });
    expect(await check(app({}), withSecret())).toMatchObject({ code: 2, stdout: expect.stringMatching(/^REALM_NOT_TRUSTED/) });
    expect(await check(app({}), [...withSecret(), '--auth-host', authHost])).toMatchObject({ code: 0 });
  });

  test('references to the check are followed', async () => {
    const app = appWith((stack) => defineTask(stack, new PrivateRegistryImage(image('api'), { credentials: RegistryCredentials.fromSecretName('pull'), pinDigest: true })));
    play();
    expect(await check(app, withSecret())).toMatchObject({ code: 0, stdout: expect.stringMatching(`^OK: ${image('api')} `) });
  });

  test('a login that was refused is not sent again', async () => {
    const app = appWith((stack) => ['api', 'web', 'worker'].forEach((name) => defineTask(stack, own(name), {}, name)));
    play({ login: () => REFUSED, token: () => REFUSED });
    const { code, lines } = await check(app, withSecret());
    expect(lines.map((line) => line.split(':')[0])).toEqual(Array(3).fill('CREDENTIALS_REJECTED'));
    expect(code).toBe(1);
    expect(authorized()).toHaveLength(1);
  });

  test('the file can be standard input', async () => {
    play();
    const app = appWith((stack) => defineTask(stack, own('api')));
    expect(await check(app, withSecret('-'), { stdin: SECRET })).toMatchObject({ code: 0 });
  });

  test.each([['SECRET_MALFORMED', '{}'], ['SECRET_PLACEHOLDER', '{"username":"REPLACE-ME","password":"REPLACE-ME"}']])('a secret that ECS cannot read is a definite no: %s', async (verdict, json) => {
    play();
    const app = appWith((stack) => defineTask(stack, own('api')));
    expect(await check(app, withSecret('-'), { stdin: json })).toMatchObject({ code: 1, stdout: expect.stringMatching(`^${verdict}: `) });
    expect(server.seen).toEqual([]);
  });

  test('several secrets of one host are told apart by their names', async () => {
    const app = appWith((stack) => {
      defineTask(stack, own('api'), {}, 'Api');
      defineTask(stack, own('web', OTHER), {}, 'Web');
    });
    play();
    const one = await check(app, withSecret(wrongFile));
    expect(one.stderr).toMatch(`warning: ${host} has several secrets in this app, and one login is tried for all`);
    expect(one.lines).toEqual(Array(2).fill(expect.stringMatching(/^CREDENTIALS_REJECTED: .*; the app has several secrets for this host; pulled by/)));
    expect(one.code).toBe(2);
    const both = await check(app, [...withSecret(wrongFile), '--secret-json', `${SECRET_ARN}=${secretFile}`]);
    expect(both.lines).toEqual([expect.stringMatching(/^OK: /), expect.stringMatching(/^CREDENTIALS_REJECTED: /)]);
    expect(both).toMatchObject({ code: 1, stderr: '' });
  });

  test('names of secrets and of files can have an equals sign', async () => {
    const app = appWith((stack) => {
      defineTask(stack, own('api', RegistryCredentials.fromSecretName('team=a/pull')), {}, 'Api');
      defineTask(stack, own('web', OTHER), {}, 'Web');
    });
    const file = join(directory, 'a=b.json');
    writeFileSync(file, SECRET);
    play();
    expect(await check(app, ['--secret-json', `team=a/pull=${file}`, ...withSecret(file)])).toMatchObject({ code: 0, stderr: '' });
  });

  test('a name is that of another secret in each account and Region', async () => {
    const app = newApp(CHECKED, { outdir: join(directory, 'environments') });
    const byName = own('api', RegistryCredentials.fromSecretName('pull'));
    ['eu-west-1', 'eu-west-2'].forEach((region) => defineTask(new Stack(app, region, { env: { ...ENV, region } }), byName));
    app.synth();
    play();
    for (const key of [host, 'pull']) {
      expect(await check(app.outdir, ['--secret-json', `${key}=${wrongFile}`])).toMatchObject({ code: 2, stdout: expect.stringMatching(/^CREDENTIALS_REJECTED: .*several.*secret/) });
      expect(await check(app.outdir, ['--secret-json', `${key}=${secretFile}`])).toMatchObject({ code: 0 });
    }
  });

  test.each<[code: number, secrets: object[]]>([
    [1, [{ 'Fn::ImportValue': 'a' }, { 'Fn::ImportValue': 'a' }]],
    [2, [{ 'Fn::ImportValue': 'a' }, { 'Fn::ImportValue': 'b' }]],
    [2, [{ 'Fn::FindInMap': ['Secrets', { Ref: 'A' }, 'arn'] }, { 'Fn::FindInMap': ['Secrets', { Ref: 'B' }, 'arn'] }]],
  ])('the exit code of a refusal is %i for the secrets %j', async (code, secrets) => {
    const app = appWith((stack) => secrets.forEach((secret, index) => {
      const task = defineTask(stack, raw('api'), {}, `Task${index}`).node.defaultChild as ecs.CfnTaskDefinition;
      task.addPropertyOverride('ContainerDefinitions.0.RepositoryCredentials.CredentialsParameter', secret);
    }));
    play();
    expect(await check(app, withSecret(wrongFile))).toMatchObject({ code, stdout: expect.stringMatching(/^CREDENTIALS_REJECTED: /) });
  });
});

describe('without a login', () => {
  test('an image with a secret is not asked for, and nothing is certain', async () => {
    play();
    const { code, lines } = await check(appWith((stack) => defineTask(stack, own('api'))));
    expect(lines).toEqual([`NOT_CHECKED: ${image('api')} was not checked: it has a secret, and no login was given; pass --secret-json ${host}=FILE; pulled by Main/Task (app)`]);
    expect(code).toBe(2);
    expect(server.seen).toEqual([]);
  });

  test('an image without credentials is asked for without, and gets no login of another', async () => {
    const app = appWith((stack) => defineTask(stack, raw('api')));
    play(OPEN);
    expect(await check(app)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^PUBLIC_IMAGE: /) });
    play();
    const ended = await check(app, withSecret());
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/^PULL_DENIED: .*; pulled by Main\/Task \(app\)\n$/) });
    expect(ended.stderr).toBe(`warning: --secret-json ${host} is not used: no image of this app is pulled from there with a secret\n`);
    expect(authorized()).toEqual([]);
  });

  test('an instance can have a login, so that its images are no definite no', async () => {
    play();
    const app = appWith((stack) => new ecs.Ec2TaskDefinition(stack, 'Task').addContainer('app', { image: raw('api'), memoryLimitMiB: 64 }));
    expect(await check(app)).toMatchObject({ code: 2, stdout: expect.stringMatching(/^PULL_DENIED: .*ECS_ENGINE_AUTH_DATA/) });
  });

  test('what only the deployment knows is not certain', async () => {
    const app = appWith((stack) => {
      defineTask(stack, ecs.ContainerImage.fromRegistry(`${host}/acme/api:${new CfnParameter(stack, 'Tag').valueAsString}`), {}, 'Tagged');
      const task = defineTask(stack, raw('rare'), {}, 'Rare').node.defaultChild as ecs.CfnTaskDefinition;
      task.addOverride('Condition', 'IsRare');
    });
    const changed = appWith((stack) => {
      defineTask(stack, raw('api'));
      stack.addTransform('Company');
    });
    play();
    const { code, lines } = await check(app);
    expect(lines).toEqual([
      `NOT_CHECKED: ${host}/acme/api:\${Tag} was not checked: only the deployment knows its whole name; pulled by Main/Tagged (app)`,
      expect.stringMatching(/^PULL_DENIED: .*; only the deployment knows whether this is pulled; pulled by Main\/Rare \(app\)$/),
    ]);
    expect(code).toBe(2);
    expect(await check(changed)).toMatchObject({ code: 2, stdout: expect.stringMatching(/^PULL_DENIED: .*; only the deployment knows whether this is pulled/) });
  });

  test('an app without such images is a yes', async () => {
    expect(await check(appWith(() => undefined))).toMatchObject({ code: 0, stdout: '', stderr: 'no image of this app needs a check\n' });
  });
});

describe('--docker-config', () => {
  test('says that other credentials were tried, with which a no is not definite', async () => {
    const app = appWith((stack) => defineTask(stack, own('api')));
    play();
    expect(await check(app, ['--docker-config', dockerConfig])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^OK: .*; the secret of the tasks was not read\n$/) });
    play({ manifest: () => errors(403, 'DENIED') });
    expect(await check(app, ['--docker-config', dockerConfig])).toMatchObject({
      code: 2, stdout: expect.stringMatching(/^PULL_DENIED: .*; the tasks can have other credentials than those that were tried; pulled by/),
    });
    play({}, imageFor('arm64'));
    expect(await check(app, ['--docker-config', dockerConfig])).toMatchObject({ code: 1, stdout: expect.stringMatching(/^PLATFORM_MISSING: /) });
  });

  test('without a login for the host, an image with a secret is not asked for', async () => {
    writeFileSync(join(directory, 'empty.json'), '{}');
    play();
    const ended = await check(appWith((stack) => defineTask(stack, own('api'))), ['--docker-config', join(directory, 'empty.json')]);
    expect(ended).toMatchObject({ code: 2, stdout: expect.stringMatching(/^NOT_CHECKED: .*--docker-config has no login for localhost/) });
    expect(server.seen).toEqual([]);
  });
});

test('--json prints one line for each image, with what pulls it', async () => {
  const app = appWith((stack) => {
    defineTask(stack, own('api'), {}, 'Api');
    defineTask(stack, own('api'), {}, 'Again');
    defineTask(stack, ecs.ContainerImage.fromRegistry(new CfnParameter(stack, 'Image').valueAsString), {}, 'Any');
  });
  play();
  const { lines } = await check(app, [...withSecret(), '--json']);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { verdict: 'OK', kind: 'yes', image: image('api'), digest: IMAGE.digest, message: expect.any(String), consumers: ['Main/Api (app)', 'Main/Again (app)'] },
    { verdict: 'NOT_CHECKED', kind: 'not-definite', image: '${Image}', message: expect.any(String), consumers: ['Main/Any (app)'] },
  ]);
});

describe('wrong usage is exit code 64, and shows no secret', () => {
  const app = () => appWith((stack) => defineTask(stack, own('api')));
  test.each<[what: string, args: () => string[], message: RegExp]>([
    ['an image beside the app', () => ['nginx:1.27'], /expected --app without other arguments/],
    ['a platform', () => ['--platform', 'linux/arm64'], /expected --app without --platform/],
    ['one login for all', () => ['--username', 'bot', '--password-stdin'], /one login is not for a whole app, expected --secret-json HOST=FILE/],
    ['two sources of logins', () => ['--docker-config', dockerConfig, ...withSecret()], /--docker-config already has the logins; omit --secret-json/],
    ['a file without a host', () => ['--secret-json', '20391755'], /--secret-json is not HOST=FILE, and not shown/],
    ['the secret in place of the file', () => ['--secret-json', `${host}={"username":"bot","password":"20391755"}`], /--secret-json is not HOST=FILE, and not shown/],
    ['the password in place of the file', () => withSecret('20391755'), /--secret-json localhost:\d+ cannot be read \(ENOENT\)/],
    ['a key that is neither host nor secret', () => ['--secret-json', '20391755=file'], /neither a host nor a secret of this app, and not shown/],
    ['a host twice', () => [...withSecret(), ...withSecret()], /--secret-json has localhost:\d+ twice/],
    ['an empty file', () => withSecret('/dev/null'), /--secret-json localhost:\d+ is empty, which no secret is/],
    ['a certificate that is none', () => [...withSecret(), '--ca-file', secretFile], /--ca-file has no certificate/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await check(app(), args());
    expect({ code, stdout, stderr }).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('an app that is not there, and --secret-json without one', async () => {
    expect(await check(join(directory, 'nowhere'))).toMatchObject({ code: 64, stderr: expect.stringContaining('manifest.json cannot be read (ENOENT)') });
    expect(await commandLine.call(['check', 'nginx:1.27', ...withSecret()])).toMatchObject({ code: 64, stderr: expect.stringContaining('--secret-json is for --app') });
  });
});

test('a key that is not used is shown only if it is certainly a host', async () => {
  play();
  const app = appWith((stack) => defineTask(stack, own('api')));
  for (const [key, shown] of [['ghcr.io', 'ghcr.io'], ['20391755.io', 'for another host']]) {
    expect(await check(app, [...withSecret(), '--secret-json', `${key}=file`])).toMatchObject({ code: 0, stderr: expect.stringMatching(`^warning: --secret-json ${shown} is not used`) });
  }
});

test('the whole answer of aws secretsmanager get-secret-value in the file is wrong usage', async () => {
  writeFileSync(join(directory, 'answer.json'), JSON.stringify({ ARN: SECRET_ARN, Name: 'pull', SecretString: SECRET }));
  const ended = await check(appWith((stack) => defineTask(stack, own('api'))), withSecret(join(directory, 'answer.json')));
  expect(ended).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('got the whole answer of Secrets Manager') });
});
