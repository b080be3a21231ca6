import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { isObject, isOwnOverride, overridden } from './overrides';
import { overridesOf } from '../private/scopes';
import { isIntrinsic } from '../private/tokens';

/** The members of a resource that aws-cdk-lib closes. */
interface ClosedResource {
  readonly cfnProperties: Record<string, unknown>;
  renderProperties(properties: Record<string, unknown>): Record<string, unknown>;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' };

/**
 * A task definition as it ends up in the template: with properties that were set later, and with overrides.
 */
export class FinalTask {
  private readonly containers: unknown;
  private readonly roleArn: unknown;

  constructor(private readonly task: CfnResource) {
    this.containers = this.given('ContainerDefinitions');
    this.roleArn = this.given('ExecutionRoleArn');
  }

  /**
   * The engine, if all compatibilities have the same. That of Managed Instances is not known.
   */
  public engine(): 'containerd' | 'dockerd' | undefined {
    const names = this.property('RequiresCompatibilities');
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
    const value = this.property('RuntimePlatform') ?? {};
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
    // Only the list of aws-cdk-lib has the containers that were defined: whoever has an array can change it.
    if (Token.isUnresolved(this.containers) && this.given('ContainerDefinitions') === this.containers && !this.replacesImages()) {
      return true;
    }
    const containers = this.property('ContainerDefinitions');
    return Array.isArray(containers) && containers.some((container) => (
      this.isSame(container.Image, image) && this.isSame(container.RepositoryCredentials?.CredentialsParameter, credentialsParameter)
    ));
  }

  /**
   * Whether the execution role is still that of the construct.
   */
  public keepsRole(): boolean {
    return this.given('ExecutionRoleArn') === this.roleArn && !('ExecutionRoleArn' in this.overrides);
  }

  /**
   * One property alone: all of them would include what the resource waits for, whose ids can depend on the answer.
   */
  public property(name: string): any {
    const stack = Stack.of(this.task);
    const resource = this.task as unknown as ClosedResource;
    const key = camelCase(name) in resource.cfnProperties ? camelCase(name) : name;
    const rendered = resource.renderProperties(stack.resolve({ [key]: this.given(name) }));
    return stack.resolve(name in this.overrides ? overridden(rendered[name], this.overrides[name]) : rendered[name]);
  }

  public isSame(one: unknown, other: unknown): boolean {
    const stack = Stack.of(this.task);
    return JSON.stringify(stack.resolve(one)) === JSON.stringify(stack.resolve(other));
  }

  private get overrides(): Record<string, unknown> {
    return overridesOf(this.task).Properties ?? {};
  }

  /**
   * A property as it was set. A resource of its own class has it in camel case.
   */
  private given(name: string): unknown {
    const { cfnProperties } = this.task as unknown as ClosedResource;
    return cfnProperties[camelCase(name)] ?? cfnProperties[name];
  }

  /**
   * Whether an override can give a container another image, or other credentials.
   */
  private replacesImages(): boolean {
    const override = this.overrides.ContainerDefinitions ?? {};
    return !isObject(override) || Object.entries(override).some(([index, container]) => (
      !isObject(container) || (('Image' in container || 'RepositoryCredentials' in container) && !isOwnOverride(this.task, `ContainerDefinitions.${index}`, container))
    ));
  }
}

function camelCase(name: string): string {
  return `${name[0].toLowerCase()}${name.slice(1)}`;
}
