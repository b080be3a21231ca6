import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { allSecrets, useAgentsPath } from './support/agents-path';
import { runAws } from './support/aws';
import { PLAIN_PULLER, PULLER } from './support/internet';
import { searchForSecrets } from './support/search-for-secrets';
import { LEAST_RIGHTS } from '../support/pull-rights';

const path = useAgentsPath('credentials');

/** The command that the stack of a placeholder shows. */
async function commandOf(registry: string): Promise<string> {
  const { Stacks } = await new CloudFormationClient(path.e2e().cloud.client()).send(new DescribeStacksCommand({ StackName: 'Platform' }));
  const [output, ...others] = Stacks![0].Outputs!.filter(({ OutputKey }) => OutputKey!.startsWith(`${registry}SecretPutSecretValue`));
  expect(others).toEqual([]);
  return output.OutputValue!;
}

/** With `secret-json` of our own command, which escapes what JSON wants escaped, as the README recommends. */
function fillFromFile(command: string): void {
  const secretJson = execFileSync(join(path.app.directory, 'node_modules/.bin/cdk-private-registry'), ['secret-json', '--username', PULLER.username, '--password-stdin'], {
    input: PULLER.password, encoding: 'utf8',
  });
  writeFileSync(join(path.app.directory, 'ghcr.json'), secretJson);
  runAws(path.e2e().cloud, command.replace(/--secret-string '.*'$/, '--secret-string file://ghcr.json'), path.app.directory);
}

function fillByHand(command: string): void {
  runAws(path.e2e().cloud, command.replace('<user name>', PLAIN_PULLER.username).replace('<password>', PLAIN_PULLER.password));
}

beforeAll(async () => {
  const { app } = path;
  await app.cdk('deploy', 'Platform', '--require-approval', 'never');
  fillFromFile(await commandOf('Filled'));
  fillByHand(await commandOf('FilledAndKeyed'));
  const parameters = {
    Token: PLAIN_PULLER.password,
    GhcrIoUsername: PLAIN_PULLER.username,
    GhcrIoPassword: PLAIN_PULLER.password,
    RegistryExampleComUsername: PLAIN_PULLER.username,
    RegistryExampleComPassword: PLAIN_PULLER.password,
  };
  const options = Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `Created:${name}=${value}`]);
  await app.cdk('deploy', 'Existing', 'Created', 'Consumer', '--exclusively', '--require-approval', 'never', ...options);
});

/** How the credentials are given, the task that has them, whose they are, whether a customer-managed key encrypts them, and what the task names. */
const WAYS: [way: string, task: string, account: typeof PULLER, hasKey: boolean, names: 'the complete ARN' | 'the name'][] = [
  ['fromSecretCompleteArn', 'Existing/ByArn', PULLER, false, 'the complete ARN'],
  ['fromSecretCompleteArn, key by ARN', 'Existing/ByArnWithKey', PULLER, true, 'the complete ARN'],
  ['fromSecretCompleteArn, key by the ARN of an alias', 'Existing/ByArnWithAlias', PULLER, true, 'the complete ARN'],
  ['fromSecretCompleteArn, secret and key of another Region', 'Existing/OtherRegion', PULLER, true, 'the complete ARN'],
  ['fromSecretCompleteArn, replica in the Region of the tasks', 'Existing/Replica', PULLER, false, 'the complete ARN'],
  ['fromSecretName', 'Existing/ByName', PULLER, false, 'the complete ARN'],
  ['fromSecretName, key by ARN', 'Existing/ByNameWithKey', PULLER, true, 'the complete ARN'],
  ['fromSecretName with a slash', 'Existing/BySlashedName', PULLER, false, 'the complete ARN'],
  ['fromSecretName with a slash, imported key', 'Existing/BySlashedNameWithKey', PULLER, true, 'the complete ARN'],
  ['fromSecretName, with the check off', 'Existing/ByNameUnchecked', PULLER, false, 'the name'],
  ['fromSecret, imported by ARN with a key by alias', 'Existing/Imported', PULLER, true, 'the complete ARN'],
  ['fromSecret, imported by name', 'Existing/ImportedByName', PULLER, false, 'the complete ARN'],
  ['fromSecret, imported by partial ARN', 'Existing/ImportedByPartialArn', PULLER, false, 'the complete ARN'],
  ['fromSecret, own', 'Created/Own', PLAIN_PULLER, false, 'the complete ARN'],
  ['fromSecret, own with an own key', 'Created/OwnWithKey', PLAIN_PULLER, true, 'the complete ARN'],
  ['fromSecret, own with an imported key', 'Created/OwnWithImportedKey', PLAIN_PULLER, true, 'the complete ARN'],
  ['fromSecret, secret and key of another stack', 'Consumer/OfOtherStack', PLAIN_PULLER, true, 'the complete ARN'],
  ['fromSecretValue of another secret', 'Created/FromSecret', PLAIN_PULLER, false, 'the complete ARN'],
  ['fromSecretValue of an SSM parameter, with a key', 'Created/FromSsmWithKey', PLAIN_PULLER, true, 'the complete ARN'],
  ['fromSecretValue of a CloudFormation parameter', 'Created/FromParameter', PLAIN_PULLER, false, 'the complete ARN'],
  ['fromParameters', 'Created/FromParameters', PLAIN_PULLER, false, 'the complete ARN'],
  ['fromParameters with a key, for a registry of one\'s own', 'Created/FromParametersWithKey', PLAIN_PULLER, true, 'the complete ARN'],
  ['placeholder, filled from a file', 'Consumer/Placeholder', PULLER, false, 'the complete ARN'],
  ['placeholder with a key, filled by hand', 'Consumer/PlaceholderWithKey', PLAIN_PULLER, true, 'the complete ARN'],
];

test.each(WAYS)('%s', async (_way, task, account, hasKey, names) => {
  const { cloud } = path.e2e();
  const { outcomes, secretIds, roleArn } = await path.walk(task);
  expect(outcomes).toEqual({ app: { answer: '1.5.0', as: account.username } });

  const arns = await allSecrets(cloud);
  const arn = arns.find((one) => secretIds.app === one || one.slice(0, -7).endsWith(`:secret:${secretIds.app}`))!;
  expect(secretIds.app === arn ? 'the complete ARN' : 'the name').toBe(names);
  expect({ rights: await path.rights(roleArn, arn), hasKey: await path.hasKey(arn), excesses: await path.excesses(roleArn, [arn]) })
    .toEqual({ rights: LEAST_RIGHTS, hasKey, excesses: [] });
});

searchForSecrets(path.e2e);
