import { X509Certificate } from 'node:crypto';
import { CfnHook, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PullCheckMode, PullCheckOptions } from './pull-check-options';
import { Puller } from '../access/puller';
import { wordingFor } from '../access/wording';
import { SecretUse } from '../credentials/registry-secret';
import { invalid, kindOf, warn, warnOnce } from '../private/errors';
import { validateLate } from '../private/late';
import { isUnknown } from '../private/tokens';
import { RegistryProvider } from '../provider/registry-provider';

const SHORTEST_TIMEOUT = 5;
const LONGEST_TIMEOUT = 60;
/** Some certificates; a bundle of all public authorities has 220 kB. */
const LONGEST_CERTIFICATE = 16 * 1024;
const BLUE_GREEN_HOOK = 'AWS::CodeDeploy::BlueGreen';

/**
 * Validates the options of a check that is on.
 */
export function validateOptions(puller: Puller, options: PullCheckOptions): void {
  validatePlacement(puller.scope, options);
  validateTimeout(puller.scope, options.timeout);
  warnAboutBlueGreen(puller.scope);
  if (options.caCertificate !== undefined) {
    validateCertificate(puller, options.caCertificate);
  }
}

/**
 * Warns about a registry that the function of the check cannot reach.
 */
export function warnAboutReach({ scope }: Puller, { vpc, checkFunction }: PullCheckOptions, provider: RegistryProvider): void {
  if (provider.privateNetwork && !vpc && !checkFunction) {
    warnOnce(scope, 'internalRegistryNeedsVpc',
      `the registry ${provider.host} is inside the network, and the pull check is outside; set pullCheck.vpc, or pullCheck.mode OFF`);
  }
}

/**
 * A secret with a placeholder in the same stack has no credentials when the check runs and the tasks start.
 */
export function validatePlaceholder(puller: Puller, mode: PullCheckMode, { placeholder }: SecretUse): void {
  const { scope } = puller;
  if (placeholder === undefined) {
    return;
  }
  if (mode === PullCheckMode.ENFORCE) {
    throw invalid('placeholderWithCheck',
      `the secret ${placeholder} is created with a placeholder in the same stack as the pull check: `
      + 'the deployment would always fail, and its rollback would delete the secret; '
      + 'define the PrivateRegistry in a stack that is deployed first, or set pullCheck.mode WARN, or desiredCount: 0 of a PrivateRegistryFargateService', scope);
  }
  const { starts } = wordingFor(puller);
  warn(scope, 'placeholderBesideTasks',
    `the secret ${placeholder} is created with a placeholder in the same stack as the ${starts} that need it: they cannot start before it has a value; `
    + 'define the PrivateRegistry in a stack that is deployed first, or start nothing before');
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
  warnOnce(scope, 'digestNotPinned',
    'pinDigest has no effect while the context turns the pull check off: the tasks run the image that the tag points to when they start; remove the context value when the emergency is over');
}

function validatePlacement(scope: Construct, { vpc, vpcSubnets, securityGroups, role, checkFunction }: PullCheckOptions): void {
  if (checkFunction && (vpc ?? vpcSubnets ?? securityGroups ?? role)) {
    throw invalid('pullCheckPlacementAmbiguous',
      'pullCheck.checkFunction has a placement and a role, but pullCheck also has vpc, vpcSubnets, securityGroups or role; '
      + 'set them where the PullCheckFunction is defined', scope);
  }
  if (!vpc && (vpcSubnets ?? securityGroups)) {
    throw invalid('pullCheckWithoutVpc', 'pullCheck has vpcSubnets or securityGroups but no vpc; set pullCheck.vpc', scope);
  }
}

/** The stacks in which somebody looks for the hook, which can be added later. */
const SEARCHED = new WeakSet<Stack>();

function warnAboutBlueGreen(scope: Construct): void {
  const stack = Stack.of(scope);
  if (SEARCHED.has(stack)) {
    return;
  }
  SEARCHED.add(stack);
  stack.node.addValidation({
    validate: () => {
      if (stack.node.findAll().some((one) => one instanceof CfnHook && one.type === BLUE_GREEN_HOOK)) {
        warn(stack, 'blueGreenHookWithCheck',
          `the stack ${stack.node.path} has the hook ${BLUE_GREEN_HOOK}, and CloudFormation rejects an update that starts a green deployment and changes another resource, `
          + 'like the pull check of a new image; set pullCheck.mode OFF, and check the image with the command line before you deploy');
      }
      return [];
    },
  });
}

function validateTimeout(scope: Construct, timeout: Duration | undefined): void {
  // For callers without types.
  if (timeout !== undefined && typeof timeout.toSeconds !== 'function') {
    throw invalid('invalidPullCheckTimeout',
      `pullCheck.timeout is ${kindOf(timeout)}, expected a Duration from ${SHORTEST_TIMEOUT} to ${LONGEST_TIMEOUT} seconds; write Duration.seconds(30)`, scope);
  }
  const seconds = timeout?.toSeconds({ integral: false });
  if (seconds !== undefined && !isUnknown(seconds) && (!Number.isInteger(seconds) || seconds < SHORTEST_TIMEOUT || seconds > LONGEST_TIMEOUT)) {
    throw invalid('invalidPullCheckTimeout',
      `pullCheck.timeout is ${seconds} seconds, expected a whole number from ${SHORTEST_TIMEOUT} to ${LONGEST_TIMEOUT}; change it`, scope);
  }
}

function validateCertificate(puller: Puller, certificate: string): void {
  const { scope } = puller;
  validateCertificateTrust(puller);
  if (isUnknown(certificate)) {
    return;
  }
  if (typeof certificate !== 'string') {
    throw invalid('invalidCaCertificate',
      `pullCheck.caCertificate is ${kindOf(certificate)}, expected text in PEM form; read the file with readFileSync(file, 'utf8')`, scope);
  }
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(certificate)) {
    throw invalid('caCertificateWithPrivateKey',
      'pullCheck.caCertificate has a private key in it, which everybody could read in the template; pass only what is between -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----, '
      + 'and replace the key if the template was deployed or stored', scope);
  }
  if (!isCertificate(certificate)) {
    throw invalid('invalidCaCertificate',
      `pullCheck.caCertificate${certificate.startsWith('-----BEGIN ') ? ` ${JSON.stringify(certificate.slice(0, 40))}` : ''} is not a certificate, expected PEM that begins with -----BEGIN CERTIFICATE-----; `
      + 'pass the content of the file', scope);
  }
  if (Buffer.byteLength(certificate) > LONGEST_CERTIFICATE) {
    warnOnce(scope, 'caCertificateLarge',
      `pullCheck.caCertificate has ${Math.ceil(Buffer.byteLength(certificate) / 1024)} kB, which each check repeats in the template; `
      + 'pass only the certificate of the authority that signed that of the registry, rather than a bundle');
  }
}

/**
 * At the end of synth, since the engine can change until then.
 */
function validateCertificateTrust({ scope, engine }: Puller): void {
  validateLate(scope, () => engine() !== 'containerd' ? undefined : invalid('caCertificateOnFargate',
    'pullCheck.caCertificate is set for a Fargate task, but Fargate trusts only public certificate authorities and could never pull the image; '
    + 'give the registry a public certificate, or run the tasks on EC2 instances that trust yours'));
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}
