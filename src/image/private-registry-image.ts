import { Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PullOptions } from './pull-options';
import { grantPull } from '../access/execution-role';
import { RegistryCredentials } from '../credentials/registry-credentials';
import { acceptedName } from '../credentials/registry-secret';
import { invalid, warn } from '../private/errors';
import { hostOf } from '../provider/image-host';
import { RegistryProvider } from '../provider/registry-provider';
import { addPullCheck } from '../pull-check/pull-check';
import { ImageReference } from '../reference/image-reference';
import { ECR } from '../registries/ecr';
import { ECR_PUBLIC } from '../registries/ecr-public';
import { registryOfHost } from '../registries/registries';

/**
 * Options of `PrivateRegistryImage`.
 */
export interface PrivateRegistryImageOptions extends PullOptions {
  /**
   * The credentials to pull the image with.
   */
  readonly credentials: RegistryCredentials;

  /**
   * The registry that the image is in.
   *
   * Required if the host of the image is not known at synth, because the text begins with an unresolved token.
   *
   * @default - the registry of the image's host
   */
  readonly provider?: RegistryProvider;
}

/**
 * An image of a private registry, for every container of every ECS task definition.
 *
 * It goes wherever aws-cdk-lib takes a `ContainerImage`. When a container uses it, the execution role of the task definition
 * gets the right to read the secret and to decrypt it, and the task definition waits for that policy, so that no task starts
 * before it is in force.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 */
export class PrivateRegistryImage extends ecs.ContainerImage {
  private readonly host?: string;
  private readonly provider: RegistryProvider;

  /**
   * @param reference the image, for example `ghcr.io/acme/api:1.4.2`. It is put into the template as it is.
   */
  constructor(private readonly reference: string, private readonly options: PrivateRegistryImageOptions) {
    super();
    this.host = hostOf(reference);
    this.provider = options.provider ?? RegistryProvider.forImage(reference);

    if (this.host !== undefined) {
      refuseEcr(reference, this.host);
      if (!this.provider.servesHost(this.host)) {
        throw invalid('imageHostMismatch',
          `the image ${JSON.stringify(reference)} is in the registry ${this.host}, but the credentials are for ${this.provider.host}; `
          + `use an image that begins with "${this.provider.host}/", or the registry of the image`);
      }
    }
  }

  /**
   * Called by aws-cdk-lib for each container that uses the image.
   */
  public bind(scope: Construct, containerDefinition: ecs.ContainerDefinition): ecs.ContainerImageConfig {
    const task = containerDefinition.taskDefinition.node?.defaultChild;
    if (task === undefined) {
      throw invalid('notATaskDefinition',
        `the image ${JSON.stringify(this.reference)} is used by something else than an ECS task definition, for which aws-cdk-lib would drop the credentials; `
        + 'with AWS Batch set RepositoryCredentials of the CfnJobDefinition with addPropertyOverride()', scope);
    }
    this.warnAboutReference(containerDefinition);

    const secret = this.options.credentials._bind(containerDefinition, this.provider);
    const role = containerDefinition.taskDefinition.obtainExecutionRole();
    // A LazyRole is made when somebody asks for it; later nothing could wait for its policy any more.
    void role.roleArn;
    secret.addReader(role);
    const use = secret.usedBy(containerDefinition);
    const check = addPullCheck(containerDefinition, { reference: this.reference, provider: this.provider, secret, use, options: this.options });
    if (check) {
      task.node.addDependency(check);
    }

    const credentialsParameter = use.isName ? check?.getAttString('CredentialsParameter') ?? acceptedName(containerDefinition, use.id) : use.id;
    const view = viewOf(secret.secret, credentialsParameter, () => {
      const grant = grantPull(containerDefinition, role, secret.secret, use.statements, this.options);
      // Only the resource: its log group is a child of the construct, and the policy refers to the log group.
      task.node.addDependency(grant);
      return grant;
    });
    const image = check && this.options.pinDigest ? check.getAttString('Image') : this.reference;
    return ecs.ContainerImage.fromRegistry(image, { credentials: view }).bind(scope, containerDefinition);
  }

  private warnAboutReference(scope: Construct): void {
    if (this.host !== undefined && registryOfHost(this.host) === ECR_PUBLIC) {
      warn(scope, 'publicEcrImage',
        `the image ${JSON.stringify(this.reference)} is in the public registry of Amazon ECR, where every image can be pulled without credentials; `
        + 'use ecs.ContainerImage.fromRegistry() without credentials');
    }
    if (Token.isUnresolved(this.reference)) {
      return;
    }
    const { tag, digest } = ImageReference.parse(this.reference);
    if (digest === undefined && !this.options.pinDigest && (tag === undefined || tag === 'latest')) {
      warn(scope, 'imageWithoutFixedTag',
        `the image ${JSON.stringify(this.reference)} ${tag ? 'has the tag "latest"' : 'has no tag, which means "latest"'}: `
        + 'a task that starts later may run another image, and a rollback does not bring the old one back; use a tag that is never moved, or a digest');
    }
  }
}

function refuseEcr(reference: string, host: string): void {
  if (registryOfHost(host) !== ECR) {
    return;
  }
  throw invalid('ecrImage',
    `the image ${JSON.stringify(reference)} is in Amazon ECR, which ECS reads with the rights of the execution role and refuses credentials for; `
    + 'use ecs.ContainerImage.fromEcrRepository()');
}

/**
 * The user's secret, but with the ARN or name that ECS accepts from here, and with our own grant.
 *
 * The grant of aws-cdk-lib is no base for it: it loses `kms:Decrypt` for imported keys
 * (https://github.com/aws/aws-cdk/issues/10160) and edits policies of other stacks.
 */
function viewOf(
  secret: secretsmanager.ISecret, secretArn: string, grantRead: () => iam.Grant,
): secretsmanager.ISecret {
  return Object.create(secret, { secretArn: { value: secretArn }, grantRead: { value: grantRead } });
}
