import * as ecs from 'aws-cdk-lib/aws-ecs';
import { FinalResource, isObject, platformOf } from './final-resource';

/**
 * A task definition as it ends up in the template.
 */
export class FinalTask extends FinalResource {
  private readonly containers: ecs.CfnTaskDefinition['containerDefinitions'];
  private readonly roleArn: string | undefined;

  constructor(private readonly task: ecs.CfnTaskDefinition) {
    super(task);
    this.containers = task.containerDefinitions;
    this.roleArn = task.executionRoleArn;
  }

  /**
   * The engine, if all compatibilities have the same. That of Managed Instances is not known.
   */
  public engine(): 'containerd' | 'dockerd' | undefined {
    const names = this.read('RequiresCompatibilities');
    if (!Array.isArray(names) || names.length === 0) {
      return undefined;
    }
    if (names.every((name) => name === 'FARGATE')) {
      return 'containerd';
    }
    return names.every((name) => name === 'EC2' || name === 'EXTERNAL') ? 'dockerd' : undefined;
  }

  public platform(): string | undefined {
    return platformOf(this.read('RuntimePlatform'), this.engine() === 'containerd');
  }

  /**
   * Whether a container certainly has this image and these credentials.
   */
  public pulls(image: string, credentialsParameter: string): boolean {
    const isUnchanged = !('ContainerDefinitions' in this.overrides) || !replacesImages(this.overrides.ContainerDefinitions);
    if (this.task.containerDefinitions === this.containers && isUnchanged) {
      return true;
    }
    const containers = this.read('ContainerDefinitions');
    return Array.isArray(containers) && containers.some((container) => this.isPull(container, image, credentialsParameter));
  }

  /**
   * Whether the execution role is still that of the construct.
   */
  public keepsRole(): boolean {
    return this.task.executionRoleArn === this.roleArn && !('ExecutionRoleArn' in this.overrides);
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
