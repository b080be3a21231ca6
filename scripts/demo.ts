/**
 * Builds the library, installs it in a copy of the example app, synthesizes the app with the real `cdk synth`, and prints what
 * a reviewer of the template wants to see. Then it checks a good, a wrong and an expired token with the command line of the
 * library, against a registry that it starts itself:
 *
 *     npm run demo
 *
 * It needs no AWS account and, once `npm ci` is done, no network.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { compile, pack, REPOSITORY, run } from './run';
import { purposeOf } from './template-purposes';

const EXAMPLE = join('examples', 'typescript', 'web-service');
const DEMO = join(REPOSITORY, '.demo');
const APP = join(DEMO, 'web-service');

const COLUMNS = 120;
/** Logical ids that are longer are cut: what tells them apart is at their end. */
const ID_LENGTH = 40;
const ID_START = 8;

async function main(): Promise<void> {
  console.log('Building the library, installing it in a copy of the example and synthesizing the example ...');
  install();
  synthesize();

  const stack = new CloudAssembly(join(APP, 'cdk.out')).getStackByName('WebService');
  const template = stack.template;
  const resources: [string, any][] = Object.entries<any>(template.Resources).filter(([, { Type }]) => Type !== 'AWS::CDK::Metadata');
  const [taskId, task] = resources.find(([, { Type }]) => Type === 'AWS::ECS::TaskDefinition')!;

  heading(`${EXAMPLE} on aws-cdk-lib ${versionOf('aws-cdk-lib')}: stack ${stack.stackName}, ${resources.length} resources`);
  table(['Type', 'Logical id', 'Purpose'], resources.map(([id, { Type }]) => [
    Type.replace(/^AWS::/, ''), shortened(id), purposeOf(id, template),
  ]));

  heading('What the execution role may do');
  const role = task.Properties.ExecutionRoleArn['Fn::GetAtt'][0];
  for (const { Properties } of Object.values<any>(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy')) {
    if (Properties.Roles.some(({ Ref }: any) => Ref === role)) {
      Properties.PolicyDocument.Statement.forEach(print);
    }
  }

  heading(`What the containers of ${taskId} are pulled with`);
  for (const { Name, Image, RepositoryCredentials } of task.Properties.ContainerDefinitions) {
    print({ Name, Image, RepositoryCredentials });
  }

  heading('Warnings');
  console.log(stack.messages.map(({ level, id, entry }) => `${level} at ${id}: ${entry.data}`).join('\n') || 'none');

  heading('Template');
  console.log(relative(REPOSITORY, stack.templateFullPath));

  await checkTokens();
}

/** What the pull check says of a deployment, as the command says it of a token before it is stored. */
async function checkTokens(): Promise<void> {
  const registry = spawn(process.execPath, [...process.execArgv, join(__dirname, 'demo-registry.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(registry.stdout, 'data');
    const image = `localhost:${String(port).trim()}/acme/api:1.4.2`;
    const tokens: [kind: string, token: string, status: number][] = [
      ['a good token', 'new-token', 0], ['a wrong token', 'some-token', 1], ['an expired token', 'old-token', 1],
    ];
    for (const [kind, token, expected] of tokens) {
      heading(`npx cdk-private-registry check, with ${kind}`);
      const args = ['check', image, '--username', 'acme-bot', '--platform', 'linux/amd64', '--insecure-loopback'];
      const { stdout, stderr, status } = spawnSync(join(APP, 'node_modules', '.bin', 'cdk-private-registry'), args, {
        encoding: 'utf8', env: { ...process.env, REGISTRY_PASSWORD: token },
      });
      console.log(`${stdout}${stderr}exit code ${status}`);
      if (status !== expected) {
        throw new Error(`expected exit code ${expected} for ${kind}`);
      }
    }
  } finally {
    registry.kill();
  }
}

/** The example finds the packed library in its own node_modules, and all else that it needs in those of the repository. */
function install(): void {
  rmSync(DEMO, { recursive: true, force: true });
  compile();
  const tarball = pack(DEMO);
  // Without the example's package.json, npm has nothing to fetch.
  run('npm', ['install', '--prefix', APP, '--offline', '--legacy-peer-deps', '--no-save', '--no-package-lock', '--no-audit', tarball]);
  cpSync(join(REPOSITORY, EXAMPLE), APP, { recursive: true });
}

function synthesize(): void {
  run('cdk', ['synth', '--quiet', '--no-notices'], { cwd: APP, env: { CDK_DISABLE_CLI_TELEMETRY: 'true' } });
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(REPOSITORY, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function heading(text: string): void {
  console.log(`\n${text}\n${'-'.repeat(COLUMNS)}`);
}

function table(header: string[], rows: string[][]): void {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  for (const row of [header, ...rows]) {
    console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
  }
}

function shortened(id: string): string {
  return id.length <= ID_LENGTH ? id : `${id.slice(0, ID_START)}…${id.slice(ID_START + 1 - ID_LENGTH)}`;
}

function print(value: unknown): void {
  console.log(JSON.stringify(value, undefined, 2));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
