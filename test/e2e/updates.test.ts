import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App } from './support/app';
import { Deployed } from './support/deployed';
import { PULLER } from './support/internet';
import { inventory } from './support/inventory';
import { searchForSecrets } from './support/search-for-secrets';
import { storeSecret, useMiniStack } from './support/world';

/** What a team changes from one deployment to the next is in the context. */
const SOURCE = `
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PrivateRegistryFargateService, PullCheckMode, RegistryCredentials } from 'cdk-private-registry';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name);
const stack = new Stack(app, 'Service', { env: { account: '111122223333', region: 'eu-west-1' } });
const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
const role = new iam.Role(stack, 'OwnRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

new PrivateRegistryFargateService(stack, 'Api', {
  vpc,
  image: 'ghcr.io/acme/api:' + context('tag'),
  credentials: RegistryCredentials.fromSecretCompleteArn(context('secret')),
  pullCheck: { trigger: context('trigger'), mode: context('warn') ? PullCheckMode.WARN : undefined },
  ...context('ownRole') ? { executionRole: role } : {},
});
`;

const world = useMiniStack();
let app: App;
let secret: string;
let service: Deployed;
let before: string[];

/** Deploys with the tag and whatever else differs from the first deployment. */
const args = (tag: string, more: Record<string, string> = {}) => Object.entries({ tag, secret, ...more }).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
/** The requests since the last look, as "Create OK". MiniStack does not delete what could not be created, as CloudFormation does. */
let seen = 0;
const requests = () => {
  const all = world().cloud.requests();
  const latest = all.slice(seen);
  seen = all.length;
  return latest.map(({ event, answer }) => [event.RequestType, answer.Data?.Verdict ?? answer.Status].join(' '));
};
const NEXT_STEP = 'to deploy anyway, add --context cdk-private-registry:pullCheckMode=WARN';

beforeAll(async () => {
  const { cloud } = world();
  secret = await storeSecret(cloud, 'ghcr/pull');
  app = App.of(cloud, SOURCE);
  service = new Deployed(cloud, 'Service');
  before = await inventory(cloud);
});

/**
 * The service was told to run this image, in this revision, by this role. What it runs is another matter: the circuit breaker
 * goes back from what cannot be pulled.
 */
async function deployed(): Promise<{ image?: string; revision?: number; role?: string }> {
  const [arn] = await world().cloud.resources('Service', 'AWS::ECS::TaskDefinition');
  const { containerDefinitions, revision, executionRoleArn } = await service.task(arn);
  return { image: containerDefinitions?.[0].image, revision, role: executionRoleArn };
}

test('a first deployment', async () => {
  await app.deploy(...args('1.4.2'));

  expect(await service.status()).toBe('CREATE_COMPLETE');
  expect(requests()).toEqual(['Create OK']);
  expect(await deployed()).toMatchObject({ image: 'ghcr.io/acme/api:1.4.2', revision: 1 });
});

test('the same again is no deployment', async () => {
  expect(await app.deploy(...args('1.4.2'))).toContain('Service (no changes)');
  expect(requests()).toEqual([]);
});

test('a new tag is checked, runs as a new revision, and the old check is gone', async () => {
  expect(await app.cdk('diff', '--method=template', ...args('1.5.0'))).toMatch(/ghcr\.io\/acme\/api:1\.4\.2[^]*ghcr\.io\/acme\/api:1\.5\.0/);
  await app.deploy(...args('1.5.0'));

  expect(requests()).toEqual(['Create OK', 'Delete SUCCESS']);
  expect(await deployed()).toMatchObject({ image: 'ghcr.io/acme/api:1.5.0', revision: 2 });
});

test('a tag that does not exist stops the deployment with the reason, and nothing else has changed', async () => {
  const ran = await deployed();
  const { status, output } = await app.tryDeploy(...args('1.6.0'));

  expect(status).not.toBe(0);
  expect(await service.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  const [failure, ...others] = await service.failures();
  expect(others).toEqual([]);
  expect(failure).toMatchObject({ id: expect.stringMatching(/^PrivateRegistryPullCheck/) });
  expect(failure.reason).toMatch(/ghcr\.io\/acme\/api:1\.6\.0 does not exist, or .*cannot access it.*\[IMAGE_NOT_FOUND\]/);
  expect(failure.reason).toContain(NEXT_STEP);
  // cdk wraps the lines.
  expect(output.replace(/\s+/g, ' ')).toContain('[IMAGE_NOT_FOUND]; to deploy anyway');
  expect(requests()).toEqual(['Create FAILED']);
  expect(await deployed()).toEqual(ran);
});

test('the previous state works after the rollback', async () => {
  await app.deploy(...args('1.4.2'));

  expect(requests()).toEqual(['Create OK', 'Delete SUCCESS']);
  expect(await service.status()).toBe('UPDATE_COMPLETE');
  expect((await deployed()).image).toBe('ghcr.io/acme/api:1.4.2');
});

test('a new password in the registry is noticed with a new trigger, and the new secret value mends it', async () => {
  const { cloud, internet } = world();
  const ran = await deployed();
  internet.rotate(PULLER.username, 'n3w-"t0k\\en/+=');
  // CloudFormation doesn't see what is inside of a secret, or of a registry.
  expect(await app.deploy(...args('1.4.2'))).toContain('Service (no changes)');
  const { status } = await app.tryDeploy(...args('1.4.2', { trigger: '2026-11-23' }));

  expect(status).not.toBe(0);
  expect((await service.failures()).at(-1)!.reason).toMatch(new RegExp(`ghcr.io.*${secret}.*\\[CREDENTIALS_REJECTED\\]; ${NEXT_STEP}`));
  expect(requests()).toEqual(['Create FAILED']);
  expect(await deployed()).toEqual(ran);

  const SecretString = JSON.stringify({ username: PULLER.username, password: 'n3w-"t0k\\en/+=' });
  await new SecretsManagerClient(cloud.client()).send(new PutSecretValueCommand({ SecretId: secret, SecretString }));
  await app.deploy(...args('1.4.2', { trigger: '2026-11-23' }));
  expect(requests()).toEqual(['Create OK', 'Delete SUCCESS']);
  // The task definition names the secret and not its value: nothing to replace.
  expect(await deployed()).toEqual(ran);
});

test('WARN says the same and stops nothing', async () => {
  await app.deploy(...args('built-on-a-mac', { trigger: '2026-11-23', warn: 'yes' }));

  expect(requests()).toEqual(['Create PLATFORM_MISSING', 'Delete SUCCESS']);
  expect((await deployed()).image).toBe('ghcr.io/acme/api:built-on-a-mac');
});

test('the glass can be broken without a change of code', async () => {
  await app.deploy(...args('1.6.0'), '--context', 'cdk-private-registry:pullCheckMode=WARN');
  expect(requests()).toEqual(['Create IMAGE_NOT_FOUND', 'Delete SUCCESS']);
  expect((await deployed()).image).toBe('ghcr.io/acme/api:1.6.0');

  await app.deploy(...args('1.6.0'), '--context', 'cdk-private-registry:pullCheckMode=OFF');
  expect(requests()).toEqual(['Delete SUCCESS']);
  expect(await world().cloud.resources('Service', 'AWS::Lambda::Function')).toEqual([]);
});

test('another execution role gets its rights before the new revision', async () => {
  const ran = await deployed();
  await app.deploy(...args('1.4.2', { ownRole: 'yes' }));

  expect(requests()).toEqual(['Create OK']);
  const after = await deployed();
  expect(after.role).toContain('OwnRole');
  expect(after.role).not.toBe(ran.role);
  expect(await service.rights(after.role!)).toContainEqual({ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret });
});

test('destroying leaves only the log of the container', async () => {
  await app.destroy(...args('1.4.2', { ownRole: 'yes' }));

  expect(requests()).toEqual(['Delete SUCCESS']);
  const left = (await inventory(world().cloud)).filter((item) => !before.includes(item));
  expect(left).toEqual([expect.stringMatching(/^log group: .*Service.*ApiTaskDefwebLogGroup/)]);
});

searchForSecrets(world, 'n3w-"t0k\\en/+=');
