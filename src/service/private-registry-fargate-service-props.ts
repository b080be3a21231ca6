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
 * Everything that `ApplicationLoadBalancedFargateService` accepts, and its image options beside it. Exactly one of
 * `credentials` and `registry` is needed.
 */
export interface PrivateRegistryFargateServiceProps extends PrivateRegistryFargateServiceBaseProps, PullOptions {
  /**
   * The image, for example `ghcr.io/acme/api:1.4.2`. It is put into the template as it is.
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
   * @default - the service has `credentials` of its own; it is an error to set neither or both
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
   * Not together with `logDriver` or with `enableLogging: false`, where there is no log group to set it on.
   *
   * @default - the logs are kept for ever, as with `ApplicationLoadBalancedFargateService`
   */
  readonly logRetention?: logs.RetentionDays;
}
