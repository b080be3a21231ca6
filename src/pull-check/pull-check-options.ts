import { Duration } from 'aws-cdk-lib';
import { IPullCheckFunction } from './pull-check-function';
import { PullCheckPlacement } from './pull-check-function-props';

/**
 * What a failed pull check does to the deployment.
 */
export enum PullCheckMode {
  /**
   * Fail the deployment when the image definitely cannot be pulled; otherwise log a warning.
   */
  ENFORCE = 'ENFORCE',

  /**
   * Never fail the deployment. The verdict is in the log and in the attributes.
   */
  WARN = 'WARN',

  /**
   * Check nothing, and create nothing for it.
   */
  OFF = 'OFF',
}

/**
 * How a deployment checks that an image can be pulled, before ECS tries to.
 *
 * A custom resource reads the secret, asks the registry for the manifest as the ECS agent would, and checks that it supports the
 * platform that the task definition has in the template. It waits for what the task definition waits for. It runs again when the
 * image, the ARN of the secret, the platform or `trigger` changes; CloudFormation detects neither a new value in the secret nor a
 * moved tag.
 */
export interface PullCheckOptions extends PullCheckPlacement {
  /**
   * What a failed check does to the deployment.
   *
   * The context value `cdk-private-registry:pullCheckMode` overrides it for the whole app, without a code change:
   * `cdk deploy --context cdk-private-registry:pullCheckMode=WARN`.
   *
   * @default PullCheckMode.ENFORCE
   */
  readonly mode?: PullCheckMode;

  /**
   * A shared function, for example one for the whole account. Cannot be combined with `vpc`, `vpcSubnets`, `securityGroups` or `role`.
   *
   * @default - one function for each stack and placement
   */
  readonly checkFunction?: IPullCheckFunction;

  /**
   * Whether the registry allows only some IP addresses.
   *
   * If `true`, a check outside of a VPC does not fail the deployment when the registry answers 403.
   *
   * @default false - a 403 can fail the deployment
   */
  readonly restrictedNetwork?: boolean;

  /**
   * Whether the check asks when the credentials expire, to say it in its message and in the attribute `ExpiresOn`.
   *
   * The question sends the token to the registry's own API, after the registry accepted it: classic tokens of GitHub to api.github.com
   * (or to that of `<name>.ghe.com`), access tokens of GitLab to gitlab.com or to `authHost` of the provider, reference tokens of JFrog to
   * `<name>.jfrog.io`. If the secret has the key `hosts`, only to a host that it lists. A failure there changes no verdict. Dates that are in
   * the secret (`expiresOn`) or in the token itself are known without the question.
   *
   * @default - true outside of a VPC; false in a VPC and with `restrictedNetwork`, where a firewall can stop or report the request
   */
  readonly askExpiry?: boolean;

  /**
   * The certificate of a private certificate authority (PEM) to trust in addition to the public ones.
   *
   * An error for Fargate tasks: Fargate trusts only public authorities and could never pull the image.
   *
   * @default - the certificate authorities of Node.js
   */
  readonly caCertificate?: string;

  /**
   * The time limit for all requests to the registry, from 5 to 60 seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;

  /**
   * Any text. A change runs the check again; use for example the version of the secret or a build number.
   *
   * @default - the check runs when the image, the secret or an option changes
   */
  readonly trigger?: string;
}
