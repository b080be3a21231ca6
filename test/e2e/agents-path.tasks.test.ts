import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { useAgentsPath } from './support/agents-path';
import { REGION } from './support/cloud';
import { DeployedPermissions } from './support/deployed-permissions';
import { PULLER } from './support/internet';
import { searchForSecrets } from './support/search-for-secrets';
import { keyPolicyOf } from '../support/permissions';
import { allowAsOwner, LEAST_RIGHTS, pullRights } from '../support/pull-rights';

const OWNER = '444455556666';
/** Of another account: moto's server has one, MOTO_ACCOUNT_ID. */
const FOREIGN = {
  secretArn: `arn:aws:secretsmanager:${REGION}:${OWNER}:secret:ghcr/pull-a1B2c3`,
  keyArn: `arn:aws:kms:${REGION}:${OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
};
const path = useAgentsPath('tasks', async () => ({ foreign: FOREIGN }));

beforeAll(async () => {
  await path.app.deploy();
});

/** Each task with its containers and the secret that each of them is pulled with. */
const TASKS: [what: string, task: string, secrets: Record<string, string>, answer?: string][] = [
  ['containers from three registries, one of them with a sidecar', 'Kinds/SeveralRegistries', {
    app: 'ghcr/pull', own: 'keyed/pull', basic: 'nexus/pull', sidecar: 'ghcr/pull',
  }],
  ['on EC2 instances', 'Kinds/OnInstances', { app: 'ghcr/pull' }],
  ['on machines of one\'s own', 'Kinds/OnPremises', { app: 'ghcr/pull' }],
  ['with the digest that the check found', 'Kinds/Pinned', { app: 'ghcr/pull' }],
  ['with a role of the stack, which has a path', 'Roles/OwnRole', { app: 'ghcr/pull' }],
  ['with a role of another stack', 'Roles/RoleOfOtherStack', { app: 'ghcr/pull' }],
  ['with an imported role', 'Roles/ImportedRole', { app: 'ghcr/pull' }],
  ['with an imported role that another stack has imported, too', 'MoreRoles/ImportedRole', { app: 'keyed/pull' }],
  ['in a nested stack, with a role of its parent', 'Roles/RoleOfParent', { app: 'nexus/pull' }],
  ['of a service that shares its registry', 'Services/Api/TaskDef', { web: 'ghcr/pull' }, '1.4.2'],
  ['of another service of that registry, with a sidecar', 'Services/Web/TaskDef', { web: 'ghcr/pull', sidecar: 'ghcr/pull' }],
];

test.each(TASKS)('%s', async (_what, task, secrets, answer = '1.5.0') => {
  const { outcomes, secretIds, roleArn } = await path.walk(task);
  // Most images are that one, under several names.
  expect(outcomes).toEqual(Object.fromEntries(Object.keys(secrets).map((container) => [container, { answer, as: PULLER.username }])));
  expect(secretIds).toEqual(Object.fromEntries(Object.entries(secrets).map(([container, name]) => [container, path.given.secrets[name]])));

  // The imported role has a policy of each of the two stacks.
  const { given } = path;
  const ofRole = roleArn === given.roleArn ? [given.secrets['ghcr/pull'], given.secrets['keyed/pull']] : [...new Set(Object.values(secretIds))];
  for (const arn of ofRole) {
    expect(await path.rights(roleArn, arn)).toEqual(LEAST_RIGHTS);
  }
  expect(await path.excesses(roleArn, ofRole)).toEqual([]);
});

test('no task definition was registered before the check of its images', async () => {
  const client = new CloudFormationClient(path.e2e().cloud.client());
  for (const StackName of ['Kinds', 'Roles', 'MoreRoles', 'Services']) {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const created = StackEvents.reverse().filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_COMPLETE').map(({ LogicalResourceId }) => LogicalResourceId);
    const { Resources } = path.app.template(StackName);
    const isA = (type: string) => (id: string) => Resources[id].Type === type;
    for (const task of Object.keys(Resources).filter(isA('AWS::ECS::TaskDefinition'))) {
      const checks: string[] = Resources[task].DependsOn.filter(isA('Custom::PrivateRegistryPullCheck'));
      expect(checks).not.toEqual([]);
      expect(created.slice(0, created.indexOf(task))).toEqual(expect.arrayContaining(checks));
    }
  }
});

test('a secret of another account can be read with the policies that ownerPolicies() gives its owner, and not without', async () => {
  const { cloud } = path.e2e();
  const { policies } = await DeployedPermissions.read(cloud, [REGION]);
  const { Stacks } = await new CloudFormationClient(cloud.client()).send(new DescribeStacksCommand({ StackName: 'Consumer' }));
  const output = (key: string) => JSON.parse(Stacks![0].Outputs!.find(({ OutputKey }) => OutputKey === key)!.OutputValue!);
  const { roleArn, secretIds } = await path.describe('Consumer/OtherAccount');
  expect(secretIds).toEqual({ app: FOREIGN.secretArn });
  const [checkRole] = (await cloud.resources('Consumer', 'AWS::IAM::Role')).filter((name) => name.includes('PullCheck')).map((name) => `arn:aws:iam::111122223333:role/${name}`);
  const pull = { secret: FOREIGN.secretArn, key: FOREIGN.keyArn };

  policies.setResourcePolicy(FOREIGN.keyArn, keyPolicyOf(OWNER));
  const nothing = Object.fromEntries(Object.keys(LEAST_RIGHTS).map((right) => [right, false]));
  expect(await pullRights(policies, { role: roleArn, ...pull })).toEqual(nothing);

  allowAsOwner(policies, FOREIGN.secretArn, output('SecretPolicy'));
  allowAsOwner(policies, FOREIGN.keyArn, output('KeyPolicy'));
  for (const role of [roleArn, checkRole]) {
    expect(await pullRights(policies, { role, ...pull })).toEqual(LEAST_RIGHTS);
  }
  // Another role that may read everything in its own account is not admitted.
  const stranger = path.given.roleArn;
  policies.setIdentityPolicies(stranger, [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }]);
  expect(await pullRights(policies, { role: stranger, ...pull })).toMatchObject({ 'read the secret': false, 'decrypt it': false });
});

searchForSecrets(path.e2e);
