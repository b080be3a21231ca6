import { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand, Task, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { App } from './support/app';
import { ACCOUNT, Cloud, REGION } from './support/cloud';
import { PULLER } from './support/registry';
import { World } from './support/world';
import { leaksIn } from '../support/leaks';

/** A user puts the own secret there, as the README of the example says. */
const EXAMPLE_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const STACK = 'WebService';

let world: World;
let app: App;
let cloud: Cloud;
let secret: string;

beforeAll(async () => {
  world = await World.start({ iam: false });
  ({ cloud } = world);
  await world.registry.publish('1.4.2');
  await world.registry.publish('1.5.0');
  secret = await cloud.storeSecret('ghcr/pull', PULLER);
  app = new App();
  app.edit(EXAMPLE_SECRET, secret);
});
afterAll(() => world?.stop());

/** What a task answers to an HTTP request, at the address of its network interface. */
async function ask(task: Task): Promise<string> {
  const address = task.attachments![0].details!.find(({ name }) => name === 'privateIPv4Address')!.value!;
  return (await fetch(`http://${address}:8080/`)).text();
}

/** The running tasks, and what they answer. */
async function running(): Promise<{ arns: string[]; answers: string[] }> {
  const tasks = await cloud.tasks(STACK, 'RUNNING');
  return { arns: tasks.map(({ taskArn }) => taskArn!).sort(), answers: await Promise.all(tasks.map(ask)) };
}

/** The service has as many tasks as it should have, of one deployment, which is complete. */
const steady = () => cloud.until(STACK, ({ desiredCount, runningCount, deployments }) =>
  runningCount === desiredCount && deployments!.some(({ status, rolloutState }) => status === 'PRIMARY' && rolloutState === 'COMPLETED'));

test('cdk bootstrap', async () => {
  expect(await app.cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`)).toMatchObject({ status: 0 });
});

test('cdk deploy: two containers answer', async () => {
  expect(await app.cdk('deploy', '--require-approval', 'never')).toMatchObject({ status: 0, output: expect.stringContaining('✅') });
  await steady();

  expect((await running()).answers).toEqual(['1.4.2', '1.4.2']);
  expect(await world.engine.containers()).toHaveLength(2);
  const tasks = await cloud.tasks(STACK, 'RUNNING');
  expect(tasks).toEqual([1, 2].map(() => expect.objectContaining({
    lastStatus: 'RUNNING',
    launchType: 'FARGATE',
    group: expect.stringMatching(/^service:/),
    containers: [expect.objectContaining({ name: 'web', image: 'ghcr.io/acme/api:1.4.2', lastStatus: 'RUNNING' })],
  })));
});

test('the load balancer passes a request on to one of them', async () => {
  const [arn] = await cloud.resources(STACK, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  // MiniStack has the load balancers below this path, too.
  const response = await fetch(`${Cloud.endpoint}/_alb/${arn.split('/')[2]}/`);
  expect(await response.text()).toBe('1.4.2');
});

test('the registry gave the manifest to the function, and then the whole image to the engine', () => {
  const [first, ...others] = world.registry.given();
  expect(first).toMatch(/^cdk-private-registry.* (HEAD|GET) \/v2\/acme\/api\/manifests\/1\.4\.2$/);
  expect(others).toContainEqual(expect.stringMatching(/^docker\/20\.10.* GET \/v2\/acme\/api\/blobs\/sha256:/));
});

test('what the containers write is in the log group of the stack', async () => {
  expect(await cloud.logOf(STACK, 'containers')).toEqual(['1.4.2 listens', '1.4.2 listens']);
});

test('a new tag replaces the tasks', async () => {
  const before = await running();
  app.edit('1.4.2', '1.5.0');
  expect(await app.cdk('deploy', '--require-approval', 'never')).toMatchObject({ status: 0 });
  await steady();
  await cloud.until(STACK, ({ deployments }) => deployments!.length === 1);

  const after = await running();
  expect(after.answers).toEqual(['1.5.0', '1.5.0']);
  expect(await world.engine.containers()).toHaveLength(2);
  const stopped = await cloud.tasks(STACK, 'STOPPED');
  expect(stopped.map(({ taskArn }) => taskArn).sort()).toEqual(before.arns);
  expect(stopped.map(({ stoppedReason }) => stoppedReason)).toEqual(['Deployment completed', 'Deployment completed']);
});

test('an expired token: the check refuses the deployment, and the tasks run on', async () => {
  const before = await running();
  world.registry.expireToken();
  await world.engine.forgetImages();
  app.edit('1.5.0', '1.4.2');
  const { status, output } = await app.cdk('deploy', '--require-approval', 'never');

  expect(status).not.toBe(0);
  expect(output.replace(/\s+/g, ' ')).toContain('[CREDENTIALS_REJECTED]');
  expect(await cloud.stackStatus(STACK)).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await cloud.failures(STACK)).toEqual([expect.stringMatching(/^PrivateRegistryPullCheck.*ghcr\.io.*\[CREDENTIALS_REJECTED\]/)]);
  await steady();
  expect(await running()).toEqual(before);
  expect(before.answers).toEqual(['1.5.0', '1.5.0']);
});

test('without the check new tasks fail to pull, and the circuit breaker of the service ends the deployment', async () => {
  const before = await running();
  const ecs = new ECSClient(cloud.client());
  const { serviceArn: service, clusterArn: cluster, taskDefinition: current } = await cloud.service(STACK);
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: current }));
  // ECS asks for the digest of a tag before the first task, and would already end the deployment there.
  const containerDefinitions = taskDefinition!.containerDefinitions!.map((container) => ({ ...container, versionConsistency: 'disabled' as const }));
  const next = await ecs.send(new RegisterTaskDefinitionCommand({ ...taskDefinition!, family: taskDefinition!.family, containerDefinitions }));
  await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition: next.taskDefinition!.taskDefinitionArn }));
  const { events, deployments } = await cloud.until(STACK, (now) => now.events!.some(({ message }) => message!.includes('rolled back')));

  expect(events!.map(({ message }) => message)).toContainEqual(expect.stringContaining('deployment circuit breaker was triggered'));
  expect(deployments).toContainEqual(expect.objectContaining({ taskDefinition: next.taskDefinition!.taskDefinitionArn, rolloutState: 'FAILED' }));
  const failed = (await cloud.tasks(STACK, 'STOPPED')).filter(({ stopCode }) => stopCode === 'TaskFailedToStart');
  expect(failed.length).toBeGreaterThanOrEqual(3);
  for (const { stoppedReason } of failed) {
    expect(stoppedReason).toMatch(/^CannotPullContainerError: .*unauthorized/);
  }
  await steady();
  expect(await running()).toEqual(before);
});

test('no password is in anything that cdk, a task, the function or MiniStack has written', async () => {
  const places = {
    cdk: app.transcript,
    failures: (await cloud.failures(STACK)).join('\n'),
    tasks: JSON.stringify(await cloud.tasks(STACK, 'STOPPED')),
    functions: (await cloud.logOf(STACK, 'functions')).join('\n'),
    ministack: cloud.log(),
  };
  // Nothing would be found where nothing is.
  expect(Object.entries(places).filter(([, text]) => text.length < 100).map(([name]) => name)).toEqual([]);
  expect(Object.entries(places).flatMap(([name, text]) => leaksIn(text, [PULLER.password]).map((leak) => `${name}: ${leak}`))).toEqual([]);
});

test('cdk destroy leaves no container', async () => {
  expect(await app.cdk('destroy', '--force')).toMatchObject({ status: 0 });
  expect(await world.engine.containers()).toEqual([]);
});
