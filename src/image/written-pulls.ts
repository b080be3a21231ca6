import { CfnResource } from 'aws-cdk-lib';
import { overrideProperty } from '../private/scopes';

/**
 * What this library writes into a container that somebody else has defined.
 */
export interface WrittenPull {
  /** Only if it is not the one that the container has. */
  readonly image?: string;
  readonly credentialsParameter: string;
}

/** What was written into each resource, by the path to the container. */
const WRITTEN = new WeakMap<CfnResource, Map<string, WrittenPull>>();

/**
 * Gives a container of ECS or AWS Batch its credentials by an override, as anybody outside of aws-cdk-lib has to.
 */
export function writePull(resource: CfnResource, path: string, pull: WrittenPull): void {
  WRITTEN.set(resource, (WRITTEN.get(resource) ?? new Map()).set(path, pull));
  const keys = path.split('.');
  overrideProperty(resource, [...keys, 'RepositoryCredentials', 'CredentialsParameter'], pull.credentialsParameter);
  if (pull.image !== undefined) {
    overrideProperty(resource, [...keys, 'Image'], pull.image);
  }
}

/**
 * Whether the image and the credentials in an override are what was written by `writePull()`.
 */
export function isOwnOverride(resource: CfnResource, path: string, override: Record<string, any>): boolean {
  const written = WRITTEN.get(resource)?.get(path);
  return written !== undefined && override.Image === written.image
    && override.RepositoryCredentials?.CredentialsParameter === written.credentialsParameter;
}
