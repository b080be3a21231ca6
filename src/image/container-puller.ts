import { Aspects, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Puller } from '../access/puller';

/**
 * The container of a task definition as a puller; undefined for what has no task definition behind it.
 */
export function containerPuller(container: ecs.ContainerDefinition): Puller | undefined {
  const { taskDefinition } = container;
  // Batch passes an object with nothing but `obtainExecutionRole()`.
  const task = taskDefinition.node?.defaultChild as ecs.CfnTaskDefinition | undefined;
  if (task === undefined) {
    return undefined;
  }
  const isFargate = taskDefinition.compatibility === ecs.Compatibility.FARGATE;
  return {
    scope: container,
    role: taskDefinition.obtainExecutionRole(),
    service: 'ecs-tasks.amazonaws.com',
    engine: isFargate ? 'containerd' : 'dockerd',
    // Elsewhere the instances decide.
    platform: () => (isFargate ? platformOf(task) : undefined),
    // Only the resource: the log group is a child of the task definition, and the policy refers to the log group.
    waitFor: (...dependencies) => task.node.addDependency(...dependencies),
    label: (key, value) => addLabel(container, key, value),
  };
}

function platformOf({ runtimePlatform = {} }: ecs.CfnTaskDefinition): string | undefined {
  const { cpuArchitecture = 'X86_64', operatingSystemFamily = 'LINUX' } = runtimePlatform as ecs.CfnTaskDefinition.RuntimePlatformProperty;
  if (Token.isUnresolved(cpuArchitecture) || Token.isUnresolved(operatingSystemFamily)) {
    return undefined;
  }
  return `${operatingSystemFamily === 'LINUX' ? 'linux' : 'windows'}/${cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64'}`;
}

/**
 * The container sets its labels after it has bound its image, so this waits until the template is made.
 */
function addLabel(container: ecs.ContainerDefinition, key: string, value: string): void {
  Aspects.of(container).add({
    visit: (node) => {
      if (node === container) {
        container.addDockerLabel(key, value);
      }
    },
  });
}
