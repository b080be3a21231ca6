import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LookUpServer } from '../support/look-up-server';
import { SECRET_ARN } from '../support/synth';

const ROOT = join(__dirname, '..', '..');
const ROLE_ARN = 'arn:aws:iam::111122223333:role/exec';
/** Newer versions of aws-cdk-lib look up roles too. */
const LOOKS_UP_ROLES = 'fromLookup' in iam.Role;
/** The command starts the app twice. */
const MINUTES = 300_000;

const directory = mkdtempSync(join(tmpdir(), 'cdk-synth-'));
let server: LookUpServer;

beforeAll(async () => {
  server = await LookUpServer.start({ '/prod/api/version': '1.4.2', '/ghcr/secret-arn': SECRET_ARN }, ROLE_ARN);
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

test('cdk looks up what is missing, and the app runs again with it', async () => {
  const app = [process.execPath, '--require', require.resolve('ts-node/register'), join(__dirname, '..', 'support', 'look-up-app.ts')];
  await promisify(execFile)(join(ROOT, 'node_modules', '.bin', 'cdk'), ['synth', '--quiet', '--no-notices', '--app', app.join(' ')], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: server.endpoint,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      TS_NODE_PROJECT: join(ROOT, 'tsconfig.dev.json'),
      TS_NODE_TRANSPILE_ONLY: 'true',
    },
  });

  expect(server.asked.sort()).toEqual(['/ghcr/secret-arn', '/prod/api/version', ...LOOKS_UP_ROLES ? ['exec'] : []]);
  expect(Object.values(JSON.parse(readFileSync(join(directory, 'cdk.context.json'), 'utf8')))).toEqual(expect.arrayContaining(['1.4.2', SECRET_ARN]));
  const template = Template.fromJSON(JSON.parse(readFileSync(join(directory, 'cdk.out', 'Api.template.json'), 'utf8')));
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [{ Image: 'ghcr.io/acme/api:1.4.2', RepositoryCredentials: { CredentialsParameter: SECRET_ARN } }],
    ...LOOKS_UP_ROLES && { ExecutionRoleArn: ROLE_ARN },
  });
  template.hasResourceProperties('Custom::PrivateRegistryPullCheck', { Image: 'ghcr.io/acme/api:1.4.2', Secret: SECRET_ARN });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN }] },
    ...LOOKS_UP_ROLES && { Roles: ['exec'] },
  });
}, MINUTES);
