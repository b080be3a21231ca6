import { Duration } from 'aws-cdk-lib';
import { IPullCheckFunction, PullCheckPlacement } from './pull-check-function';

/**
 * What a failed pull check does to the deployment.
 */
export enum PullCheckMode {
  /**
   * The deployment fails if the image certainly cannot be pulled. Whatever is not certain is a warning in the log.
   */
  ENFORCE = 'ENFORCE',

  /**
   * The deployment goes on. The verdict is in the log and in the attributes.
   */
  WARN = 'WARN',

  /**
   * Nothing is checked and nothing is created for it.
   */
  OFF = 'OFF',
}

/**
 * How a deployment checks whether an image can be pulled, before ECS tries to.
 *
 * A custom resource reads the secret, asks the registry for the manifest as the ECS agent would, and looks whether the
 * platform of the task definition is in it, as it is when the container is added. It runs again when the image, the ARN of the secret or `trigger` changes;
 * CloudFormation notices neither a new value in the secret nor a tag that was moved.
 */
export interface PullCheckOptions extends PullCheckPlacement {
  /**
   * What a failed check does to the deployment.
   *
   * The context value `cdk-private-registry:pullCheckMode` overrides it for the whole app, without a change of code:
   * `cdk deploy --context cdk-private-registry:pullCheckMode=WARN`.
   *
   * @default PullCheckMode.ENFORCE
   */
  readonly mode?: PullCheckMode;

  /**
   * A function that is shared, for example by the whole account. Not together with `vpc`, `vpcSubnets`, `securityGroups` or `role`.
   *
   * @default - one function for each stack and placement
   */
  readonly checkFunction?: IPullCheckFunction;

  /**
   * Whether the registry admits only some IP addresses.
   *
   * If `true` and the check runs outside of the VPC, an answer 403 of the registry does not fail the deployment.
   *
   * @default false - an answer 403 can fail the deployment
   */
  readonly restrictedNetwork?: boolean;

  /**
   * The certificate of a private certificate authority (PEM) to trust beside the public ones.
   *
   * Not for Fargate, whose agent cannot be given one: such an image would never be pulled.
   *
   * @default - the certificate authorities of Node.js
   */
  readonly caCertificate?: string;

  /**
   * How long the check may ask the registry, from 5 to 60 seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;

  /**
   * Any text; a change runs the check again, for example the version of the secret or the number of a build.
   *
   * @default - the check runs when the image, the secret or an option changes
   */
  readonly trigger?: string;
}
