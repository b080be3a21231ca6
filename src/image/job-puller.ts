import { CfnResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { FinalJob } from './final-job';
import { PreparedPull, preparePull, PullRequest } from './prepare-pull';
import { Puller, waitsOf } from '../access/puller';

/**
 * A container of a job definition of AWS Batch.
 */
export interface JobContainer {
  readonly job: CfnResource;
  /** Where the job has the container, for example `NodeProperties.NodeRangeProperties.0.Container`. */
  readonly path: string;
  /** Gets the warnings. In the stack of the job. */
  readonly scope: Construct;
  /** The execution role of the container. */
  readonly role: iam.IRole;
  /** Whether the role was made for the container. */
  readonly ownsRole: boolean;
  /** The ARN of the role, if the job has it in other words than the role. */
  readonly roleArn?: unknown;
}

/**
 * The container of a job definition as a puller.
 */
export function jobPuller({ job, path, scope, role, ownsRole, roleArn = role.roleArn }: JobContainer): Puller {
  const finalJob = new FinalJob(job, path, roleArn);
  return {
    ...waitsOf(job),
    scope,
    role,
    ownsRole,
    service: 'ecs-tasks.amazonaws.com',
    engine: () => finalJob.engine(),
    platform: () => finalJob.platform(),
    pulls: (image, credentialsParameter) => finalJob.pulls(image, credentialsParameter),
    keepsRole: () => finalJob.keepsRole(),
    roleArn: () => finalJob.finalRoleArn(),
    label: () => {
      // Containers of jobs have no labels.
    },
  };
}

/**
 * Prepares the pull of a container, and writes the credentials into the job. What an override of the user has stays.
 */
export function prepareJob(container: JobContainer, request: PullRequest): PreparedPull {
  const { job, path, role } = container;
  const finalJob = new FinalJob(job, path, role.roleArn);
  const { image, credentialsParameter } = preparePull(jobPuller(container), request);
  const values = { 'RepositoryCredentials.CredentialsParameter': credentialsParameter, ...image === request.reference ? {} : { Image: image } };
  for (const [property, value] of Object.entries(values)) {
    if (!finalJob.isOverridden(property)) {
      job.addPropertyOverride(`${path}.${property}`, value);
    }
  }
  return { image, credentialsParameter };
}
