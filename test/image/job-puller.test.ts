import { Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { RegistryProvider } from '../../src';
import { prepareJob } from '../../src/image/job-puller';
import { CHECKED, IMAGE, newStack, resourcesOf, SECRET_ARN } from '../support/synth';
import { CREDENTIALS, ecsRole } from '../support/tasks';

const CONTAINER = { image: IMAGE, resourceRequirements: [{ type: 'VCPU', value: '1' }] };

/** Jobs that aws-cdk-lib has no other construct for, and each path to a container. */
const JOBS: Array<[string, (roleArn: string) => batch.CfnJobDefinitionProps, object]> = [
  [
    'ContainerProperties',
    (executionRoleArn) => ({ type: 'container', containerProperties: { ...CONTAINER, executionRoleArn } }),
    { Engine: 'dockerd' },
  ],
  [
    'EcsProperties.TaskProperties.0.Containers.1',
    (executionRoleArn) => ({
      type: 'container',
      platformCapabilities: ['FARGATE'],
      ecsProperties: {
        taskProperties: [{ executionRoleArn, runtimePlatform: { cpuArchitecture: 'ARM64' }, containers: [{ image: 'nginx:1.27' }, CONTAINER] }],
      },
    }),
    { Engine: 'containerd', Platform: 'linux/arm64' },
  ],
  [
    'NodeProperties.NodeRangeProperties.1.Container',
    (executionRoleArn) => ({
      type: 'multinode',
      nodeProperties: {
        mainNode: 0, numNodes: 2, nodeRangeProperties: [{ targetNodes: '0' }, { targetNodes: '1', container: { ...CONTAINER, executionRoleArn } }],
      },
    }),
    { Engine: 'dockerd' },
  ],
  [
    'NodeProperties.NodeRangeProperties.0.EcsProperties.TaskProperties.0.Containers.0',
    (executionRoleArn) => ({
      type: 'multinode',
      nodeProperties: {
        mainNode: 0,
        numNodes: 1,
        nodeRangeProperties: [{ targetNodes: '0', ecsProperties: { taskProperties: [{ executionRoleArn, containers: [CONTAINER] }] } }],
      },
    }),
    { Engine: 'dockerd' },
  ],
];

function valueAt(value: any, path: string): any {
  return path.split('.').reduce((outer, key) => outer[key], value);
}

test.each(JOBS)('the container at %s gets its credentials, and is what the check is for', (path, props, expected) => {
  const stack = newStack(CHECKED);
  const role = ecsRole(stack);
  const job = new batch.CfnJobDefinition(stack, 'Job', props(role.roleArn));
  prepare(stack, job, path, role);

  const { Properties, DependsOn } = resourcesOf(stack, 'AWS::Batch::JobDefinition')[0];
  expect(valueAt(Properties, path)).toMatchObject({ Image: IMAGE, RepositoryCredentials: { CredentialsParameter: SECRET_ARN } });
  expect(JSON.stringify(Properties).match(/RepositoryCredentials/g)).toHaveLength(1);
  expect(DependsOn).toEqual([expect.stringMatching(/^PrivateRegistryPullCheck/), expect.stringMatching(/^PrivateRegistryPullPolicy/)]);
  const [check] = resourcesOf(stack, 'Custom::PrivateRegistryPullCheck');
  expect(check.Properties).toMatchObject({ Image: IMAGE, Mode: 'ENFORCE', ...expected });
});

test.each(JOBS)('the container at %s that a property replaces later is not what the check is for', (path, props) => {
  const stack = newStack(CHECKED);
  const role = ecsRole(stack);
  const job = new batch.CfnJobDefinition(stack, 'Job', props(role.roleArn));
  prepare(stack, job, path, role);
  job.addPropertyOverride(`${path}.Image`, 'ghcr.io/acme/other:1');
  expect(resourcesOf(stack, 'Custom::PrivateRegistryPullCheck')[0].Properties.Mode).toBe('WARN');
});

function prepare(scope: Stack, job: batch.CfnJobDefinition, path: string, role: ReturnType<typeof ecsRole>): void {
  prepareJob({ job, path, scope, role, ownsRole: false }, { reference: IMAGE, provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
}
