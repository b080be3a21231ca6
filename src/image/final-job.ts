import { CfnResource, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { FinalResource } from './final-resource';
import { IMAGE_CONSUMERS, ImageConsumer, rolePathOf } from '../consumers/consumers';
import { Engine, engineOfJob, platformOf } from '../consumers/engine';
import { isIntrinsic, isObject } from '../private/template-json';

const CONSUMERS = IMAGE_CONSUMERS.filter(({ type }) => type === batch.CfnJobDefinition.CFN_RESOURCE_TYPE_NAME);

/**
 * A container of a job definition as it ends up in the template.
 */
export class FinalJob extends FinalResource {
  private readonly rolePath: string;

  /**
   * @param path the container in the properties of the resource, for example `ContainerProperties`
   * @param roleArn the execution role
   */
  constructor(job: CfnResource, private readonly path: string, private readonly roleArn: unknown) {
    super(job, { type: 'container' });
    this.rolePath = rolePathOf(consumerAt(path), path);
  }

  public engine(): Engine | undefined {
    return engineOfJob(this.read('PlatformCapabilities'));
  }

  public platform(): string | undefined {
    // It stands beside the role.
    return platformOf(this.read(this.rolePath.replace(/ExecutionRoleArn$/, 'RuntimePlatform')), this.engine());
  }

  /**
   * Whether the container certainly has this image and these credentials.
   */
  public pulls(image: string, credentialsParameter: string): boolean {
    return this.isPull(this.read(this.path), image, credentialsParameter);
  }

  public keepsRole(): boolean {
    return this.isSame(this.finalRoleArn(), this.roleArn);
  }

  public finalRoleArn(): unknown {
    return this.read(this.rolePath);
  }

  /**
   * Whether an override already decides on a property of the container.
   */
  public isOverridden(property: string): boolean {
    let override: unknown = this.overrides;
    for (const key of `${this.path}.${property}`.split('.')) {
      if (!isObject(override) || Token.isUnresolved(override) || isIntrinsic(override)) {
        return true;
      }
      if (!(key in override)) {
        return false;
      }
      override = override[key];
    }
    return true;
  }
}

function consumerAt(path: string): ImageConsumer {
  return CONSUMERS.find(({ container }) => container === path.replace(/\.\d+(?=\.|$)/g, '.*'))!;
}
