import { CreateClusterCommand, CreateServiceCommand, ECSClient, ListTasksCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { HOST, PULLER, REPOSITORY } from './registry';
import { World } from './world';

/** Starts a world with a container in it, writes a line, and stays until it is killed: see ends.test.ts. */
async function main(): Promise<void> {
  const { cloud, engine, registry } = await World.start({ iam: false });
  await registry.publish('1.4.2');
  const credentialsParameter = await cloud.storeSecret('ghcr/pull', PULLER);
  const ecs = new ECSClient(cloud.client());
  await ecs.send(new CreateClusterCommand({ clusterName: 'default' }));
  await ecs.send(new RegisterTaskDefinitionCommand({
    family: 'web',
    networkMode: 'awsvpc',
    containerDefinitions: [{ name: 'web', image: `${HOST}/${REPOSITORY}:1.4.2`, repositoryCredentials: { credentialsParameter } }],
  }));
  await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 1, launchType: 'FARGATE' }));
  while ((await engine.containers()).length === 0) {
    await ecs.send(new ListTasksCommand({}));
  }
  console.log('a container runs');
  setInterval(() => undefined, 1_000);
}

void main();
