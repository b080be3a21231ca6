import { isDeepStrictEqual } from 'node:util';
import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { CloudFormationClient, DescribeChangeSetCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { App } from './support/app';
import { Deployed } from './support/deployed';
import { searchForSecrets } from './support/search-for-secrets';
import { storeSecret, useMiniStack } from './support/world';
import { ADDED_BY_PULL_CHECK, SERVICE_DIFFERENCES } from '../contract/moving-over.differences';
import { differences } from '../contract/template-difference';

/** A service as it runs today, in a VPC of its own stack, and the same one after the move. */
const source = (service: string) => `
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { PrivateRegistryFargateService, RegistryCredentials } from 'cdk-private-registry';

const app = new App();
const stack = new Stack(app, 'Production', { env: { account: '111122223333', region: 'eu-west-1' } });
const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
const secret = app.node.tryGetContext('secret');

${service}
`;

const RAW = source(`
new patterns.ApplicationLoadBalancedFargateService(stack, 'Api', {
  vpc,
  desiredCount: 2,
  taskImageOptions: {
    image: ecs.ContainerImage.fromRegistry('ghcr.io/acme/api:1.4.2', {
      credentials: secretsmanager.Secret.fromSecretCompleteArn(stack, 'Credentials', secret),
    }),
    containerPort: 8080,
  },
});`);

const OURS = source(`
new PrivateRegistryFargateService(stack, 'Api', {
  vpc,
  desiredCount: 2,
  image: 'ghcr.io/acme/api:1.4.2',
  credentials: RegistryCredentials.fromSecretCompleteArn(secret),
  containerPort: 8080,
});`);

/** What a stack in production can't have replaced without an outage. */
const KEPT = [
  'AWS::ECS::Service', 'AWS::ECS::Cluster', 'AWS::ECS::TaskDefinition', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::TargetGroup', 'AWS::EC2::SecurityGroup', 'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::IAM::Role', 'AWS::Logs::LogGroup',
];

/** The secret of the written list. */
const LISTED_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';

const world = useMiniStack();
let app: App;
let secret: string;
let context: string[];

beforeAll(async () => {
  const { cloud } = world();
  secret = await storeSecret(cloud, 'ghcr/pull');
  context = ['--context', `secret=${secret}`];
  app = App.of(cloud, RAW);
  await app.deploy(...context);
});

const deployedTemplate = async (): Promise<any> => {
  const client = new CloudFormationClient(world().cloud.client());
  return JSON.parse((await client.send(new GetTemplateCommand({ StackName: 'Production' }))).TemplateBody!);
};
const physicalIds = async () => Object.fromEntries(await Promise.all(KEPT.map(async (type) => [type, await world().cloud.resources('Production', type)] as const)));

let raw: any;
let before: Record<string, string[]>;

test('the change set adds the pull check, removes nothing and replaces nothing', async () => {
  raw = await deployedTemplate();
  before = await physicalIds();
  app.write(OURS);
  await app.cdk('deploy', ...context, '--require-approval', 'never', '--method', 'prepare-change-set', '--change-set-name', 'move-over');

  const client = new CloudFormationClient(world().cloud.client());
  const { Changes = [] } = await client.send(new DescribeChangeSetCommand({ StackName: 'Production', ChangeSetName: 'move-over' }));
  const changes = Changes.map(({ ResourceChange }) => ({
    action: ResourceChange!.Action!, type: ResourceChange!.ResourceType!, id: ResourceChange!.LogicalResourceId!,
  }));
  expect(changes.filter(({ action }) => action === 'Remove')).toEqual([]);
  expect([...new Set(changes.filter(({ action }) => action === 'Add').map(({ type }) => type))].sort()).toEqual(ADDED_BY_PULL_CHECK);

  // MiniStack's change sets don't say what is replaced. So the properties say what is modified, the schemas of the resources what
  // is replaced.
  const ours = app.template('Production');
  const listed = new Set(SERVICE_DIFFERENCES.map(({ type }) => type));
  const modified = changes.filter(({ action, id }) => action === 'Modify' && !isDeepStrictEqual(raw.Resources[id].Properties, ours.Resources[id].Properties));
  expect(modified.length).toBeGreaterThan(0);
  expect(modified.filter(({ type }) => !listed.has(type) && type !== 'AWS::CDK::Metadata')).toEqual([]);
  const replaced: string[] = [];
  fullDiff(raw, ours).resources.forEachDifference((id, { changeImpact, resourceType }) => {
    const harmless = [ResourceImpact.NO_CHANGE, ResourceImpact.WILL_UPDATE, ResourceImpact.WILL_CREATE].includes(changeImpact);
    if (!harmless && resourceType !== 'AWS::CDK::Metadata') {
      replaced.push(`${id}: ${changeImpact}`);
    }
  });
  expect(replaced).toEqual([]);
  // Nothing was deployed so far.
  expect(await physicalIds()).toEqual(before);
});

test('what differs from the deployed template is what the list allows', () => {
  const ours = app.template('Production');
  const named = (template: any) => JSON.parse(JSON.stringify(template).replaceAll(secret, LISTED_SECRET));
  const listed = (difference: { type: string; path: string; raw?: string; ours?: string }) => SERVICE_DIFFERENCES
    .some((row) => row.type === difference.type && row.path === difference.path && row.raw === difference.raw && row.ours === difference.ours);
  const different = differences(named(raw), named(ours)).filter(({ path }) => !path.startsWith('Metadata') && !path.includes('Analytics'));

  expect(different.length).toBeGreaterThan(2);
  expect(different.filter((difference) => !listed(difference))).toEqual([]);
});

test('after the move everything is what it was, and even the task definition has its old revision', async () => {
  await app.deploy(...context);

  const after = await physicalIds();
  // The function of the pull check has a role and a log group of its own.
  for (const type of KEPT) {
    expect(after[type]).toEqual(expect.arrayContaining(before[type]));
  }
  expect(after['AWS::ECS::TaskDefinition']).toEqual([expect.stringMatching(/:1$/)]);
  expect(after['AWS::ECS::Service']).toEqual(before['AWS::ECS::Service']);
  expect(world().cloud.requests().map(({ answer }) => answer.Data?.Verdict)).toEqual(['OK']);

  const production = new Deployed(world().cloud, 'Production');
  const { executionRoleArn, containerDefinitions } = await production.task();
  expect(containerDefinitions?.[0].repositoryCredentials).toEqual({ credentialsParameter: secret });
  const reading = (await production.rights(executionRoleArn!)).filter(({ Action }) => JSON.stringify(Action).includes('secretsmanager:'));
  expect(reading).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret }]);
});

searchForSecrets(world);
