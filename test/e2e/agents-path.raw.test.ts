import { CloudFormationClient, DescribeStackEventsCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { SecretValue, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { useAgentsPath } from './support/agents-path';
import { DOUBTFUL, storeDoubtful } from './support/doubtful';
import { PULLER } from './support/internet';
import { searchForSecrets } from './support/search-for-secrets';
import { synthErrorOf } from './support/synth-error';
import { row, SILENT_FAILURES } from '../contract/silent-failures';
import { messageOf } from '../support/errors';
import { LEAST_RIGHTS, RIGHTS_WITHOUT_KEY } from '../support/pull-rights';
import { CHECKED, ENV, newApp, newStack, templateOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS, defineTask, defineTaskWith, ecsRole, ownSecret, stackWith } from '../support/tasks';

/**
 * What becomes of tasks that aws-cdk-lib alone lets pass, on the way that ECS takes, beside the same with this library.
 *
 * These rows can't be seen on that way; test/contract/nothing-fails-silently.*.test.ts shows them in the template:
 */
const ELSEWHERE = {
  // moto's server has one account here, and judges no policy of a resource: agents-path.tasks.test.ts evaluates the policies.
  secretOfOtherAccount: 'secrets',
  executionRoleOfOtherAccount: 'roles',
  // moto takes whatever is registered; ECS refuses it.
  ecrImage: 'images',
  // A moved tag is no fault on the day of the deployment.
  imageWithoutFixedTag: 'images',
  // There is no network between moto's tasks and the registry.
  noRouteToTheRegistry: 'service',
  serviceBeforeRoutes: 'service',
  platformTooOld: 'service',
  circuitBreakerOff: 'service',
};

const rowsHere = new Set<string>();
/** The title of a row that is shown here. */
const here = (id: string) => {
  rowsHere.add(id);
  return row(id);
};

const path = useAgentsPath('differences', storeDoubtful);
const IMAGE = 'ghcr.io/acme/api:1.5.0';

const ran = { app: { answer: '1.5.0', as: PULLER.username } };
const denied = { app: { failed: 'read the secret', reason: 'AccessDeniedException' } };
const notFound = { app: { failed: 'read the secret', reason: 'ResourceNotFoundException' } };

beforeAll(async () => {
  await path.app.deploy();
});

async function outcomesOf(task: string) {
  return (await path.walk(task)).outcomes;
}

/** What the policies say of the role and the secret of a task, and of the key that really encrypts it. */
async function rightsOf(task: string) {
  const { roleArn, secretIds } = await path.walk(task);
  return path.rights(roleArn, secretIds.app);
}

test(here('immutableExecutionRole'), async () => {
  const { given, e2e } = path;
  expect([await outcomesOf('Raw/ImmutableRole'), await outcomesOf('Ours/ImmutableRole')]).toEqual([denied, denied]);

  const message = synthErrorOf((stack) => defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(given.secrets['ghcr/pull']), {
    executionRole: iam.Role.fromRoleArn(stack, 'Immutable', given.roleArn, { mutable: false }),
  }));
  const [PolicyDocument] = /\{"Version".*\}/.exec(message)!;
  await new IAMClient(e2e().cloud.client()).send(new PutRolePolicyCommand({ RoleName: given.roleArn.split('/').pop(), PolicyName: 'pull', PolicyDocument }));
  expect(await outcomesOf('Ours/ImmutableRole')).toEqual(ran);
  expect(await rightsOf('Ours/ImmutableRole')).toEqual(LEAST_RIGHTS);
  expect(await path.excesses(given.roleArn, [given.secrets['ghcr/pull']])).toEqual([]);
});

test.each([
  [here('importedKey'), 'ImportedKey'],
  [here('secretOfOtherRegion'), 'OtherRegion'],
])('%s: aws-cdk-lib gives the right to read and none to decrypt', async (_row, task) => {
  // moto gives out the value all the same; see deployed-permissions.ts.
  expect(await outcomesOf(`Raw/${task}`)).toEqual(ran);
  // And one that the agent has no use for.
  expect(await rightsOf(`Raw/${task}`)).toEqual({ ...RIGHTS_WITHOUT_KEY, 'describe the secret': true });
  expect(await outcomesOf(`Ours/${task}`)).toEqual(ran);
  expect(await rightsOf(`Ours/${task}`)).toEqual(LEAST_RIGHTS);
});

describe(here('mistakenSecretId'), () => {
  test.each<[what: string, task: string, failure: object, mistake: (secret: string) => unknown, id: string]>([
    ['a complete ARN passed as a name', 'Raw/ArnForName', denied, (secret) => RegistryCredentials.fromSecretName(secret), 'invalidSecretName'],
    ['an ARN with a JSON key', 'Raw/ArnWithJsonKey', notFound,
      (secret) => RegistryCredentials.fromSecretCompleteArn(`${secret}:password:my-a1B2c3`), 'secretArnWithJsonKey'],
    ['an ARN of another service', 'Raw/OtherService', notFound,
      () => RegistryCredentials.fromSecretCompleteArn('arn:aws:ssm:eu-west-1:111122223333:parameter/ghcr-a1B2c3'), 'invalidSecretArn'],
  ])('%s: the task of aws-cdk-lib never gets the secret; ours is an error', async (_what, task, failure, mistake, id) => {
    expect(await outcomesOf(task)).toEqual(failure);
    expect(messageOf(() => mistake(path.given.secrets['ghcr/pull']))).toContain(`[cdk-private-registry:${id}]`);
  });

  test('a name with the suffix of its ARN: the policy of aws-cdk-lib never matches; ours is warned about', async () => {
    expect(await outcomesOf('Raw/NameWithSuffix')).toEqual(denied);
    expect(warningIdsOf(stackWith(RegistryCredentials.fromSecretName('ghcr/pull-a1B2c3'), CHECKED))).toEqual(['secretNameMayHaveSuffix']);
  });
});

test(here('secretByName'), async () => {
  const [raw, ours] = [await path.walk('Raw/ByName'), await path.walk('Ours/ByName')];
  const arn = path.given.secrets['ghcr/pull'];
  // Secrets Manager takes a partial ARN, and so does moto; that ECS does is nowhere written.
  expect([raw.secretIds.app, ours.secretIds.app]).toEqual([arn.slice(0, -7), arn]);
  expect(ours.outcomes).toEqual(ran);
});

test(here('initialValueNoCredential'), async () => {
  expect(await outcomesOf('Raw/Generated')).toEqual({ app: { failed: 'decode the secret', reason: expect.stringContaining('unable to unmarshal secret value') } });
  const stack = newStack();
  defineTaskWith(stack, RegistryCredentials.fromSecret(new secretsmanager.Secret(stack, 'Secret')));
  expect(warningIdsOf(stack)).toEqual(['secretWithoutCredentials']);
});

test(here('plainTextPassword'), async () => {
  const { TemplateBody } = await new CloudFormationClient(path.e2e().cloud.client()).send(new GetTemplateCommand({ StackName: 'Raw' }));
  expect(TemplateBody).toContain('hunter2-hunter2');
  expect(synthErrorOf((stack) => defineTaskWith(stack, RegistryCredentials.fromSecret(new secretsmanager.Secret(stack, 'Secret', {
    secretObjectValue: { username: SecretValue.unsafePlainText('acme-bot'), password: SecretValue.unsafePlainText('hunter2-hunter2') },
  }))))).toMatch(/\[cdk-private-registry:plainTextPassword\]/);
});

test.each<[row: string, task: string, image: string, reason: RegExp, error: string]>([
  [here('invalidImageReference'), 'Raw/Scheme', 'https://ghcr.io/acme/api:1.5.0', /invalid reference/, 'invalidImageReference'],
  [here('invalidImageReference'), 'Raw/UpperCase', 'ghcr.io/Acme/API:1.5.0', /not found/, 'invalidImageReference'],
  [here('imageOfOtherHost'), 'Raw/NoHost', 'acme/api:1.5.0', /docker\.io/, 'imageHostMismatch'],
])('%s: %s has %s', async (_row, task, image, reason, error) => {
  expect(await outcomesOf(task)).toEqual({ app: { failed: 'pull the image', reason: expect.stringMatching(reason) } });
  const provider = error === 'imageHostMismatch' ? RegistryProvider.GHCR : undefined;
  expect(messageOf(() => new PrivateRegistryImage(image, { credentials: CREDENTIALS, provider }))).toContain(`[cdk-private-registry:${error}]`);
});

test(here('executionRoleNotAssumable'), async () => {
  expect(await outcomesOf('Raw/NotAssumable')).toEqual({ app: { failed: 'assume the role', reason: 'ecs-tasks.amazonaws.com may not assume it' } });
  expect(synthErrorOf((stack) => defineTaskWith(stack, CREDENTIALS, {
    executionRole: ecsRole(stack, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }),
  }))).toContain('executionRoleNotAssumable');
});

// Both are deployed with this library: as Roles/RoleOfOtherStack in agents-path.tasks.test.ts, and Consumer/OfOtherStack in
// agents-path.credentials.test.ts.
test.each<[row: string, define: (app: Stack[], image: (secret: secretsmanager.ISecret) => ecs.ContainerImage) => void]>([
  [here('executionRoleOfOtherStack'), ([platform, stack], image) => defineTask(stack, image(ownSecret(stack)), { executionRole: ecsRole(platform) })],
  [here('secretAndKeyOfOtherStack'), ([platform, stack], image) => defineTask(stack, image(ownSecret(platform, { encryptionKey: new kms.Key(platform, 'Key') })))],
])('%s: aws-cdk-lib closes a cycle, so that there is nothing to deploy', (_row, define) => {
  const synth = (image: (secret: secretsmanager.ISecret) => ecs.ContainerImage) => {
    const app = newApp(CHECKED);
    const stacks = ['Platform', 'Stack'].map((name) => new Stack(app, name, { env: ENV }));
    define(stacks, image);
    return templateOf(stacks[1]);
  };
  expect(messageOf(() => synth((credentials) => ecs.ContainerImage.fromRegistry(IMAGE, { credentials })))).toMatch(/depends on|cyclic/i);
  expect(synth((secret) => new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecret(secret) }))).toBeDefined();
});

test(here('tasksBeforePolicy'), async () => {
  const orderIn = async (StackName: string) => {
    const client = new CloudFormationClient(path.e2e().cloud.client());
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const created = StackEvents.reverse().filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_COMPLETE');
    const policies = Object.entries<any>(JSON.parse(TemplateBody!).Resources)
      .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties.Roles).includes('"LateRole'))
      .map(([id]) => id);
    return created.flatMap(({ LogicalResourceId: id }) => policies.includes(id!) ? ['policy'] : id!.slice(0, -8) === 'Early' ? ['task'] : []);
  };
  // Nothing says in which order CloudFormation makes them, and here it depends on the names.
  expect(await orderIn('Raw')).toEqual(['task', 'policy']);
  expect(await orderIn('Ours')).toEqual(['policy', 'task']);
});

test(here('sameSecretInSeveralContainers'), async () => {
  for (const task of ['Raw/Containers', 'Ours/Containers']) {
    const { outcomes, roleArn } = await path.walk(task);
    expect(outcomes).toEqual({ ...ran, sidecar: ran.app });
    expect((await path.policiesOf(roleArn)).flatMap(({ Statement }) => Statement)).toHaveLength(1);
  }
});

test.each(Object.entries(DOUBTFUL))('%s: the check says yes where the agent can pull, and no where it cannot', async (id, [, verdict, failed]) => {
  const { secretIds, outcomes } = await path.walk(`Doubtful/${id}`);
  const [request] = path.e2e().cloud.requests().filter(({ event }) => event.ResourceProperties.Secret === secretIds.app);
  expect(request.answer.Data!.Verdict).toBe(verdict);
  expect(outcomes).toEqual(failed === undefined ? ran : { app: { failed, reason: expect.any(String) } });
  expect(verdict === 'OK').toBe(failed === undefined);
});

test('every row of the table is here, or named above', () => {
  expect([...rowsHere, ...Object.keys(ELSEWHERE)].sort()).toEqual(SILENT_FAILURES.map(({ id }) => id).sort());
});

searchForSecrets(path.e2e);
