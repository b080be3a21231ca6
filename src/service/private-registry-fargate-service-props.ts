import * as logs from 'aws-cdk-lib/aws-logs';
import { PrivateRegistryContainerOptions } from './private-registry-container-options';
import { PrivateRegistryFargateServiceBaseProps } from './private-registry-fargate-service-base-props';
import { RegistryCredentials } from '../credentials/registry-credentials';
import { PullOptions } from '../image/pull-options';
import { RegistryProvider } from '../provider/registry-provider';
import { IPrivateRegistry } from '../registry/private-registry';

/**
 * Properties of `PrivateRegistryFargateService`.
 *
 * All props of `ApplicationLoadBalancedFargateService`, with the members of `taskImageOptions` at the top level. Exactly one of
 * `credentials` and `registry` is required.
 */
export interface PrivateRegistryFargateServiceProps extends PrivateRegistryFargateServiceBaseProps, PullOptions {
  /**
   * The image, for example `ghcr.io/acme/api:1.4.2`. The template contains it as you write it.
   */
  readonly image: string;

  /**
   * The credentials to pull the image with. For an `ISecret`, write `RegistryCredentials.fromSecret(secret)`.
   *
   * @default - those of `registry`; it is an error to set neither or both
   */
  readonly credentials?: RegistryCredentials;

  /**
   * A registry that is shared with other services, with its credentials.
   *
   * @default - the service uses `credentials`; it is an error to set neither or both
   */
  readonly registry?: IPrivateRegistry;

  /**
   * The registry that the image is in, together with `credentials`.
   *
   * Required if the host of the image is not known at synth, because the text begins with an unresolved token.
   *
   * @default - the registry of the image's host
   */
  readonly provider?: RegistryProvider;

  /**
   * Options of the container that are not properties of the service.
   *
   * @default - the defaults of `ContainerDefinition`
   */
  readonly containerOptions?: PrivateRegistryContainerOptions;

  /**
   * How long the logs of the container are kept.
   *
   * An error with `logDriver` or `enableLogging: false`, because the service then creates no log group.
   *
   * @default - the logs are kept forever, as with `ApplicationLoadBalancedFargateService`
   */
  readonly logRetention?: logs.RetentionDays;
}
