import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';

/**
 * What pulls an image: a container of a task definition today.
 */
export interface Puller {
  /** Gets the warnings; its stack gets the grant and the pull check. */
  readonly scope: Construct;
  /** Reads the secret when the image is pulled. */
  readonly role: iam.IRole;
  /** The service that assumes the role. */
  readonly service: string;
  /** The engine that pulls: `containerd` on Fargate, `dockerd` on instances; undefined if it is not known. */
  readonly engine?: 'containerd' | 'dockerd';
  /** The platform that the image must have; undefined if it is not known. */
  platform(): string | undefined;
  /** Starts nothing before these exist. */
  waitFor(...dependencies: IDependable[]): void;
  /** Attaches a label for people. */
  label(key: string, value: string): void;
}
