import { CfnResource, Token } from 'aws-cdk-lib';
import { FinalResource } from './final-resource';
import { isOwnOverride } from './written-pulls';
import { Engine, engineOfTask, platformOf } from '../consumers/engine';
import { isObject } from '../private/template-json';

/**
 * A task definition as it ends up in the template.
 */
export class FinalTask extends FinalResource {
  private readonly containers: unknown;
  private readonly roleArn: unknown;

  constructor(private readonly task: CfnResource) {
    super(task);
    this.containers = this.given('ContainerDefinitions');
    this.roleArn = this.given('ExecutionRoleArn');
  }

  public engine(): Engine | undefined {
    return engineOfTask(this.read('RequiresCompatibilities'));
  }

  public platform(): string | undefined {
    return platformOf(this.read('RuntimePlatform'), this.engine());
  }

  /**
   * Whether a container certainly has this image and these credentials.
   */
  public pulls(image: string, credentialsParameter: string): boolean {
    // Only the list of aws-cdk-lib has the containers that were defined: whoever has an array can change it.
    if (Token.isUnresolved(this.containers) && this.given('ContainerDefinitions') === this.containers && !this.replacesImages()) {
      return true;
    }
    const containers = this.read('ContainerDefinitions');
    return Array.isArray(containers) && containers.some((container) => this.isPull(container, image, credentialsParameter));
  }

  /**
   * Whether the execution role is still that of the construct.
   */
  public keepsRole(): boolean {
    return this.isStillGiven('ExecutionRoleArn', this.roleArn);
  }

  public finalRoleArn(): unknown {
    return this.read('ExecutionRoleArn');
  }

  /**
   * Whether an override can give a container another image, or other credentials.
   */
  private replacesImages(): boolean {
    const override = this.overrides.ContainerDefinitions ?? {};
    return !isObject(override) || Object.entries(override).some(([index, container]) => !isObject(container) || (
      ('Image' in container || 'RepositoryCredentials' in container) && !isOwnOverride(this.task, `ContainerDefinitions.${index}`, container)
    ));
  }
}
