import { Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DockerCredential, DockerCredentialUsage } from 'aws-cdk-lib/pipelines';
import { RegistrySecret } from '../credentials/registry-secret';
import { RegistryProvider } from '../provider/registry-provider';
import { DOCKER_HUB } from '../registries/docker-hub';

/** The name by which Docker asks for the login. */
const DOCKER_HUB_LOGIN = 'https://index.docker.io/v1/';

/**
 * The credentials as CDK Pipelines accepts them. With the secret itself, aws-cdk-lib would omit the permission to decrypt it with an
 * imported key.
 */
export function dockerCredential(
  provider: RegistryProvider, secret: RegistrySecret, grantPull: (grantee: iam.IGrantable) => iam.Grant, usages?: DockerCredentialUsage[],
): DockerCredential {
  const view: secretsmanager.ISecret = Object.create(secret.secret, {
    grantRead: { value: grantPull },
    // The pipeline can be in another Region than the registry.
    secretArn: { value: Lazy.uncachedString({ produce: ({ scope }) => secret.idIn(scope) }) },
  });
  const domain = provider._key === DOCKER_HUB.key ? DOCKER_HUB_LOGIN : provider.host;
  return DockerCredential.customRegistry(domain, view, { secretPasswordField: 'password', usages });
}
