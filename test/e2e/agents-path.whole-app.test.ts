import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { useAgentsPath } from './support/agents-path';
import { runAws } from './support/aws';
import { json } from './support/given';
import { PLAIN_PULLER, PULLER } from './support/internet';
import { searchForSecrets } from './support/search-for-secrets';
import { LEAST_RIGHTS } from '../support/pull-rights';

const HUB_SECRET = 'hub/pull';
let hubSecretArn: string;
const path = useAgentsPath('whole-app', async (cloud) => {
  const client = new SecretsManagerClient(cloud.client());
  hubSecretArn = (await client.send(new CreateSecretCommand({ Name: HUB_SECRET, SecretString: json(PLAIN_PULLER) }))).ARN!;
  return { hubSecret: HUB_SECRET };
});

beforeAll(async () => {
  await path.app.deploy();
});

/** Each task with its containers, and the registry of each. */
const TASKS: [what: string, task: string, registries: Record<string, 'ghcr' | 'hub'>][] = [
  ['a service of aws-ecs-patterns, with a sidecar', 'Services/Web/TaskDef', { 'web': 'ghcr', 'web-sidecar': 'hub' }],
  ['a scheduled task of aws-ecs-patterns', 'Services/Nightly/ScheduledTaskDef', { ScheduledContainer: 'hub' }],
  ['a task with a sidecar, and an agent that an Aspect adds', 'Tasks/Plain', { api: 'ghcr', sidecar: 'hub', agent: 'ghcr' }],
  ['a task on EC2 instances', 'Tasks/OnInstances', { 'on-instances': 'ghcr' }],
  ['a construct of Datadog, with its agent and log router', 'Tasks/Observed', { 'datadog-agent': 'hub', 'datadog-log-router': 'ghcr', 'observed': 'ghcr' }],
  ['a template in YAML that CfnInclude includes', 'Included/Task', { 'included': 'ghcr', 'included-worker': 'hub' }],
];
const PULLERS = { ghcr: PULLER, hub: PLAIN_PULLER };

/** The least rights for the secrets of these registries, and no others. */
async function expectLeastRights(roleArn: string, registries: readonly (keyof typeof PULLERS)[]): Promise<void> {
  const secrets = [...new Set(registries)].map((registry) => registry === 'hub' ? hubSecretArn : path.given.secrets['ghcr/pull']);
  for (const arn of secrets) {
    expect(await path.rights(roleArn, arn)).toEqual(LEAST_RIGHTS);
  }
  expect(await path.excesses(roleArn, secrets)).toEqual([]);
}

test.each(TASKS)('%s', async (_what, task, registries) => {
  const { outcomes, roleArn } = await path.walk(task);
  // Each image is that one, under several names.
  expect(outcomes).toEqual(Object.fromEntries(Object.entries(registries).map(([name, registry]) => [name, { answer: '1.5.0', as: PULLERS[registry].username }])));
  await expectLeastRights(roleArn, Object.values(registries));
});

test('these are all task definitions that there are', () => {
  const { taskDefinitionArns } = JSON.parse(runAws(path.e2e().cloud, 'aws ecs list-task-definitions'));
  expect(taskDefinitionArns).toHaveLength(TASKS.length);
});

test('a job of AWS Batch', async () => {
  const { jobDefinitions } = JSON.parse(runAws(path.e2e().cloud, 'aws batch describe-job-definitions'));
  expect(jobDefinitions).toHaveLength(1);
  const [{ containerProperties }] = jobDefinitions;
  expect(await path.agent.startContainer(containerProperties, containerProperties.executionRoleArn)).toEqual({ answer: '1.5.0', as: PULLER.username });
  await expectLeastRights(containerProperties.executionRoleArn, ['ghcr']);
});

searchForSecrets(path.e2e);
