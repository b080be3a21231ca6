import { CreateClusterCommand, CreateServiceCommand, ECSClient, ListTasksCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { startMiniStack, storeSecret } from './world';

/** Starts a world with a container in it, writes a line, and stays until it is killed: see ends.test.ts. */
async function main(): Promise<void> {
  const { cloud, engine } = await startMiniStack(false);
  const credentialsParameter = await storeSecret(cloud, 'ghcr/pull');
  const ecs = new ECSClient(cloud.client());
  await ecs.send(new CreateClusterCommand({ clusterName: 'default' }));
  await ecs.send(new RegisterTaskDefinitionCommand({
    family: 'web',
    networkMode: 'awsvpc',
    containerDefinitions: [{ name: 'web', image: 'ghcr.io/acme/api:1.4.2', repositoryCredentials: { credentialsParameter } }],
  }));
  await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 1, launchType: 'FARGATE' }));
  while ((await engine.containers()).length === 0) {
    await ecs.send(new ListTasksCommand({}));
  }
  console.log('a container runs');
  setInterval(() => undefined, 1_000);
}

void main();
