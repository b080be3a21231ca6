import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { App } from './support/app';
import { ACCOUNT } from './support/cloud';
import { Deployed } from './support/deployed';
import { searchForSecrets } from './support/search-for-secrets';
import { storeSecret, useMiniStack } from './support/world';

const EXAMPLE_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';

const world = useMiniStack({ iam: true });
let app: App;
let web: Deployed;
let iam: IAMClient;
let secret: string;

beforeAll(async () => {
  const { cloud } = world();
  secret = await storeSecret(cloud, 'ghcr/pull');
  app = App.example(cloud, 'web-service');
  web = new Deployed(cloud, 'WebService');
  iam = new IAMClient(cloud.client());
});

test('with IAM on, the rights that the template gives are enough for the check and for the tasks', async () => {
  app.edit(EXAMPLE_SECRET, secret);
  // To the roles that cdk bootstraps MiniStack refuses the bucket of assets.
  app.edit('import { App, Stack }', 'import { App, CliCredentialsStackSynthesizer, Stack }');
  app.edit('{ env: {', '{ synthesizer: new CliCredentialsStackSynthesizer(), env: {');
  await app.deploy();
  expect((await web.steady()).runningCount).toBe(2);
});

test('a function that cannot read the secret says so and stops nothing, since the execution role can have more rights', async () => {
  const [RoleName] = (await world().cloud.resources(web.stack, 'AWS::IAM::Role')).filter((name) => name.includes('PullCheck'));
  const PolicyName = 'Denied';
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'secretsmanager:*', Resource: '*' }] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  app.edit('containerPort:', "pullCheck: { trigger: 'denied' }, containerPort:");

  // The function asks for a minute, as rights take a while to arrive everywhere.
  await app.deploy();
  const { Reason, Data } = world().cloud.requests().filter(({ event }) => event.RequestType === 'Create').at(-1)!.answer;
  expect(Data?.Verdict).toBe('SECRET_ACCESS_DENIED');
  expect(Reason).toContain(RoleName);
  expect(await web.failures()).toEqual([]);
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
});

test('a task says which right its execution role lost, and those that run go on', async () => {
  const running = async () => (await web.tasks('RUNNING')).map(({ taskArn }) => taskArn).sort();
  const before = await running();
  const { serviceArn: service, clusterArn: cluster } = await web.service();
  const RoleName = (await web.task()).executionRoleArn!.split('/').at(-1)!;
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  await Promise.all(PolicyNames.map((PolicyName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))));
  await new ECSClient(world().cloud.client()).send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }));
  await web.until(({ events }) => events!.some(({ message }) => message!.includes('rolled back')));

  const failed = (await web.tasks('STOPPED')).filter(({ stopCode }) => stopCode === 'TaskFailedToStart');
  expect(failed.length).toBeGreaterThan(0);
  for (const { stoppedReason } of failed) {
    expect(stoppedReason).toMatch(new RegExp(
      `^ResourceInitializationError: .*${secret}: AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/\\S+ is not authorized to perform: secretsmanager:GetSecretValue`,
    ));
  }
  expect(await running()).toEqual(before);
});

searchForSecrets(world);
