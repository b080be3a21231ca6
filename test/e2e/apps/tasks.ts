import { readFileSync } from 'node:fs';
import { App, CfnOutput, NestedStack, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryImage, PullCheckMode, RegistryCredentials, RegistryProvider } from '../../../src';

/** Every kind of task and execution role, with credentials that are there. ../agents-path.tasks.test.ts goes through them. */
/** See ../support/given.ts. */
const { secrets, keyArn, roleArn, foreign } = JSON.parse(readFileSync('given.json', 'utf8'));

const app = new App();
const env = { account: '111122223333', region: 'eu-west-1' };

const GHCR = RegistryCredentials.fromSecretCompleteArn(secrets['ghcr/pull']);
const api = new PrivateRegistryImage('ghcr.io/acme/api:1.5.0', { credentials: GHCR });
const ownApi = new PrivateRegistryImage('registry.example.com/acme/api:1.5.0', {
  credentials: RegistryCredentials.fromSecretCompleteArn(secrets['keyed/pull'], { encryptionKeyArn: keyArn }),
  provider: RegistryProvider.custom('registry.example.com', { authHost: 'auth.example.com' }),
});
const tool = new PrivateRegistryImage('nexus.example.com/acme/web:2.0.0', {
  credentials: RegistryCredentials.fromSecretCompleteArn(secrets['nexus/pull']),
  provider: RegistryProvider.nexus('nexus.example.com'),
});
const sidecar = new PrivateRegistryImage('ghcr.io/acme/sidecar:0.9', { credentials: GHCR });

function task(scope: Construct, id: string, image: ecs.ContainerImage, executionRole?: iam.IRole): ecs.FargateTaskDefinition {
  const definition = new ecs.FargateTaskDefinition(scope, id, { executionRole });
  definition.addContainer('app', { image });
  return definition;
}

function ecsRole(scope: Construct, id: string, path?: string): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), path });
}

const platform = new Stack(app, 'Platform', { env });
const platformRole = ecsRole(platform, 'TasksRole');

const kinds = new Stack(app, 'Kinds', { env });
const several = task(kinds, 'SeveralRegistries', api);
several.addContainer('own', { image: ownApi });
several.addContainer('basic', { image: tool });
several.addContainer('sidecar', { image: sidecar });
const ec2Task = new ecs.Ec2TaskDefinition(kinds, 'OnInstances');
ec2Task.addContainer('app', { image: api, memoryLimitMiB: 256 });
const externalTask = new ecs.ExternalTaskDefinition(kinds, 'OnPremises');
externalTask.addContainer('app', { image: api, memoryLimitMiB: 256 });
task(kinds, 'Pinned', new PrivateRegistryImage('ghcr.io/acme/api:1.5.0', { credentials: GHCR, pinDigest: true }));

const roles = new Stack(app, 'Roles', { env });
task(roles, 'OwnRole', api, ecsRole(roles, 'ExecutionRole', '/registry/'));
task(roles, 'RoleOfOtherStack', api, platformRole);
task(roles, 'ImportedRole', api, iam.Role.fromRoleArn(roles, 'ImportedRoleOfTasks', roleArn));
const parentRole = ecsRole(roles, 'ParentRole');
const nested = new NestedStack(roles, 'Nested');
task(nested, 'RoleOfParent', tool, parentRole);

/** It imports the same role, and has another secret: neither policy may take the place of the other. */
const moreRoles = new Stack(app, 'MoreRoles', { env });
task(moreRoles, 'ImportedRole', ownApi, iam.Role.fromRoleArn(moreRoles, 'ImportedRoleOfTasks', roleArn));

const services = new Stack(app, 'Services', { env });
const vpc = new ec2.Vpc(services, 'Vpc', { maxAzs: 2, natGateways: 0, restrictDefaultSecurityGroup: false });
const cluster = new ecs.Cluster(services, 'Cluster', { vpc });
const registry = new PrivateRegistry(services, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: GHCR });
new PrivateRegistryFargateService(services, 'Api', { cluster, registry, image: 'ghcr.io/acme/api:1.4.2' });
const web = new PrivateRegistryFargateService(services, 'Web', { cluster, registry, image: 'ghcr.io/acme/web:2.0.0' });
web.taskDefinition.addContainer('sidecar', { image: registry.image('ghcr.io/acme/sidecar:0.9') });

/** Nothing of the other account is there: only the policies are looked at. */
const consumer = new Stack(app, 'Consumer', { env });
const foreignRegistry = new PrivateRegistry(consumer, 'Ghcr', {
  provider: RegistryProvider.GHCR,
  credentials: RegistryCredentials.fromSecretCompleteArn(foreign.secretArn, { encryptionKeyArn: foreign.keyArn }),
  pullCheck: { mode: PullCheckMode.WARN },
});
task(consumer, 'OtherAccount', foreignRegistry.image('ghcr.io/acme/api:1.5.0'));
const policies = foreignRegistry.ownerPolicies();
new CfnOutput(consumer, 'SecretPolicy', { value: consumer.toJsonString(policies.secretPolicy) });
new CfnOutput(consumer, 'KeyPolicy', { value: consumer.toJsonString(policies.keyPolicy) });
