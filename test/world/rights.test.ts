import { DescribeTaskDefinitionCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { App } from './support/app';
import { ACCOUNT, Cloud, REGION } from './support/cloud';
import { PULLER } from './support/registry';
import { World } from './support/world';

const EXAMPLE_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const STACK = 'WebService';

let world: World;
let cloud: Cloud;
let app: App;
let secret: string;

beforeAll(async () => {
  world = await World.start({ iam: true });
  ({ cloud } = world);
  await world.registry.publish('1.4.2');
  secret = await cloud.storeSecret('ghcr/pull', PULLER);
});
afterAll(() => world?.stop());

test('with IAM on, the rights that the template gives are enough for the check and for the tasks', async () => {
  app = new App();
  app.edit(EXAMPLE_SECRET, secret);
  // To the roles that cdk bootstraps MiniStack refuses the bucket of assets.
  app.edit('import { App, Stack }', 'import { App, CliCredentialsStackSynthesizer, Stack }');
  app.edit('{ env: {', '{ synthesizer: new CliCredentialsStackSynthesizer(), env: {');
  expect(await app.cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`)).toMatchObject({ status: 0 });
  expect(await app.cdk('deploy', '--require-approval', 'never')).toMatchObject({ status: 0, output: expect.stringContaining('✅') });
  await cloud.until(STACK, ({ runningCount, deployments }) => runningCount === 2 && deployments![0].rolloutState === 'COMPLETED');
});

test('a function that cannot read the secret stops nothing, since the execution role can have more rights, and the tasks run', async () => {
  const [RoleName] = (await cloud.resources(STACK, 'AWS::IAM::Role')).filter((name) => name.includes('PullCheck'));
  const iam = new IAMClient(cloud.client());
  const PolicyName = 'Denied';
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'secretsmanager:*', Resource: '*' }] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  app.edit('containerPort:', "pullCheck: { trigger: 'denied' }, containerPort:");

  expect(await app.cdk('deploy', '--require-approval', 'never')).toMatchObject({ status: 0 });
  expect(await cloud.failures(STACK)).toEqual([]);
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
});

test('a task says which right its execution role lost, and those that run go on', async () => {
  const before = (await cloud.tasks(STACK, 'RUNNING')).map(({ taskArn }) => taskArn).sort();
  const { serviceArn, clusterArn, taskDefinition } = await cloud.service(STACK);
  const ecs = new ECSClient(cloud.client());
  const role = (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition!.executionRoleArn!;
  const RoleName = role.split('/').at(-1)!;
  const iam = new IAMClient(cloud.client());
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  await Promise.all(PolicyNames.map((PolicyName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))));
  await ecs.send(new UpdateServiceCommand({ cluster: clusterArn, service: serviceArn, forceNewDeployment: true }));
  await cloud.until(STACK, ({ events }) => events!.some(({ message }) => message!.includes('rolled back')));

  const failed = (await cloud.tasks(STACK, 'STOPPED')).filter(({ stopCode }) => stopCode === 'TaskFailedToStart');
  expect(failed.length).toBeGreaterThan(0);
  for (const { stoppedReason } of failed) {
    expect(stoppedReason).toMatch(new RegExp(
      `^ResourceInitializationError: .*${secret}: AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/\\S+ is not authorized to perform: secretsmanager:GetSecretValue`,
    ));
  }
  expect((await cloud.tasks(STACK, 'RUNNING')).map(({ taskArn }) => taskArn).sort()).toEqual(before);
});
