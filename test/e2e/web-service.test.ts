import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { App } from './support/app';
import { PULLER } from './support/internet';
import { storeSecret, useE2e } from './support/use-e2e';

const EXAMPLE_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';

const e2e = useE2e();

test('the example is deployed, with the answer of its function, which has asked the registry', async () => {
  const { cloud, internet } = e2e();
  const secret = await storeSecret(cloud, 'ghcr/pull');
  const app = App.example(cloud, 'web-service');
  app.edit(EXAMPLE_SECRET, secret);
  await app.deploy();

  expect(cloud.requests()).toEqual([expect.objectContaining({
    answer: expect.objectContaining({ Status: 'SUCCESS', Data: expect.objectContaining({ Verdict: 'OK', Digest: internet.digests['1.4.2'] }) }),
  })]);
  expect(internet.tokens.seen).toContainEqual({ username: PULLER.username, scope: 'repository:acme/api:pull', status: 200 });

  const [task] = await cloud.resources('WebService', 'AWS::ECS::TaskDefinition');
  const { taskDefinition } = await new ECSClient(cloud.client()).send(new DescribeTaskDefinitionCommand({ taskDefinition: task }));
  expect(taskDefinition?.containerDefinitions).toEqual([expect.objectContaining({
    image: 'ghcr.io/acme/api:1.4.2', repositoryCredentials: { credentialsParameter: secret },
  })]);
  expect(await internet.pull('ghcr.io/acme/api:1.4.2', PULLER)).toEqual({ digest: expect.any(String), layers: 1 });
  await app.destroy();
});
