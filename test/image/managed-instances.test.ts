import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { CHECKED, newStack, resourcesOf } from '../support/synth';
import { apiImage } from '../support/tasks';

const { ARM64, X86_64 } = ecs.CpuArchitecture;
const { LINUX, WINDOWS_SERVER_2022_CORE } = ecs.OperatingSystemFamily;

/** What the check of a task is for, whose compatibilities are those of newer versions of aws-cdk-lib. */
function checkFor(requiresCompatibilities: string[], runtimePlatform?: ecs.RuntimePlatform): any {
  const stack: Stack = newStack(CHECKED);
  const task = new ecs.FargateTaskDefinition(stack, 'Task', { runtimePlatform, cpu: 1024, memoryLimitMiB: 2048 });
  task.addContainer('app', { image: apiImage() });
  (task.node.defaultChild as ecs.CfnTaskDefinition).requiresCompatibilities = requiresCompatibilities;
  const [{ Properties: { Engine, Platform } }] = resourcesOf(stack, 'Custom::PrivateRegistryPullCheck');
  return { Engine, Platform };
}

test.each<[compatibilities: string[], runtimePlatform: ecs.RuntimePlatform | undefined, engine: string | undefined, platform: string | undefined]>([
  [['MANAGED_INSTANCES'], undefined, undefined, undefined],
  [['MANAGED_INSTANCES'], { cpuArchitecture: ARM64 }, undefined, 'linux/arm64'],
  [['MANAGED_INSTANCES'], { cpuArchitecture: X86_64, operatingSystemFamily: LINUX }, undefined, 'linux/amd64'],
  [['MANAGED_INSTANCES'], { operatingSystemFamily: LINUX }, undefined, undefined],
  [['FARGATE', 'MANAGED_INSTANCES'], undefined, undefined, undefined],
  [['FARGATE', 'MANAGED_INSTANCES'], { cpuArchitecture: ARM64, operatingSystemFamily: LINUX }, undefined, 'linux/arm64'],
  [['EC2', 'MANAGED_INSTANCES'], { cpuArchitecture: X86_64, operatingSystemFamily: LINUX }, undefined, 'linux/amd64'],
  [['EC2', 'FARGATE', 'MANAGED_INSTANCES'], { cpuArchitecture: ARM64, operatingSystemFamily: LINUX }, undefined, 'linux/arm64'],
  [['EC2', 'FARGATE'], { cpuArchitecture: X86_64, operatingSystemFamily: LINUX }, undefined, 'linux/amd64'],
  [['EC2'], { cpuArchitecture: ARM64, operatingSystemFamily: LINUX }, 'dockerd', 'linux/arm64'],
  [['FARGATE'], undefined, 'containerd', 'linux/amd64'],
  [['FARGATE'], { cpuArchitecture: X86_64, operatingSystemFamily: WINDOWS_SERVER_2022_CORE }, 'containerd', 'windows/amd64'],
])('%j on %j: the engine %p and the platform %p are checked', (compatibilities, runtimePlatform, engine, platform) => {
  expect(checkFor(compatibilities, runtimePlatform)).toEqual({ Engine: engine, Platform: platform });
});
