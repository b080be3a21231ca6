import { Construct, IConstruct } from 'constructs';
import { PullOptions } from './pull-options';
import { grantPull } from '../access/grant-pull';
import { Puller } from '../access/puller';
import { warnAboutReplacedRole, warnAboutReplacedWaits } from '../access/replaced';
import { RegistryCredentials } from '../credentials/registry-credentials';
import { idWithoutCheck } from '../credentials/registry-secret';
import { warn } from '../private/errors';
import { isUnknown } from '../private/tokens';
import { hostOf } from '../provider/image-host';
import { RegistryProvider } from '../provider/registry-provider';
import { addPullCheck } from '../pull-check/pull-check';
import { PullCheckMode } from '../pull-check/pull-check-options';
import { ImageReference } from '../reference/image-reference';
import { ECR_PUBLIC } from '../registries/ecr-public';
import { registryOfHost } from '../registries/registries';

/**
 * How the images of a registry are pulled.
 */
export interface RegistryPull extends PullOptions {
  readonly provider: RegistryProvider;
  readonly credentials: RegistryCredentials;
  /** The construct that the images are from. */
  readonly registry?: IConstruct;
}

/**
 * The image, and the credentials for it.
 */
export interface PullRequest extends RegistryPull {
  readonly reference: string;
}

/**
 * The values for the resource of the puller.
 */
export interface PreparedPull {
  readonly image: string;
  readonly credentialsParameter: string;
}

/**
 * Everything that a puller needs to pull an image: finds or creates the secret, adds the pull check, and allows the role to read
 * the secret. The puller waits for the check and for the policy.
 */
export function preparePull(puller: Puller, request: PullRequest): PreparedPull {
  const { scope, role } = puller;
  const { reference, provider, registry, rolePolicyManagedExternally } = request;
  const { pullCheck, pinDigest } = puller.startsNothing ? { pullCheck: { mode: PullCheckMode.OFF }, pinDigest: false } : request;
  warnAboutReference(scope, request);

  const secret = request.credentials._bind(scope, provider);
  const use = secret.usedBy(scope);
  secret.addReader(role, use);
  const check = addPullCheck(puller, { reference, provider, secret, use, pullCheck, pinDigest });
  const image = check && pinDigest ? check.getAttString('Image') : reference;
  const credentialsParameter = (use.partialArn && check?.getAttString('CredentialsParameter'))
    ?? (puller.acceptsSecretNames ? use.id : idWithoutCheck(scope, use));
  if (check) {
    check.addUse({ puller, image, credentialsParameter }, registry);
    puller.waitFor(check);
  }
  grantPull(puller, { secret: secret.secret, statements: use.statements, rolePolicyManagedExternally });
  warnAboutReplacedWaits(puller);
  if (!rolePolicyManagedExternally) {
    warnAboutReplacedRole(puller, () => puller.pulls(image, credentialsParameter));
  }
  return { image, credentialsParameter };
}

function warnAboutReference(scope: Construct, { reference, provider, pinDigest }: PullRequest): void {
  const host = hostOf(reference);
  if (provider._intendedHost !== undefined) {
    warn(scope, 'misspelledRegistryHost',
      `the image ${JSON.stringify(reference)} is in the registry ${host}, which is almost ${provider._intendedHost}: if that is a typing error, a stranger gets the credentials; `
      + `correct the host, or set provider to RegistryProvider.custom(${JSON.stringify(host)}) if it is right`);
  }
  if (host !== undefined && registryOfHost(host) === ECR_PUBLIC) {
    warn(scope, 'publicEcrImage',
      `the image ${JSON.stringify(reference)} is in the public registry of Amazon ECR, which needs no credentials; `
      + 'use it without credentials, for example with ecs.ContainerImage.fromRegistry()');
  }
  if (isUnknown(reference)) {
    return;
  }
  const { tag, digest } = ImageReference.parse(reference);
  if (digest === undefined && !pinDigest && (tag === undefined || tag === 'latest')) {
    warn(scope, 'imageWithoutFixedTag',
      `the image ${JSON.stringify(reference)} ${tag ? 'has the tag "latest"' : 'has no tag, which means "latest"'}: `
      + 'what starts later can run another image, and a rollback does not bring the old one back; use a tag that never moves, or a digest');
  }
}
