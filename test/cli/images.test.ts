import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, CfnStack, LegacyStackSynthesizer, NestedStack, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { CommandLine } from '../support/command-line';
import { SECRET_ARN } from '../support/synth';
import { defineTask } from '../support/tasks';
import { CDK_CONTEXT, HUB_ARN, synthesizeWholeApp } from '../support/whole-app';

const commandLine = new CommandLine();
const directory = mkdtempSync(join(tmpdir(), 'images-'));
const whole = join(directory, 'whole');
const wholeByCdk = join(directory, 'whole-by-cdk');

beforeAll(() => {
  synthesizeWholeApp(whole);
  synthesizeWholeApp(wholeByCdk, CDK_CONTEXT);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
  commandLine.remove();
});

let count = 0;
/** A directory with these files. */
function assemblyOf(files: Record<string, unknown>): string {
  const root = join(directory, `assembly-${count++}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const MANIFEST = { version: '41.0.0', artifacts: { Main: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Main.template.json' } } } };

/** An app with one stack. */
function appWith(template: object): string {
  return assemblyOf({ 'manifest.json': MANIFEST, 'Main.template.json': template });
}

function taskWith(container: object, more: object = {}): object {
  return { Type: 'AWS::ECS::TaskDefinition', Properties: { ContainerDefinitions: [{ Name: 'app', ...container }] }, ...more };
}

async function linesOf(app: string): Promise<any[]> {
  const { code, stdout, stderr } = await commandLine.call(['images', app, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

test.each([['the app alone', () => whole], ['the command line of the CDK', () => wholeByCdk]])('every image of an app is listed, as written by %s', async (_, app) => {
  const secret = (id: string) => ({ authentication: 'secret', secret: id });
  const lines = await linesOf(app());
  expect(Object.fromEntries(lines.map(({ path, container, image, host, authentication, secret: id }) => (
    [`${path} ${container} ${image}`, { host, authentication, secret: id }]
  )))).toEqual({
    'Prod/Main/Task/Resource app ghcr.io/acme/api:1.4.2': { host: 'ghcr.io', ...secret(SECRET_ARN) },
    'Prod/Main/Nest/Task/Resource app quay.io/acme/prod:1': { host: 'quay.io', authentication: 'none' },
    'Main/Api/Resource app ghcr.io/acme/api:1.4.2': { host: 'ghcr.io', ...secret(SECRET_ARN) },
    'Main/Web/Resource app nginx:1.27': { host: 'docker.io', authentication: 'none' },
    'Main/Web/Resource own ${Fn::Select}.dkr.ecr.${Fn::Select}.${AWS::URLSuffix}/${Repository22E53BBD}:1': {
      host: '${Fn::Select}.dkr.ecr.${Fn::Select}.${AWS::URLSuffix}', authentication: 'role',
    },
    'Main/Instance/Resource app quay.io/acme/agent:1': { host: 'quay.io', authentication: 'none' },
    'Main/Job/Resource undefined acme/job:1': { host: 'docker.io', ...secret(HUB_ARN) },
    'Main/Curated/Resource undefined aws/codebuild/standard:7.0': { authentication: 'role' },
    'Main/Build/Resource undefined acme/build:1': { host: 'docker.io', ...secret(HUB_ARN) },
    'Main/Express undefined ghcr.io/acme/express:1': { host: 'ghcr.io', ...secret(SECRET_ARN) },
    'Main/Function undefined ghcr.io/acme/function:1': { host: 'ghcr.io', authentication: '?' },
    'Main/Nest/Task/Resource app acme/api:2': { host: 'docker.io', ...secret('hub/pull') },
    'Main/Nest/Deep/Task/Resource app quay.io/acme/deep:1': { host: 'quay.io', authentication: 'none' },
    'Conditional/Tagged app ghcr.io/acme/tagged:${Tag}': { host: 'ghcr.io', ...secret(SECRET_ARN) },
    'Conditional/Any app ${Image}': { authentication: '?' },
    'Conditional/Either app ghcr.io/acme/either:1': { host: 'ghcr.io', ...secret(SECRET_ARN) },
    'Conditional/Either app quay.io/acme/either:1': { host: 'quay.io', authentication: 'none' },
    'Conditional/Sometimes app ghcr.io/acme/sometimes:1': { host: 'ghcr.io', authentication: 'none' },
    'Conditional/Rarely app quay.io/acme/rarely:1': { host: 'quay.io', authentication: 'none' },
  });
  expect(lines.filter(({ path }) => path === 'Conditional/Sometimes').map(({ authentication }) => authentication)).toEqual(['secret', 'none']);
  expect(Object.keys(lines[0])).toEqual(['stack', 'path', 'logicalId', 'type', 'container', 'image', 'host', 'authentication', 'secret']);
  expect([...new Set(lines.map(({ stack }) => stack))]).toEqual(['Prod/Main', 'Prod/Main/Nest', 'Main', 'Main/Nest', 'Main/Nest/Deep', 'Conditional']);
});

test('the table is for people', async () => {
  const { code, stdout, stderr } = await commandLine.call(['images', whole]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(rows[0]).toEqual(['STACK', 'CONSUMER', 'IMAGE', 'REGISTRY', 'CREDENTIALS']);
  expect(rows).toContainEqual(['Main', 'Api (app)', 'ghcr.io/acme/api:1.4.2', 'ghcr.io', `secret ${SECRET_ARN}`]);
  expect(rows).toContainEqual(['Main/Nest/Deep', 'Task (app)', 'quay.io/acme/deep:1', 'quay.io', 'none']);
  expect(rows).toContainEqual(['Main', 'Curated', 'aws/codebuild/standard:7.0', '-', 'role']);
  expect(rows).toContainEqual(['Conditional', 'Any (app)', '${Image}', '?', '?']);
});

test('assets that are parameters lead to nested stacks as well', async () => {
  const outdir = join(directory, 'legacy');
  const app = new App({ outdir, analyticsReporting: false });
  const nested = new NestedStack(new Stack(app, 'Main', { synthesizer: new LegacyStackSynthesizer() }), 'Nest');
  defineTask(new NestedStack(nested, 'Deep'), ecs.ContainerImage.fromRegistry('quay.io/acme/deep:1'));
  app.synth();
  expect(await linesOf(outdir)).toEqual([expect.objectContaining({ path: 'Main/Nest/Deep/Task/Resource', image: 'quay.io/acme/deep:1' })]);
});

test('the secret of another stack has the same name everywhere', async () => {
  const outdir = join(directory, 'shared');
  const app = new App({ outdir, analyticsReporting: false });
  const credentials = new secretsmanager.Secret(new Stack(app, 'Shared'), 'Secret');
  const nested = new NestedStack(new Stack(app, 'Nesting'), 'Nest');
  [new Stack(app, 'Main'), nested].forEach((stack) => defineTask(stack, ecs.ContainerImage.fromRegistry('ghcr.io/acme/api:1', { credentials })));
  app.synth();
  const secrets = (await linesOf(outdir)).map(({ secret }) => secret);
  expect(secrets).toEqual(Array(2).fill(expect.stringMatching(/^\$\{Shared:Secret\w+\}$/)));
  expect(secrets[0]).toBe(secrets[1]);
});

const INCLUDE = { Name: 'AWS::Include', Parameters: { Location: 's3://bucket/part.yaml' } };

describe('--require', () => {
  const hub = { RepositoryCredentials: { CredentialsParameter: HUB_ARN } };
  const ref = (name: string) => ({ Ref: name });
  test.each<[what: string, app: () => string, hosts: string, code: number, stderr: RegExp]>([
    ['all images have credentials', () => appWith({ Resources: { Task: taskWith({ Image: 'nginx', ...hub }) } }), 'docker.io', 0, /^$/],
    ['an alias is the same host', () => appWith({ Resources: { Task: taskWith({ Image: 'nginx' }) } }), 'index.docker.io', 1, /^no credentials: nginx of Task \(app\) in Main\n.*PrivateRegistryImage/],
    ['one image has none', () => whole, 'quay.io,docker.io', 1, /^no credentials: quay\.io\/acme\/prod:1 of Prod\/Main\/Nest\/Task \(app\) in Prod\/Main\/Nest\n/],
    ['a known registry without images', () => appWith({ Resources: {} }), 'quay.io', 0, /^no resource of this app pulls an image\n$/],
    ['no credentials in any branch', () => appWith({ Resources: { Task: taskWith({ Image: { 'Fn::If': ['A', 'nginx', 'quay.io/a/b'] } }) } }), 'quay.io', 1, /^no credentials: quay/],
    ['credentials in one branch', () => appWith({ Resources: { Task: taskWith({ Image: 'nginx', RepositoryCredentials: { 'Fn::If': ['A', { CredentialsParameter: HUB_ARN }, ref('AWS::NoValue')] } }) } }),
      'docker.io', 2, /^cannot tell: nginx of Task \(app\) in Main has credentials only under some conditions\n$/],
    ['a host that only the deployment knows', () => appWith({ Resources: { Task: taskWith({ Image: ref('Image') }) } }), 'ghcr.io', 2, /^cannot tell: \$\{Image\} of Task \(app\) in Main can be in any registry\n$/],
    ['a name that is not valid', () => appWith({ Resources: { Task: taskWith({ Image: 'ghcr.io/Acme/api:1' }) } }), 'ghcr.io', 2, /^cannot tell: ghcr\.io\/Acme\/api:1 of Task \(app\) in Main is not a valid name of an image\n$/],
    ['a macro', () => appWith({ Transform: ['AWS::LanguageExtensions', 'Company'], Resources: { Task: taskWith({ Image: 'nginx' }) } }), 'docker.io', 2, /^cannot tell: nginx .* can get credentials from the macro Company\n$/],
    ['a transform of AWS', () => appWith({ Transform: 'AWS::LanguageExtensions', Resources: { Task: taskWith({ Image: 'nginx' }) } }), 'docker.io', 1, /^no credentials: nginx/],
    ['such a host with credentials', () => appWith({ Resources: { Task: taskWith({ Image: ref('Image'), ...hub }) } }), 'ghcr.io', 0, /^$/],
    ['a tag that only the deployment knows', () => appWith({ Resources: { Task: taskWith({ Image: { 'Fn::Sub': 'ghcr.io/a/b:${Tag}' } }) } }), 'ghcr.io', 1, /^no credentials: ghcr/],
    ['a function of AWS SAM', () => appWith({ Transform: 'AWS::Serverless-2016-10-31', Resources: { Function: { Type: 'AWS::Serverless::Function', Properties: { ImageUri: 'ghcr.io/a/b' } } } }),
      'ghcr.io', 2, /^cannot tell: .* is for AWS::Serverless::Function, which pulls only from Amazon ECR, with a role\n$/],
    ['a service that accepts no secret', () => appWith({ Resources: { Function: { Type: 'AWS::Lambda::Function', Properties: { Code: { ImageUri: 'ghcr.io/a/b' } } } } }),
      'ghcr.io', 2, /^cannot tell: .* is for AWS::Lambda::Function, which pulls only from Amazon ECR, with a role\n$/],
    ['a typing error', () => whole, 'ghrc.io', 2, /cannot tell: no image of this app is in ghrc\.io, and no registry is known there; did you mean ghcr\.io\?\n/],
    ['a host that nothing is known of', () => appWith({ Resources: {} }), 'registry.example.com', 2, /cannot tell: .*registry\.example\.com, and no registry is known there; check the spelling/],
    ['a list that only the deployment knows', () => appWith({ Resources: { Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { ContainerDefinitions: { 'Fn::Transform': {} } } } } }), 'ghcr.io', 2, /^cannot tell: \$\{Fn::Transform\} of Task/],
    ['resources that are elsewhere', () => appWith({ Resources: { 'Fn::Transform': INCLUDE } }), 'ghcr.io', 2, /^warning: the images of Main that AWS::Include adds are not known\n.*\ncannot tell: the images of Main that AWS::Include adds\n$/],
    ['resources that a macro adds', () => appWith({ Resources: { 'Fn::Transform': { Name: 'Company' } } }), 'ghcr.io', 2, /cannot tell: the images of Main that Company adds\n$/],
    ['sections that are elsewhere', () => appWith({ Transform: ['AWS::LanguageExtensions', INCLUDE], Resources: {} }), 'ghcr.io', 2, /cannot tell: the images of Main that AWS::Include adds\n$/],
    ['properties that are elsewhere', () => appWith({ Resources: { Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { 'Family': 'api', 'Fn::Transform': INCLUDE } } } }),
      'ghcr.io', 2, /^cannot tell: \$\{Fn::Transform\} of Task in Main can be in any registry\n$/],
    ['a container of which a part is elsewhere', () => appWith({ Resources: { Task: taskWith({ 'Image': 'nginx', 'Fn::Transform': INCLUDE }) } }),
      'docker.io', 2, /^cannot tell: nginx .* can get credentials from the macro AWS::Include\n$/],
    ['a template that is elsewhere', () => appWith({ Resources: { Nest: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.com/t.json' } } } }),
      'ghcr.io', 2, /^warning: .*Main\/Nest, whose template is not in the assembly are not known\n/],
  ])('%s', async (_, app, hosts, code, stderr) => {
    const ended = await commandLine.call(['images', app(), '--require', hosts]);
    expect(ended.stderr).toMatch(stderr);
    expect(ended.code).toBe(code);
  });
});

test('availability zones that cdk did not look up are no reason to read nothing', async () => {
  const app = appWith({ Resources: { Task: taskWith({ Image: 'nginx' }) } });
  const missing = [{ key: 'availability-zones:account=1', provider: 'availability-zones' }];
  const file = join(app, 'manifest.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), missing }));
  expect(await commandLine.call(['images', app])).toEqual(expect.objectContaining({ code: 0, stdout: expect.stringContaining('nginx') }));
});

test('a nested template in YAML is a warning, and no answer', async () => {
  const app = new App({ outdir: join(directory, 'yaml'), analyticsReporting: false });
  const stack = new Stack(app, 'Main');
  const nest = new CfnStack(stack, 'Nest', { templateUrl: 'https://example.com/nest.yaml' });
  nest.cfnOptions.metadata = { 'aws:asset:path': 'nest.yaml' };
  writeFileSync(join(app.synth().directory, 'nest.yaml'), 'Resources: {}\n');
  const calls = [[], ['--require', 'ghcr.io']].map((args) => commandLine.call(['images', app.outdir, ...args]));
  expect(await Promise.all(calls)).toEqual([0, 2].map((code) => expect.objectContaining({ code, stderr: expect.stringContaining('nest.yaml is not JSON') })));
});

describe('wrong usage is exit code 64', () => {
  test.each<[what: string, args: () => string[], message: RegExp]>([
    ['no directory', () => [], /no directory is given, expected the directory that cdk synth writes, usually cdk\.out/],
    ['two directories', () => ['a', 'b'], /more than one argument/],
    ['a directory that is not there', () => [join(directory, 'nowhere')], /nowhere cannot be used: manifest\.json cannot be read \(ENOENT\)/],
    ['a file', () => [join(whole, 'manifest.json')], /\(ENOTDIR\)/],
    ['no JSON', () => [assemblyOf({ 'manifest.json': 'version: 1' })], /manifest\.json is not the manifest of a cloud assembly/],
    ['another JSON', () => [assemblyOf({ 'manifest.json': { name: 'app' } })], /is not the manifest/],
    ['a template that is not there', () => [assemblyOf({ 'manifest.json': MANIFEST })], /Main\.template\.json cannot be read \(ENOENT\)/],
    ['a template in YAML', () => [assemblyOf({ 'manifest.json': MANIFEST, 'Main.template.json': 'Resources:\n' })], /Main\.template\.json is not a template in JSON/],
    ['values to look up', () => [assemblyOf({ 'manifest.json': { ...MANIFEST, missing: [{ key: 'vpc' }] } })], /lacks values that cdk looks up in AWS; run cdk synth.*with credentials for AWS/],
    ['an assembly in itself', () => [assemblyOf({ 'manifest.json': { version: '1', artifacts: { A: { type: 'cdk:cloud-assembly', properties: { directoryName: '.' } } } } })], /contains itself/],
    ['an unknown option', () => [whole, '--platform', 'linux/arm64'], /--platform is not an option, expected --help, --json, --require/],
    ['a required host that is none', () => [whole, '--require', 'ghcr.io,acme'], /--require has "acme", expected hosts of registries/],
    ['no required host', () => [whole, '--require', ''], /--require has ""/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await commandLine.call(['images', ...args()]);
    expect({ code, stdout, stderr }).toEqual({ code: 64, stdout: '', stderr: expect.stringMatching(message) });
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });
});

test('a password in an image is not shown, nor does a template reach the terminal as it is', async () => {
  const images = ['https://bot:20391755@ghcr.io/a/b', 'bot:20391755@ghcr.io/a/b:${Tag}', 'ghcr.io/\u001b[2Ja'];
  const app = appWith({ Resources: Object.fromEntries(images.map((image, index) => [`Task${index}`, taskWith({ Image: { 'Fn::Sub': image } })])) });
  for (const args of [[], ['--json'], ['--require', 'ghcr.io']]) {
    const { stdout, stderr } = await commandLine.call(['images', app, ...args]);
    expect(stdout + stderr).not.toMatch(/20391755|\u001b/);
    expect(stdout).toContain('(not shown, because it can contain a password)');
  }
});

test('an app can be large, and its templates strange', async () => {
  const tasks = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`Task${index}`, taskWith({ Image: `ghcr.io/acme/api:${index}` })]));
  const many = Array.from({ length: 12 }, (_, index) => ({ 'Fn::If': [`C${index}`, 'a', 'b'] }));
  const app = appWith({ Resources: { ...tasks, Many: taskWith({ Image: { 'Fn::Join': ['', ['ghcr.io/', ...many]] } }), Null: null, List: [], Empty: { Type: 'AWS::ECS::TaskDefinition' } } });
  const lines = await linesOf(app);
  expect(lines).toHaveLength(20_001);
  expect(lines[20_000]).toMatchObject({ logicalId: 'Many', image: '${Fn::If}', authentication: '?' });
});

test('what cannot be written is exit code 2', async () => {
  for (const output of ['closed pipe', 'full disk'] as const) {
    expect(await commandLine.call(['images', whole, '--require', 'quay.io'], { output })).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be written') });
  }
});
