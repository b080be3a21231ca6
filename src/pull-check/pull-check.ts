import { Duration, Stack } from 'aws-cdk-lib';
import { checkId } from './check-id';
import { effectiveMode } from './mode';
import { attachTo, PullCheckFunction } from './pull-check-function';
import { PullCheckMode, PullCheckOptions } from './pull-check-options';
import { EarlyProperties, flag, PullCheck } from './shared-check';
import { validateOptions, validatePlaceholder, validateWithoutCheck, warnAboutReach } from './validation';
import { Puller } from '../access/puller';
import { RegistrySecret, SecretUse } from '../credentials/registry-secret';
import { hashOf, identityOf } from '../private/identity';
import { RegistryProvider } from '../provider/registry-provider';
import { CUSTOM } from '../registries/custom';
import { registryOfHost } from '../registries/registries';

const DEFAULT_TIMEOUT = Duration.seconds(30);

/**
 * The image, and how it is pulled.
 */
export interface PullCheckProps {
  readonly reference: string;
  readonly provider: RegistryProvider;
  readonly secret: RegistrySecret;
  /** The secret as the puller uses it. */
  readonly use: SecretUse;
  readonly pullCheck?: PullCheckOptions;
  readonly pinDigest?: boolean;
}

/**
 * Adds the check of an image to the stack of the puller, unless the stack has the same check already, or checks are off.
 */
export function addPullCheck(puller: Puller, props: PullCheckProps): PullCheck | undefined {
  const { reference, provider, secret, use, pullCheck = {}, pinDigest = false } = props;
  const mode = effectiveMode(puller.scope, pullCheck.mode);
  if (mode !== PullCheckMode.OFF) {
    validateOptions(puller, pullCheck);
  }
  validatePlaceholder(puller, mode, use);
  if (mode === PullCheckMode.OFF) {
    validateWithoutCheck(puller, pullCheck.mode, pinDigest);
    return undefined;
  }
  warnAboutReach(puller, pullCheck, provider);
  if (pinDigest) {
    // For people, who cannot read a digest.
    puller.label('cdk-private-registry.image', reference);
  }
  const stack = Stack.of(puller.scope);
  const checkFunction = pullCheck.checkFunction ?? defaultFunction(stack, pullCheck);
  secret.addReader(checkFunction, use);
  const properties = propertiesOf(mode, props);
  // The engines of tasks that were defined with different ones differ in what they refuse, so those do not share a check.
  const identity = { ...properties, Engine: puller.engine(), ServiceToken: checkFunction.functionArn };
  const id = checkId(reference, identityOf(stack, identity, ...use.statements));
  const existing = stack.node.tryFindChild(id) as PullCheck | undefined;
  if (existing) {
    return existing;
  }
  const check = new PullCheck(stack, id, { checkFunction, properties, secret: secret.secret, statements: use.statements });
  attachTo(checkFunction, check, use.statements);
  return check;
}

function propertiesOf(mode: PullCheckMode, props: PullCheckProps): EarlyProperties {
  const { reference, provider, use, pullCheck = {}, pinDigest = false } = props;
  const { caCertificate, timeout = DEFAULT_TIMEOUT, trigger, restrictedNetwork = false, askExpiry } = pullCheck;
  return {
    Image: reference,
    Secret: use.id,
    SecretRegion: use.region,
    Mode: mode,
    Registry: registryBeyondHost(provider),
    AuthHost: provider.authHost,
    CaCertificate: caCertificate,
    RestrictedNetwork: flag(restrictedNetwork),
    AskExpiry: askExpiry?.toString(),
    PinDigest: flag(pinDigest),
    TimeoutSeconds: timeout.toSeconds(),
    Trigger: trigger,
  };
}

/**
 * The function knows most registries by their hosts. It is told about those on hosts of their owners.
 */
function registryBeyondHost({ host, _key: key }: RegistryProvider): string | undefined {
  return key === CUSTOM.key || key === registryOfHost(host)?.key ? undefined : key;
}

function defaultFunction(stack: Stack, { vpc, vpcSubnets, securityGroups = [], role }: PullCheckOptions): PullCheckFunction {
  const subnets = vpc?.selectSubnets(vpcSubnets).subnets ?? [];
  const placement = [vpc, ...subnets, ...securityGroups, role].flatMap((construct) => construct?.node.addr ?? []);
  const id = `PrivateRegistryPullCheckFunction${placement.length > 0 ? hashOf(placement) : ''}`;
  return (stack.node.tryFindChild(id) as PullCheckFunction | undefined)
    ?? new PullCheckFunction(stack, id, { vpc, vpcSubnets, securityGroups: securityGroups.length > 0 ? securityGroups : undefined, role });
}
