import { CfnResource, Token } from 'aws-cdk-lib';
import { isIntrinsic } from '../private/tokens';

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
  resource.addPropertyOverride(`${path}.RepositoryCredentials.CredentialsParameter`, pull.credentialsParameter);
  if (pull.image !== undefined) {
    resource.addPropertyOverride(`${path}.Image`, pull.image);
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

/**
 * A value with an override, as aws-cdk-lib merges them: `undefined` deletes.
 */
export function overridden(value: unknown, override: unknown): unknown {
  if (!isObject(override) || Token.isUnresolved(override) || isIntrinsic(override)) {
    return override;
  }
  const merged: any = Array.isArray(value) ? [...value] : isObject(value) && !isIntrinsic(value) ? { ...value } : {};
  for (const [key, inner] of Object.entries(override)) {
    merged[key] = overridden(merged[key], inner);
  }
  return merged;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
