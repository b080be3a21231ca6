import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { finalProperty, isObject, isSameIn } from '../private/final-property';
import { overridesOf } from '../private/scopes';
import { isIntrinsic } from '../private/tokens';

type PropertyName = 'containerDefinitions' | 'requiresCompatibilities' | 'runtimePlatform';

const ARCHITECTURES: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' };

/**
 * A task definition as it ends up in the template: with properties that were set later, and with overrides.
 */
export class FinalTask {
  private readonly containers: ecs.CfnTaskDefinition['containerDefinitions'];
  private readonly roleArn: string | undefined;

  constructor(private readonly task: ecs.CfnTaskDefinition) {
    this.containers = task.containerDefinitions;
    this.roleArn = task.executionRoleArn;
  }

  /**
   * The engine, if all compatibilities have the same. That of Managed Instances is not known.
   */
  public engine(): 'containerd' | 'dockerd' | undefined {
    const names = this.property('requiresCompatibilities');
    if (!Array.isArray(names) || names.length === 0) {
      return undefined;
    }
    if (names.every((name) => name === 'FARGATE')) {
      return 'containerd';
    }
    return names.every((name) => name === 'EC2' || name === 'EXTERNAL') ? 'dockerd' : undefined;
  }

  /**
   * The platform, where it is set or Fargate has a default. Elsewhere the instances decide.
   */
  public platform(): string | undefined {
    const value = this.property('runtimePlatform') ?? {};
    if (!isObject(value) || isIntrinsic(value)) {
      return undefined;
    }
    const isFargate = this.engine() === 'containerd';
    const cpu = value.CpuArchitecture ?? (isFargate ? 'X86_64' : undefined);
    // Tasks on ARM64 run Linux only.
    const family = value.OperatingSystemFamily ?? (isFargate || cpu === 'ARM64' ? 'LINUX' : undefined);
    const os = typeof family === 'string' ? /^(?:LINUX$|WINDOWS)/.exec(family)?.[0].toLowerCase() : undefined;
    const architecture = typeof cpu === 'string' ? ARCHITECTURES[cpu] : undefined;
    return os === undefined || architecture === undefined ? undefined : `${os}/${architecture}`;
  }

  /**
   * Whether a container certainly has this image and these credentials.
   */
  public pulls(image: string, credentialsParameter: string): boolean {
    const isUnchanged = !('ContainerDefinitions' in this.overrides) || !replacesImages(this.overrides.ContainerDefinitions);
    if (this.task.containerDefinitions === this.containers && isUnchanged) {
      return true;
    }
    const containers = this.property('containerDefinitions');
    return Array.isArray(containers) && containers.some((container) => (
      this.isSame(container.Image, image) && this.isSame(container.RepositoryCredentials?.CredentialsParameter, credentialsParameter)
    ));
  }

  /**
   * Whether the execution role is still that of the construct.
   */
  public keepsRole(): boolean {
    return this.task.executionRoleArn === this.roleArn && !('ExecutionRoleArn' in this.overrides);
  }

  private get overrides(): Record<string, unknown> {
    return overridesOf(this.task).Properties ?? {};
  }

  private property(name: PropertyName): any {
    return finalProperty(this.task, name, this.task[name]);
  }

  private isSame(one: unknown, other: unknown): boolean {
    return isSameIn(Stack.of(this.task), one, other);
  }
}

/**
 * Whether an override can give a container another image, or other credentials.
 */
function replacesImages(override: unknown): boolean {
  return !isObject(override) || Object.values(override).some((container) => (
    !isObject(container) || 'Image' in container || 'RepositoryCredentials' in container
  ));
}
