import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { invalid, warn } from '../private/errors';
import { validateLate } from '../private/late';
import { awaitsContext, propertiesInTemplate } from '../private/scopes';
import { isUnknown } from '../private/tokens';

/**
 * The memory in MiB that Fargate has for each cpu, for Linux.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const SIZES: ReadonlyMap<number, number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
]);

/**
 * Validates at the end of synth the size of the task and the memory of a container, which can change until then.
 */
export function validateSizes(scope: Construct, container: ecs.ContainerDefinition): void {
  const task = container.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
  validateLate(scope, () => {
    const properties = propertiesInTemplate(task);
    const [cpu, memory] = [numberIn(properties.Cpu), numberIn(properties.Memory)];
    const { Memory: containerMemory } = containerNamed(container.containerName, properties);
    return containerError(scope, 'containerMemoryLimitMiB', numberIn(containerMemory), 'memoryLimitMiB', memory)
      ?? (runsOnLinuxFargate(properties) ? taskError(scope, cpu, memory) : undefined);
  });
}

/**
 * Validates the cpu of a container before it is added: aws-cdk-lib then throws, without saying which of them is too large.
 */
export function validateContainerCpu(scope: Construct, container: number | undefined, task: number): void {
  const error = isUnknown(container) || isUnknown(task) ? undefined : containerError(scope, 'containerCpu', container, 'cpu', task);
  if (error) {
    throw error;
  }
}

function containerError(
  scope: Construct, name: string, container: number | undefined, taskName: string, task: number | undefined,
): Error | undefined {
  if (container === undefined || task === undefined || container <= task) {
    return undefined;
  }
  return invalid('containerExceedsTask', `${name} ${container} is more than ${taskName} ${task} of the task; raise ${taskName}, or lower ${name}`, scope);
}

/**
 * A cpu that is not known is a warning, since AWS adds sizes.
 */
function taskError(scope: Construct, cpu: number | undefined, memory: number | undefined): Error | undefined {
  if (cpu === undefined || memory === undefined) {
    return undefined;
  }
  const memories = SIZES.get(cpu);
  if (memories === undefined) {
    if (!awaitsContext(scope)) {
      warn(scope, 'taskSizeUnknown',
        `cpu ${cpu} is not among those that Fargate is known to have (${[...SIZES.keys()].join(', ')}, where 1024 is one vCPU); `
        + 'unless it was added since, ECS refuses the task definition: use one of these');
    }
    return undefined;
  }
  if (memories.includes(memory)) {
    return undefined;
  }
  return invalid('taskSizeInvalid',
    `Fargate has no task with cpu ${cpu} and memoryLimitMiB ${memory}, but with this cpu ${listOf(memories)}; set ${nearest(cpu, memory, memories)}`, scope);
}

/**
 * The next sizes below and above with the same cpu, and the nearest cpu with the same memory.
 */
function nearest(cpu: number, memory: number, memories: number[]): string {
  const neighbors = [memories.filter((size) => size < memory).pop(), memories.find((size) => size > memory)];
  const [other] = [...SIZES.keys()]
    .filter((key) => SIZES.get(key)!.includes(memory))
    .sort((one, two) => Math.abs(one - cpu) - Math.abs(two - cpu));
  return [`memoryLimitMiB to ${neighbors.filter((size) => size !== undefined).join(' or ')}`, ...(other === undefined ? [] : [`cpu to ${other}`])].join(', or ');
}

function listOf(memories: number[]): string {
  const [first, second] = memories;
  const last = memories[memories.length - 1];
  return memories.length > 3 ? `${first} to ${last} in steps of ${second - first}` : `only ${memories.join(', ')}`;
}

/**
 * A number of the template; undefined for what only CloudFormation knows, and for texts with units, like "1 vCPU".
 */
function numberIn(value: unknown): number | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^[\d.]+$/.test(value));
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function containerNamed(name: string, { ContainerDefinitions: containers }: any): { readonly Memory?: unknown } {
  return (Array.isArray(containers) ? containers : []).find(({ Name }) => Name === name) ?? {};
}

/**
 * Windows has fewer sizes, which aws-cdk-lib validates. An override can name another kind of capacity.
 */
function runsOnLinuxFargate({ RequiresCompatibilities: compatibilities, RuntimePlatform: platform = {} }: any): boolean {
  const { OperatingSystemFamily: family = 'LINUX', CpuArchitecture: _, ...intrinsics } = platform;
  return family === 'LINUX' && Object.keys(intrinsics).length === 0 && Array.isArray(compatibilities) && compatibilities.includes('FARGATE');
}

function steps(first: number, last: number, step: number): number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step);
}
