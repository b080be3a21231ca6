import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { useAgentsPath } from './support/agents-path';
import { ACCOUNT } from './support/cloud';
import { OTHER_REGION } from './support/given';
import { searchForSecrets } from './support/search-for-secrets';

const SECRETS = ['ghcr/pull', 'nexus/pull', 'virginia/pull'];
const path = useAgentsPath('shared-role');

beforeAll(async () => {
  await path.app.cdk('bootstrap', `aws://${ACCOUNT}/${OTHER_REGION}`, '--app', '');
});

/** What the role that all stacks share reads in fact. */
async function readable(): Promise<string[]> {
  const { e2e, given } = path;
  const session = await path.agent.assume(given.roleArn);
  const read = await Promise.all(SECRETS.map(async (name) => {
    const client = new SecretsManagerClient({ ...e2e().cloud.client(session), region: given.secrets[name].split(':')[3] });
    try {
      await client.send(new GetSecretValueCommand({ SecretId: given.secrets[name] }));
      return [name];
    } catch (error) {
      expect((error as Error).name).toBe('AccessDeniedException');
      return [];
    }
  }));
  return read.flat();
}

test('before anything is deployed, the role reads nothing', async () => {
  expect(await readable()).toEqual([]);
});

// Ireland and Virginia are Regions of a stack with one name; Ireland and Worker read the same secret.
test.each<[command: 'deploy' | 'destroy', stack: string, secrets: string[]]>([
  ['deploy', 'Ireland', ['ghcr/pull', 'nexus/pull']],
  ['deploy', 'Virginia', ['ghcr/pull', 'nexus/pull', 'virginia/pull']],
  ['deploy', 'Worker', ['ghcr/pull', 'nexus/pull', 'virginia/pull']],
  ['destroy', 'Ireland', ['ghcr/pull', 'virginia/pull']],
  ['destroy', 'Virginia', ['ghcr/pull']],
  ['destroy', 'Worker', []],
])('after cdk %s %s, the role reads what the stacks that are there need', async (command, stack, secrets) => {
  await path.app.cdk(command, stack, '--exclusively', ...command === 'deploy' ? ['--require-approval', 'never'] : ['--force']);
  expect(await readable()).toEqual(secrets);
});

test('each stack can be deployed again after all were destroyed, and its task runs', async () => {
  await path.app.cdk('deploy', 'Worker', '--exclusively', '--require-approval', 'never');
  expect(await readable()).toEqual(['ghcr/pull']);
  expect((await path.walk('Worker/Task')).outcomes).toMatchObject({ api: { answer: '1.5.0' } });
});

searchForSecrets(path.e2e);
