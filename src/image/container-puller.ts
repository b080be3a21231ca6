import { Aspects } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { FinalTask } from './final-task';
import { Puller, waitsOf } from '../access/puller';

/** The task definitions that nothing starts. */
const UNUSED = new WeakSet<ecs.TaskDefinition>();

/**
 * Says that nothing starts a task definition, so that the images of its containers are not checked. To be called before it has any.
 */
export function startNothing(taskDefinition: ecs.TaskDefinition): void {
  UNUSED.add(taskDefinition);
}

/**
 * The container of a task definition as a puller; undefined for what has no task definition behind it.
 */
export function containerPuller(container: ecs.ContainerDefinition): Puller | undefined {
  const { taskDefinition } = container;
  // Batch passes an object with nothing but `obtainExecutionRole()`, or none.
  const task = taskDefinition?.node?.defaultChild as ecs.CfnTaskDefinition | undefined;
  if (task === undefined) {
    return undefined;
  }
  const finalTask = new FinalTask(task);
  const role = taskDefinition.obtainExecutionRole();
  return {
    // The log group is a child of the task definition, and the policy refers to the log group.
    ...waitsOf(task),
    scope: container,
    role,
    ownsRole: role.node.scope === taskDefinition,
    service: 'ecs-tasks.amazonaws.com',
    startsNothing: UNUSED.has(taskDefinition),
    engine: () => finalTask.engine(),
    platform: () => finalTask.platform(),
    pulls: (image, credentialsParameter) => finalTask.pulls(image, credentialsParameter),
    keepsRole: () => finalTask.keepsRole(),
    roleArn: () => finalTask.finalRoleArn(),
    label: (key, value) => addLabel(container, key, value),
  };
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
