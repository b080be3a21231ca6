import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient, RegisterTaskDefinitionCommand, Task, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { App } from './support/app';
import { runAws } from './support/aws';
import { ENDPOINT } from './support/cloud';
import { Deployed } from './support/deployed';
import { PULLER } from './support/internet';
import { searchForSecrets } from './support/search-for-secrets';
import { storeSecret, useMiniStack } from './support/world';

/** A user puts the own secret there, as the README of the example says. */
const EXAMPLE_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';

const world = useMiniStack();
let app: App;
let web: Deployed;
let secret: string;

beforeAll(async () => {
  const { cloud } = world();
  secret = await storeSecret(cloud, 'ghcr/pull');
  app = App.example(cloud, 'web-service');
  app.edit(EXAMPLE_SECRET, secret);
  web = new Deployed(cloud, 'WebService');
});

/** What a task answers to an HTTP request, at the address of its network interface. */
async function ask(task: Task): Promise<string> {
  const address = task.attachments![0].details!.find(({ name }) => name === 'privateIPv4Address')!.value!;
  return (await fetch(`http://${address}:8080/`)).text();
}

/** The running tasks, and what they answer. */
async function running(): Promise<{ arns: string[]; answers: string[] }> {
  const tasks = await web.tasks('RUNNING');
  return { arns: tasks.map(({ taskArn }) => taskArn!).sort(), answers: await Promise.all(tasks.map(ask)) };
}

test('cdk deploy: the function asks the registry, and two containers answer', async () => {
  const { cloud, internet, engine } = world();
  await app.deploy();
  await web.steady();

  expect(cloud.requests()).toEqual([expect.objectContaining({
    answer: expect.objectContaining({ Status: 'SUCCESS', Data: expect.objectContaining({ Verdict: 'OK', Digest: internet.digests['1.4.2'] }) }),
  })]);
  expect((await running()).answers).toEqual(['1.4.2', '1.4.2']);
  expect(await engine.containers()).toHaveLength(2);
});

test('the task definition has the secret, and its role no more rights than it needs', async () => {
  const { containerDefinitions, executionRoleArn } = await web.task();
  expect(containerDefinitions).toEqual([expect.objectContaining({ image: 'ghcr.io/acme/api:1.4.2', repositoryCredentials: { credentialsParameter: secret } })]);
  expect(await web.rights(executionRoleArn!)).toEqual([
    { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret },
    { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: expect.stringMatching(/:log-group:.*WebService.*ApiTaskDefwebLogGroup/) },
  ]);
  const service = await web.service();
  expect(service).toMatchObject({ desiredCount: 2, launchType: 'FARGATE', loadBalancers: [{ containerName: 'web', containerPort: 8080 }] });
  expect(service.networkConfiguration?.awsvpcConfiguration).toMatchObject({ assignPublicIp: 'DISABLED', subnets: [expect.any(String), expect.any(String)] });
});

test('aws ecs describe-tasks shows them', async () => {
  const { cloud } = world();
  const [cluster] = await cloud.resources(web.stack, 'AWS::ECS::Cluster');
  const { taskArns } = JSON.parse(runAws(cloud, `aws ecs list-tasks --cluster ${cluster}`));
  const { tasks } = JSON.parse(runAws(cloud, `aws ecs describe-tasks --cluster ${cluster} --tasks ${taskArns.join(' ')}`));
  expect(tasks).toEqual([1, 2].map(() => expect.objectContaining({
    lastStatus: 'RUNNING',
    launchType: 'FARGATE',
    group: expect.stringMatching(/^service:/),
    containers: [expect.objectContaining({ name: 'web', image: 'ghcr.io/acme/api:1.4.2', lastStatus: 'RUNNING' })],
  })));
});

test('the load balancer passes a request on to one of them', async () => {
  const [arn] = await world().cloud.resources(web.stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  // MiniStack has the load balancers below this path, too.
  const response = await fetch(`${ENDPOINT}/_alb/${arn.split('/')[2]}/`);
  expect(await response.text()).toBe('1.4.2');
});

test('the registry gave the manifest to the function, and then the whole image to the engine', () => {
  const given = world().internet.seen.filter(({ path, status }) => path.startsWith('/v2/acme/') && status === 200).map(({ client, method, path }) => [client, method, path].join(' '));
  const blobs = given.filter((line) => line.includes('/blobs/'));
  expect(given[0]).toMatch(/^cdk-private-registry.* (HEAD|GET) \/v2\/acme\/api\/manifests\/1\.4\.2$/);
  expect(blobs).toContainEqual(expect.stringMatching(/GET \/v2\/acme\/api\/blobs\/sha256:/));
  expect(blobs.filter((line) => !line.startsWith('docker/20.10'))).toEqual([]);
});

test('what the containers write is in the log group of the stack', async () => {
  const { cloud } = world();
  const logGroupName = (await cloud.resources(web.stack, 'AWS::Logs::LogGroup')).find((name) => name.includes('TaskDef'));
  const { events } = await new CloudWatchLogsClient(cloud.client()).send(new FilterLogEventsCommand({ logGroupName }));
  expect(events!.map(({ message }) => message)).toEqual(['1.4.2 listens', '1.4.2 listens']);
});

test('a new tag replaces the tasks', async () => {
  const before = await running();
  app.edit('1.4.2', '1.5.0');
  await app.deploy();
  await web.steady();

  expect((await running()).answers).toEqual(['1.5.0', '1.5.0']);
  expect(await world().engine.containers()).toHaveLength(2);
  const stopped = await web.tasks('STOPPED');
  expect(stopped.map(({ taskArn }) => taskArn).sort()).toEqual(before.arns);
  expect(stopped.map(({ stoppedReason }) => stoppedReason)).toEqual(['Deployment completed', 'Deployment completed']);
});

test('an expired token: the check refuses the deployment, and the tasks run on', async () => {
  const before = await running();
  world().internet.rotate(PULLER.username, 'another');
  await world().engine.forgetImages();
  app.edit('1.5.0', '1.4.2');
  const { status, output } = await app.tryDeploy();

  expect(status).not.toBe(0);
  expect(output.replace(/\s+/g, ' ')).toContain('[CREDENTIALS_REJECTED]');
  expect(await web.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await web.failures()).toMatchObject([{ id: expect.stringMatching(/^PrivateRegistryPullCheck/), verdict: 'CREDENTIALS_REJECTED' }]);
  await web.steady();
  expect(await running()).toEqual(before);
  expect(before.answers).toEqual(['1.5.0', '1.5.0']);
});

test('without the check new tasks fail to pull, and the circuit breaker of the service ends the deployment', async () => {
  const before = await running();
  const ecs = new ECSClient(world().cloud.client());
  const { serviceArn: service, clusterArn: cluster } = await web.service();
  const current = await web.task();
  // ECS asks for the digest of a tag before the first task, and would already end the deployment there.
  const containerDefinitions = current.containerDefinitions!.map((container) => ({ ...container, versionConsistency: 'disabled' as const }));
  const registered = await ecs.send(new RegisterTaskDefinitionCommand({ ...current, family: current.family, containerDefinitions }));
  const taskDefinition = registered.taskDefinition!.taskDefinitionArn;
  await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
  const { events, deployments } = await web.until((now) => now.events!.some(({ message }) => message!.includes('rolled back')));

  expect(events!.map(({ message }) => message)).toContainEqual(expect.stringContaining('deployment circuit breaker was triggered'));
  expect(deployments).toContainEqual(expect.objectContaining({ taskDefinition, rolloutState: 'FAILED' }));
  const failed = (await web.tasks('STOPPED')).filter(({ stopCode }) => stopCode === 'TaskFailedToStart');
  expect(failed.length).toBeGreaterThanOrEqual(3);
  for (const { stoppedReason } of failed) {
    expect(stoppedReason).toMatch(/^CannotPullContainerError: .*unauthorized/);
  }
  await web.until(({ runningCount, desiredCount }) => runningCount === desiredCount);
  expect(await running()).toEqual(before);
});

searchForSecrets(world);

test('cdk destroy leaves no container', async () => {
  await app.destroy();
  expect(await world().engine.containers()).toEqual([]);
});
