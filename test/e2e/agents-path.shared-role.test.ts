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

/**
 * Ireland and Virginia are two Regions of a stack, with one name. All three read ghcr/pull: a policy with the name of another one would
 * take it away when it is destroyed.
 */
test.each<[command: 'deploy' | 'destroy', stack: string, secrets: string[]]>([
  ['deploy', 'Ireland', ['ghcr/pull', 'nexus/pull']],
  ['deploy', 'Worker', ['ghcr/pull', 'nexus/pull']],
  ['destroy', 'Ireland', ['ghcr/pull']],
  ['deploy', 'Virginia', ['ghcr/pull', 'virginia/pull']],
  ['destroy', 'Worker', ['ghcr/pull', 'virginia/pull']],
  ['deploy', 'Ireland', SECRETS],
  ['destroy', 'Virginia', ['ghcr/pull', 'nexus/pull']],
  ['destroy', 'Ireland', []],
])('after cdk %s %s, the role reads what the stacks that are there need: %p', async (command, stack, secrets) => {
  await path.app.cdk(command, stack, '--exclusively', ...command === 'deploy' ? ['--require-approval', 'never'] : ['--force']);
  expect(await readable()).toEqual(secrets);
});

searchForSecrets(path.e2e);
