import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, IConstruct } from 'constructs';
import { containerPuller } from './container-puller';
import { addJobImage, isJobContainer } from './job-images';
import { preparePull } from './prepare-pull';
import { PullOptions, validatePullCheck } from './pull-options';
import { RegistryCredentials, validateCredentials } from '../credentials/registry-credentials';
import { invalid } from '../private/errors';
import { hostOf } from '../provider/image-host';
import { RegistryProvider, validateProvider } from '../provider/registry-provider';
import { ECR } from '../registries/ecr';
import { registryOfHost } from '../registries/registries';

/**
 * Options of `PrivateRegistryImage`.
 */
export interface PrivateRegistryImageOptions extends PullOptions {
  /**
   * The credentials to pull the image with. For an `ISecret`, write `RegistryCredentials.fromSecret(secret)`.
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
 * An image of a private registry, for every container of every ECS task definition, and of jobs of AWS Batch on Fargate and EC2.
 *
 * Use it wherever aws-cdk-lib accepts a `ContainerImage`. The execution role of the task definition or of the job's container is
 * allowed to read the secret and to decrypt it, and the task definition or job definition waits for that policy, so nothing starts
 * before it is in force. A container of a job gets its credentials when the app is synthesized, in every `EcsJobDefinition` and
 * `MultiNodeJobDefinition` that has it.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 * @see https://docs.aws.amazon.com/batch/latest/userguide/private-registry.html
 */
export class PrivateRegistryImage extends ecs.ContainerImage {
  /**
   * The construct that the image is from. Its pull check waits for what that was made to wait for.
   *
   * @internal
   */
  public _registry?: IConstruct;

  private readonly provider: RegistryProvider;

  /**
   * @param reference the image, for example `ghcr.io/acme/api:1.4.2`. The template contains it as you write it.
   * @param options the credentials, and how the image is pulled
   */
  constructor(private readonly reference: string, private readonly options: PrivateRegistryImageOptions) {
    super();
    this.provider = validProvider(reference, options);
  }

  /**
   * Called by aws-cdk-lib for each container that uses the image.
   */
  public bind(scope: Construct, containerDefinition: ecs.ContainerDefinition): ecs.ContainerImageConfig {
    const request = { ...this.options, reference: this.reference, provider: this.provider, registry: this._registry };
    const puller = containerPuller(containerDefinition);
    if (puller) {
      const { image, credentialsParameter } = preparePull(puller, request);
      return { imageName: image, repositoryCredentials: { credentialsParameter } };
    }
    if (!isJobContainer(scope)) {
      throw invalid('notATaskDefinition',
        `the image ${JSON.stringify(this.reference)} is not used by a container of an ECS task definition, nor by an ECS container of AWS Batch, `
        + 'and aws-cdk-lib drops the credentials anywhere else; use it in one of these; '
        + 'for a job on EKS, use ecs.ContainerImage.fromRegistry(), and name a Kubernetes secret in imagePullSecrets', scope);
    }
    addJobImage(scope, { ...request, credentials: RegistryCredentials._bound(request.credentials._bind(scope, this.provider)) });
    return { imageName: this.reference };
  }
}

/**
 * The registry of an image, if image and options are valid.
 */
export function validProvider(reference: string, options?: PrivateRegistryImageOptions): RegistryProvider {
  validateCredentials(options?.credentials);
  validatePullCheck(options?.pullCheck);
  const host = hostOf(reference);
  const provider = options?.provider ?? RegistryProvider.forImage(reference);
  validateProvider(provider);
  if (host !== undefined) {
    validateHost(reference, host, provider);
  }
  return provider;
}

function validateHost(reference: string, host: string, provider: RegistryProvider): void {
  if (registryOfHost(host) === ECR) {
    throw invalid('ecrImage',
      `the image ${JSON.stringify(reference)} is in Amazon ECR, which ECS pulls from with the execution role and without credentials; `
      + 'use ecs.ContainerImage.fromEcrRepository()');
  }
  if (!provider.servesHost(host)) {
    const advice = withoutPort(host) === withoutPort(provider.host)
      ? `create the provider with "${host}" if that is the port of the registry, or use an image that begins with "${provider.host}/"`
      : `use an image that begins with "${provider.host}/", or the registry of the image`;
    throw invalid('imageHostMismatch',
      `the image ${JSON.stringify(reference)} is in the registry ${host}, but the credentials are for ${provider.host}; ${advice}`);
  }
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
