import { X509Certificate } from 'node:crypto';
import { Duration, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PullCheckMode, PullCheckOptions } from './pull-check-options';
import { Puller } from '../access/puller';
import { SecretUse } from '../credentials/registry-secret';
import { invalid, warn } from '../private/errors';
import { RegistryProvider } from '../provider/registry-provider';

const SHORTEST_TIMEOUT = 5;
const LONGEST_TIMEOUT = 60;

/**
 * Validates the options of a check that is on.
 */
export function validateOptions({ scope, engine }: Puller, options: PullCheckOptions): void {
  validatePlacement(scope, options);
  validateTimeout(scope, options.timeout);
  if (options.caCertificate !== undefined) {
    validateCertificate(scope, options.caCertificate, engine);
  }
}

/**
 * Warns about a registry that the function of the check cannot reach.
 */
export function warnAboutReach({ scope }: Puller, { vpc, checkFunction }: PullCheckOptions, provider: RegistryProvider): void {
  if (provider.privateNetwork && !vpc && !checkFunction) {
    warn(scope, 'internalRegistryNeedsVpc',
      `the registry ${provider.host} is inside the network, where the check of the image cannot reach it; set pullCheck.vpc, or pullCheck.mode OFF`);
  }
}

/**
 * A secret with a placeholder in the same stack is empty when the tasks start, and when it is checked.
 */
export function validatePlaceholder({ scope }: Puller, mode: PullCheckMode, { placeholder }: SecretUse): void {
  if (placeholder === undefined) {
    return;
  }
  if (mode === PullCheckMode.ENFORCE) {
    throw invalid('placeholderWithCheck',
      `the secret ${placeholder} is created with a placeholder in the same stack as the check of the image: `
      + 'the deployment would always fail and take the secret with it; '
      + 'define the PrivateRegistry in a stack that is deployed before, or set pullCheck.mode WARN, or desiredCount: 0 of a PrivateRegistryFargateService', scope);
  }
  warn(scope, 'placeholderBesideTasks',
    `the secret ${placeholder} is created with a placeholder in the same stack as the tasks that need it: they cannot start before it is filled; `
    + 'define the PrivateRegistry in a stack that is deployed before, or start with no task');
}

/**
 * Without a check there is no digest to pin.
 */
export function validateWithoutCheck({ scope }: Puller, mode: PullCheckMode | undefined, pinDigest: boolean): void {
  if (!pinDigest) {
    return;
  }
  if (mode === PullCheckMode.OFF) {
    throw invalid('pinDigestWithoutCheck', 'pinDigest needs the digest that the pull check finds, but pullCheck.mode is OFF; remove one of the two', scope);
  }
  warn(scope, 'digestNotPinned',
    'pinDigest has no effect as long as the context switches the pull check off: the tasks run whatever the tag means; remove the context value when the emergency is over');
}

function validatePlacement(scope: Construct, { vpc, vpcSubnets, securityGroups, role, checkFunction }: PullCheckOptions): void {
  if (checkFunction && (vpc ?? vpcSubnets ?? securityGroups ?? role)) {
    throw invalid('pullCheckPlacementAmbiguous',
      'pullCheck.checkFunction has its own place and role, but pullCheck has vpc, vpcSubnets, securityGroups or role too; '
      + 'set them where the PullCheckFunction is defined', scope);
  }
  if (!vpc && (vpcSubnets ?? securityGroups)) {
    throw invalid('pullCheckWithoutVpc', 'pullCheck has vpcSubnets or securityGroups but no vpc; set pullCheck.vpc too', scope);
  }
}

function validateTimeout(scope: Construct, timeout: Duration | undefined): void {
  const seconds = timeout?.toSeconds({ integral: false });
  if (seconds !== undefined && (!Number.isInteger(seconds) || seconds < SHORTEST_TIMEOUT || seconds > LONGEST_TIMEOUT)) {
    throw invalid('invalidPullCheckTimeout',
      `pullCheck.timeout is ${seconds} seconds, expected a whole number from ${SHORTEST_TIMEOUT} to ${LONGEST_TIMEOUT}; choose one in between`, scope);
  }
}

function validateCertificate(scope: Construct, certificate: string, engine: Puller['engine']): void {
  if (!Token.isUnresolved(certificate) && !isCertificate(certificate)) {
    throw invalid('invalidCaCertificate',
      `pullCheck.caCertificate ${JSON.stringify(certificate.slice(0, 40))} is no certificate, expected PEM that begins with -----BEGIN CERTIFICATE-----; `
      + 'read the file and pass its content', scope);
  }
  if (engine === 'containerd') {
    throw invalid('caCertificateOnFargate',
      'pullCheck.caCertificate is given for a Fargate task, but Fargate trusts public certificate authorities only and would never pull the image; '
      + 'give the registry a public certificate, or run the tasks on EC2 instances that trust yours', scope);
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}
