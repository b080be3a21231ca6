import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App } from './support/app';
import { Deployed } from './support/deployed';
import { PLAIN_PULLER, STRANGER } from './support/internet';
import { inventory } from './support/inventory';
import { searchForSecrets } from './support/search-for-secrets';
import { useMiniStack } from './support/world';

const world = useMiniStack();
let app: App;
let before: string[];
let shared: Deployed;

beforeAll(async () => {
  const { cloud } = world();
  app = App.example(cloud, 'shared-registry');
  shared = new Deployed(cloud, 'SharedRegistry');
  before = await inventory(cloud);
});

const parameters = ({ username, password }: { username: string; password: string }) =>
  ['--parameters', `GhcrIoUsername=${username}`, '--parameters', `GhcrIoPassword=${password}`];

test('a first deployment with credentials that may pull nothing leaves nothing behind but its reason', async () => {
  const { cloud } = world();
  const { status } = await app.tryDeploy(...parameters(STRANGER));

  expect(status).not.toBe(0);
  expect(await shared.status()).toBe('ROLLBACK_COMPLETE');
  expect(await shared.failures()).toMatchObject([{ status: 'CREATE_FAILED', verdict: 'PULL_DENIED' }]);
  expect(await cloud.resources('SharedRegistry', 'AWS::ECS::TaskDefinition')).toEqual([]);
  // The stack itself, for its reason, and what aws-cdk-lib retains: the logs of containers, and the key.
  const left = (await inventory(cloud)).filter((item) => !before.includes(item)).map((item) => item.split(':')[0]);
  expect(new Set(left)).toEqual(new Set(['stack', 'log group', 'key']));
});

test('the parameters become the secret, which every container names', async () => {
  const { cloud } = world();
  await app.deploy(...parameters(PLAIN_PULLER));

  const [secret] = await cloud.resources('SharedRegistry', 'AWS::SecretsManager::Secret');
  const { SecretString } = await new SecretsManagerClient(cloud.client()).send(new GetSecretValueCommand({ SecretId: secret }));
  expect(JSON.parse(SecretString!)).toEqual({ username: PLAIN_PULLER.username, password: PLAIN_PULLER.password });

  const tasks = await Promise.all((await cloud.resources('SharedRegistry', 'AWS::ECS::TaskDefinition')).map((arn) => shared.task(arn)));
  const containers = tasks.flatMap(({ containerDefinitions = [] }) => containerDefinitions);
  expect(containers.map(({ image, repositoryCredentials }) => [image, repositoryCredentials?.credentialsParameter]).sort()).toEqual([
    ['ghcr.io/acme/agent:2.1.0', secret], ['ghcr.io/acme/api:1.4.2', secret], ['ghcr.io/acme/worker:3.0.0', secret],
  ]);
  for (const { executionRoleArn } of tasks) {
    expect(await shared.rights(executionRoleArn!)).toContainEqual({ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret });
  }
  const verdicts = cloud.requests().filter(({ event }) => event.RequestType === 'Create').slice(-3).map(({ answer }) => answer.Data?.Verdict);
  expect(verdicts).toEqual(['OK', 'OK', 'OK']);
  expect(await cloud.resources('SharedRegistry', 'AWS::Lambda::Function')).toHaveLength(2);
});

test('nothing differs from what is deployed, and all of it is destroyed but what is retained', async () => {
  const { cloud } = world();
  expect(await app.cdk('diff')).toContain('There were no differences');
  await app.destroy();

  const left = (await inventory(cloud)).filter((item) => !before.includes(item));
  expect(new Set(left.map((item) => item.split(':')[0]))).toEqual(new Set(['log group', 'key']));
  expect(cloud.requests().slice(-3).map(({ event, answer }) => [event.RequestType, answer.Status])).toEqual(Array(3).fill(['Delete', 'SUCCESS']));
});

searchForSecrets(world);
