import { CfnResource, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { checkId } from './check-id';
import { PullCheckProperties } from './contract';
import { effectiveMode } from './mode';
import { attachTo, PullCheckFunction } from './pull-check-function';
import { PullCheckMode, PullCheckOptions } from './pull-check-options';
import { validateOptions, validatePlaceholder, validateWithoutCheck, warnAboutReach } from './validation';
import { Puller } from '../access/puller';
import { RegistrySecret, SecretUse } from '../credentials/registry-secret';
import { hashOf, identityOf } from '../private/identity';
import { RegistryProvider } from '../provider/registry-provider';
import { CUSTOM } from '../registries/custom';
import { registryOfHost } from '../registries/registries';

const RESOURCE_TYPE = 'Custom::PrivateRegistryPullCheck';
/**
 * CloudFormation waits an hour for a function that was killed, unless it is told less. The function runs for 200 seconds at most, but a new
 * account runs ten at a time, and the checks of a large stack wait for each other.
 */
const SERVICE_TIMEOUT = Duration.minutes(15);
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

/** Every property, so that one renamed on the handler's side does not compile here. */
type WrittenProperties = { readonly [name in keyof Required<PullCheckProperties>]: string | number | undefined };

/**
 * Adds the check of an image to the stack of the puller, unless the stack has the same check already, or checks are off.
 */
export function addPullCheck(puller: Puller, props: PullCheckProps): CustomResource | undefined {
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
  const properties = propertiesOf(puller, mode, props);
  // A change of anything that is checked creates a new resource, so that a rollback only ever deletes, which cannot fail.
  const id = checkId(reference, identityOf(stack, { ...properties, ServiceToken: checkFunction.functionArn }, ...use.statements));
  const existing = stack.node.tryFindChild(id) as CustomResource | undefined;
  if (existing) {
    return existing;
  }
  const check = new CustomResource(stack, id, { serviceToken: checkFunction.functionArn, resourceType: RESOURCE_TYPE, properties });
  // Newer versions of aws-cdk-lib warn about the property of CustomResource.
  (check.node.defaultChild as CfnResource).addPropertyOverride('ServiceTimeout', SERVICE_TIMEOUT.toSeconds());
  attachTo(checkFunction, check, use.statements);
  return check;
}

function propertiesOf(puller: Puller, mode: PullCheckMode, props: PullCheckProps): WrittenProperties {
  const { reference, provider, use, pullCheck = {}, pinDigest = false } = props;
  const { caCertificate, timeout = DEFAULT_TIMEOUT, trigger, restrictedNetwork = false } = pullCheck;
  return {
    Image: reference,
    Secret: use.id,
    SecretRegion: use.region,
    SecretOfOtherAccount: flag(use.isOfOtherAccount),
    Platform: puller.platform(),
    Mode: mode,
    Registry: registryBeyondHost(provider),
    AuthHost: provider.authHost,
    CaCertificate: caCertificate,
    RestrictedNetwork: flag(restrictedNetwork),
    Fargate: flag(puller.engine === 'containerd'),
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

function flag(value: boolean): 'true' | undefined {
  return value ? 'true' : undefined;
}
