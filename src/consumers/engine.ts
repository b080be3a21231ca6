import { isObject } from '../private/template-json';

/**
 * What pulls the images of a task: Fargate's containerd, or the Docker of an instance.
 */
export type Engine = 'containerd' | 'dockerd';

const ARCHITECTURES: ReadonlyMap<unknown, string> = new Map([['X86_64', 'amd64'], ['ARM64', 'arm64']]);
const PLATFORM_MEMBERS = ['CpuArchitecture', 'OperatingSystemFamily'];

/**
 * The engine of a task definition, if all compatibilities have the same. That of Managed Instances is not known.
 */
export function engineOfTask(compatibilities: unknown): Engine | undefined {
  if (!Array.isArray(compatibilities) || compatibilities.length === 0) {
    return undefined;
  }
  if (compatibilities.every((name) => name === 'FARGATE')) {
    return 'containerd';
  }
  return compatibilities.every((name) => name === 'EC2' || name === 'EXTERNAL') ? 'dockerd' : undefined;
}

/**
 * The engine of a job. Batch runs jobs on EC2 where nothing else is said, through the ECS agent and Docker.
 */
export function engineOfJob(platformCapabilities: unknown = ['EC2']): Engine | undefined {
  return engineOfTask(platformCapabilities);
}

/**
 * The platform, where it is set or Fargate has a default. Elsewhere the instances decide.
 */
export function platformOf(runtimePlatform: unknown = {}, engine?: Engine): string | undefined {
  // A function of CloudFormation can be any platform.
  if (!isObject(runtimePlatform) || Object.keys(runtimePlatform).some((name) => !PLATFORM_MEMBERS.includes(name))) {
    return undefined;
  }
  const isFargate = engine === 'containerd';
  const cpu = runtimePlatform.CpuArchitecture ?? (isFargate ? 'X86_64' : undefined);
  // Tasks on ARM64 run Linux only.
  const family = runtimePlatform.OperatingSystemFamily ?? (isFargate || cpu === 'ARM64' ? 'LINUX' : undefined);
  const os = typeof family === 'string' ? /^(?:LINUX$|WINDOWS)/.exec(family)?.[0].toLowerCase() : undefined;
  const architecture = ARCHITECTURES.get(cpu);
  return os === undefined || architecture === undefined ? undefined : `${os}/${architecture}`;
}
