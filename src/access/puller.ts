import { CfnResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, Dependable, IConstruct, IDependable } from 'constructs';
import { declaredDependencies, waitFor, waitUnlessCyclic } from '../private/late-dependencies';

/**
 * The consumer of an image: a container of a task definition or of a job, or a build project.
 *
 * What it answers can change until the template is made. So it is asked then, and at no other time.
 */
export interface Puller {
  /** Gets the warnings; its stack gets the grant and the pull check. */
  readonly scope: Construct;
  /** Refers to the role, the secret and the pull check. */
  readonly resource: CfnResource;
  /** Reads the secret when the image is pulled. */
  readonly role: iam.IRole;
  /** Whether the role was made for the resource alone. */
  readonly ownsRole: boolean;
  /** The service that assumes the role. */
  readonly service: string;
  /** Whether nothing pulls, so that there is nothing to check. */
  readonly startsNothing?: boolean;
  /** Whether the service accepts any name of a secret in place of its ARN. */
  readonly acceptsSecretNames?: boolean;
  /**
   * The engine that pulls: `containerd` on Fargate, `dockerd` on instances, that of CodeBuild, which is not public; undefined if it is one
   * of the first two.
   */
  engine(): 'containerd' | 'dockerd' | 'codebuild' | undefined;
  /** The platform that the image must have; undefined if it is not known. */
  platform(): string | undefined;
  /** Whether it certainly pulls this image with these credentials: an override can replace both. */
  pulls(image: string, credentialsParameter: string): boolean;
  /** Whether the role is certainly the one that reads the secret: an override can name another one. */
  keepsRole(): boolean;
  /** The ARN of the role that reads the secret, as it is in the template; undefined if there is none. */
  roleArn(): unknown;
  /** What it was made to wait for, by anybody but this library. */
  dependencies(): IConstruct[];
  /** Starts nothing before this exists. */
  waitFor(dependency: IDependable): void;
  /** Starts nothing before this exists, unless this waits for the puller. */
  waitUnlessCyclic(dependency: IDependable): void;
  /** Attaches a label for people. */
  label(key: string, value: string): void;
}

/**
 * How the resource of a puller waits. Only the resource: what is below its construct, like a log group, can be what others wait for.
 */
export function waitsOf(resource: CfnResource): Pick<Puller, 'resource' | 'dependencies' | 'waitFor' | 'waitUnlessCyclic'> {
  return {
    resource,
    dependencies: () => declaredDependencies(resource),
    waitFor: (dependency) => waitFor(resource, dependency),
    waitUnlessCyclic: (dependency) => waitUnlessCyclic(resource, () => Dependable.of(dependency).dependencyRoots),
  };
}
