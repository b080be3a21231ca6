import { App } from './support/app';
import { Deployed } from './support/deployed';
import { PULLER } from './support/internet';
import { searchForSecrets } from './support/search-for-secrets';
import { storeSecret, useE2e } from './support/use-e2e';

/** A user puts the own secret there, as the README of the example says. */
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

  const webService = new Deployed(cloud, 'WebService');
  const { containerDefinitions, executionRoleArn } = await webService.task();
  expect(containerDefinitions).toEqual([expect.objectContaining({
    image: 'ghcr.io/acme/api:1.4.2', repositoryCredentials: { credentialsParameter: secret },
  })]);
  expect(await webService.rights(executionRoleArn!)).toEqual([
    { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret },
    { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: expect.stringMatching(/:log-group:WebService-ApiTaskDefwebLogGroup/) },
  ]);
  const service = await webService.service();
  expect(service).toMatchObject({ desiredCount: 2, launchType: 'FARGATE', loadBalancers: [{ containerName: 'web', containerPort: 8080 }] });
  expect(service.networkConfiguration?.awsvpcConfiguration).toMatchObject({ assignPublicIp: 'DISABLED', subnets: [expect.any(String), expect.any(String)] });

  expect(await internet.pull('ghcr.io/acme/api:1.4.2', PULLER)).toEqual({ digest: expect.any(String), layers: 1 });
  await app.destroy();
});

searchForSecrets(e2e);
