import { CfnResource, Fn } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { addAspect, appOf, authenticate, checkedStack, GHCR_SECRET_ARN, HUB_SECRET_ARN, OWN_SECRET_ARN, plain, TRUST } from './support';
import { PrivateRegistryImage, RegistryCredentials } from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { defineJob, defineMultiNodeJob, fargateContainer, jobContainersOf } from '../support/jobs';
import { IMAGE, resourcesOf, statementsOf, warningIdsOf } from '../support/synth';

const WORKER = 'ghcr.io/acme/worker:1';

test('jobs with plain images are authenticated: one container, several nodes, and a container of two jobs', () => {
  const stack = checkedStack();
  defineJob(stack, plain(IMAGE));
  defineMultiNodeJob(stack, [plain(WORKER), plain('ghcr.io/acme/other:1'), plain('nginx:1.27')], 'Nodes');
  const container = fargateContainer(stack, plain('ghcr.io/acme/shared:1'), {}, 'Shared');
  ['One', 'Two'].forEach((id) => new batch.EcsJobDefinition(stack, id, { container }));
  authenticate(appOf(stack));

  const jobs = resourcesOf(stack, 'AWS::Batch::JobDefinition');
  expect(jobs.flatMap(jobContainersOf).map(({ Image, RepositoryCredentials }) => [Image, RepositoryCredentials?.CredentialsParameter])).toEqual([
    [IMAGE, GHCR_SECRET_ARN], [WORKER, GHCR_SECRET_ARN], ['ghcr.io/acme/other:1', GHCR_SECRET_ARN], ['nginx:1.27', HUB_SECRET_ARN],
    ['ghcr.io/acme/shared:1', GHCR_SECRET_ARN], ['ghcr.io/acme/shared:1', GHCR_SECRET_ARN],
  ]);
  expect(jobs.every(({ DependsOn }) => DependsOn.some((id: string) => id.startsWith('PrivateRegistryPullCheck')))).toBe(true);
  expect(dependencyCycle(Template.fromStack(stack).toJSON())).toBeUndefined();
});

test('an image object and an override of a job keep their credentials', () => {
  const stack = checkedStack();
  const own = RegistryCredentials.fromSecretCompleteArn(OWN_SECRET_ARN);
  defineJob(stack, new PrivateRegistryImage(IMAGE, { credentials: own }));
  const other = defineJob(stack, plain(WORKER), {}, 'Other').node.defaultChild as CfnResource;
  other.addPropertyOverride('ContainerProperties.RepositoryCredentials.CredentialsParameter', OWN_SECRET_ARN);
  authenticate(appOf(stack));

  const jobs = resourcesOf(stack, 'AWS::Batch::JobDefinition').flatMap(jobContainersOf);
  expect(jobs.map(({ RepositoryCredentials }) => RepositoryCredentials.CredentialsParameter)).toEqual([OWN_SECRET_ARN, OWN_SECRET_ARN]);
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties }) => Properties.Image)).toEqual([IMAGE]);
});

test('a job that another Aspect defines', () => {
  const stack = checkedStack();
  addAspect(appOf(stack), (construct) => {
    if (construct === stack) {
      defineJob(stack, plain(IMAGE));
    }
  });
  authenticate(appOf(stack));
  expect(resourcesOf(stack, 'AWS::Batch::JobDefinition').flatMap(jobContainersOf)[0].RepositoryCredentials).toEqual({ CredentialsParameter: GHCR_SECRET_ARN });
});

test('the L1 of a job with several containers, and one of another class, get a role for each task', () => {
  const stack = checkedStack();
  new batch.CfnJobDefinition(stack, 'Job', {
    type: 'container',
    platformCapabilities: ['FARGATE'],
    ecsProperties: {
      taskProperties: [{ containers: [{ image: IMAGE, name: 'app' }, { image: WORKER, name: 'worker' }, { image: 'quay.io/acme/x:1', name: 'x' }] }],
    },
  });
  new CfnResource(stack, 'Other', {
    type: 'AWS::Batch::JobDefinition', properties: { Type: 'container', ContainerProperties: { Image: 'acme/api:2', ExecutionRoleArn: 'arn:aws:iam::111122223333:role/given' } },
  });
  authenticate(appOf(stack));

  const [job, other] = resourcesOf(stack, 'AWS::Batch::JobDefinition').map(({ Properties }) => Properties);
  const [task] = job.EcsProperties.TaskProperties;
  expect(task.Containers.map((one: any) => one.RepositoryCredentials?.CredentialsParameter)).toEqual([GHCR_SECRET_ARN, GHCR_SECRET_ARN, undefined]);
  expect(task.ExecutionRoleArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^JobImages/), 'Arn'] });
  expect(other.ContainerProperties.RepositoryCredentials).toEqual({ CredentialsParameter: HUB_SECRET_ARN });
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck').map(({ Properties: { Image, Engine, Platform, Mode } }) => [Image, Engine, Platform, Mode]).sort()).toEqual([
    ['acme/api:2', 'dockerd', undefined, 'ENFORCE'], [IMAGE, 'containerd', 'linux/amd64', 'ENFORCE'], [WORKER, 'containerd', 'linux/amd64', 'ENFORCE'],
  ].sort());
  expect(statementsOf(stack).filter(({ Action }) => Action === 'secretsmanager:GetSecretValue').length).toBeGreaterThanOrEqual(2);
  expect(dependencyCycle(Template.fromStack(stack).toJSON())).toBeUndefined();
});

test.each<[how: string, arnOf: (role: iam.CfnRole) => string]>([
  ['Fn::GetAtt', (role) => role.attrArn], ['Fn::Sub', (role) => Fn.sub(`\${${role.node.id}.Arn}`)],
  ['a text with its name', (role) => `arn:aws:iam::111122223333:role/${role.ref}`],
])('the L1 of a job that names its role by %s keeps it, with the permission and without a warning', (_, arnOf) => {
  const stack = checkedStack();
  const role = new iam.CfnRole(stack, 'Role', { assumeRolePolicyDocument: TRUST });
  new batch.CfnJobDefinition(stack, 'Job', { type: 'container', containerProperties: { image: IMAGE, executionRoleArn: arnOf(role) } });
  authenticate(appOf(stack));

  expect(warningIdsOf(stack)).toEqual([]);
  const roles = resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => JSON.stringify(Properties.Roles));
  expect(roles).toContainEqual(expect.stringMatching(/"Role"|\$\{Role\.Arn\}/));
});
