import { App, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import { CodePipeline, CodePipelineSource, DockerCredential, DockerCredentialUsage, ShellStep } from 'aws-cdk-lib/pipelines';
import { PrivateRegistry, PrivateRegistryProps, RegistryCredentials, RegistryProvider } from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { CHECKED, ENV, FLAG_SETS, KEY_ARN, newApp, SECRET_ARN, templateOf } from '../support/synth';

const WITH_KEY = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN });
const ROLES = { synth: /^PipelineBuildSynth/, selfMutation: /^PipelineUpdatePipelineSelfMutation/ };

interface Options extends Partial<PrivateRegistryProps> {
  readonly flags?: Record<string, unknown>;
  readonly usages?: DockerCredentialUsage[];
  readonly region?: string;
  readonly credential?: (registry: PrivateRegistry) => DockerCredential;
}

function pipelineWith({ flags, usages, region = ENV.region, credential, ...props }: Options = {}): Stack {
  const app: App = newApp({ ...CHECKED, ...flags });
  const shared = new Stack(app, 'Shared', { env: ENV });
  const registry = new PrivateRegistry(shared, 'Registry', { provider: RegistryProvider.GHCR, credentials: WITH_KEY, ...props });
  // Newer versions of aws-cdk-lib refuse a stack without resources.
  new CfnWaitConditionHandle(shared, 'Resource');
  const stack = new Stack(app, 'Stack', { env: { ...ENV, region } });
  new CodePipeline(stack, 'Pipeline', {
    dockerCredentials: [credential?.(registry) ?? registry.dockerCredential(usages)],
    dockerEnabledForSelfMutation: true,
    dockerEnabledForSynth: true,
    synth: new ShellStep('Synth', {
      input: CodePipelineSource.codeCommit(codecommit.Repository.fromRepositoryName(stack, 'Source', 'app'), 'main'),
      commands: ['npx cdk synth'],
    }),
  }).buildPipeline();
  return stack;
}

/** What a build is allowed on secrets and keys. */
function pullStatementsOf(stack: Stack, role: RegExp): any[] {
  const policies = Object.entries<any>(templateOf(stack).Resources).filter(([id, { Type }]) => Type === 'AWS::IAM::Policy' && role.test(id));
  expect(policies).toHaveLength(1);
  return policies[0][1].Properties.PolicyDocument.Statement
    .filter(({ Action, Condition }: any) => JSON.stringify([Action, Condition]).includes('secretsmanager'));
}

/** The credentials that the builds tell Docker about. */
function logins(stack: Stack): any[] {
  const projects = Object.values<any>(templateOf(stack).Resources).filter(({ Type }) => Type === 'AWS::CodeBuild::Project');
  return projects.flatMap(({ Properties }) => /echo '(.*?)' >/.exec(JSON.stringify(Properties.Source.BuildSpec).replace(/\\+/g, ''))?.slice(1) ?? [])
    .map((json) => JSON.parse(json).domainCredentials);
}

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test('the builds for synth and self-mutation may read and decrypt the secret, and log in with its fields', () => {
    const stack = pipelineWith({ flags });

    for (const role of Object.values(ROLES)) {
      expect(pullStatementsOf(stack, role)).toEqual([
        { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN },
        {
          Action: 'kms:Decrypt',
          Effect: 'Allow',
          Resource: KEY_ARN,
          Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } } },
        },
      ]);
    }
    expect(logins(stack)).toEqual(Array(2).fill({ 'ghcr.io': { secretsManagerSecretId: SECRET_ARN, secretsPasswordField: 'password' } }));
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
    expectSilence(stack);
  });
});

test('aws-cdk-lib alone reads another field, and omits the permission to decrypt', () => {
  const stack = pipelineWith({ credential: ({ secret }) => DockerCredential.customRegistry('ghcr.io', secret) });

  expect(JSON.stringify(templateOf(stack))).not.toContain(KEY_ARN);
  expect(logins(stack)).toEqual(Array(2).fill({ 'ghcr.io': { secretsManagerSecretId: SECRET_ARN } }));
});

test('only the builds that are named log in', () => {
  const stack = pipelineWith({ usages: [DockerCredentialUsage.SYNTH] });

  expect(pullStatementsOf(stack, ROLES.synth)).toHaveLength(2);
  expect(pullStatementsOf(stack, ROLES.selfMutation)).toEqual([]);
  expect(logins(stack)).toHaveLength(1);
});

test('Docker Hub has the name by which Docker asks for its login', () => {
  expect(logins(pipelineWith({ provider: RegistryProvider.DOCKER_HUB }))[0]).toEqual({
    'https://index.docker.io/v1/': { secretsManagerSecretId: SECRET_ARN, secretsPasswordField: 'password' },
  });
});

test('the secret by its name', () => {
  const stack = pipelineWith({ credentials: RegistryCredentials.fromSecretName('ghcr/pull') });

  expect(logins(stack)[0]['ghcr.io'].secretsManagerSecretId).toBe('ghcr/pull');
  expect(JSON.stringify(pullStatementsOf(stack, ROLES.synth))).toContain(':secret:ghcr/pull-??????');
});

describe('the secret of another account', () => {
  const arn = SECRET_ARN.replace(ENV.account, '444455556666');

  test('with its key: both statements, and the reminder for its owner', () => {
    const key = KEY_ARN.replace(ENV.account, '444455556666');
    const stack = pipelineWith({ credentials: RegistryCredentials.fromSecretCompleteArn(arn, { encryptionKeyArn: key }) });

    expect(pullStatementsOf(stack, ROLES.synth).map(({ Resource }) => Resource)).toEqual([arn, key]);
    expectWarning(stack, 'crossAccountSecret', '444455556666');
  });

  test('without its key: an error', () => {
    expectError(() => pipelineWith({ credentials: RegistryCredentials.fromSecretCompleteArn(arn) }), 'crossAccountSecretWithoutKey', arn);
  });
});

test('the replica of the Region of the pipeline', () => {
  const stack = pipelineWith({ region: 'us-east-1', credentials: RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { replicaRegions: ['us-east-1'] }) });
  const replica = SECRET_ARN.replace('eu-west-1', 'us-east-1');

  expect(logins(stack)[0]['ghcr.io'].secretsManagerSecretId).toBe(replica);
  expect(pullStatementsOf(stack, ROLES.synth).map(({ Resource }) => Resource)).toEqual([replica]);
});
