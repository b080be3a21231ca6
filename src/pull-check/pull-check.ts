import { CfnResource, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { checkId } from './check-id';
import { PullCheckProperties } from './contract';
import { identityOf } from './identity';
import { effectiveMode } from './mode';
import { attachTo, PullCheckFunction } from './pull-check-function';
import { PullCheckMode, PullCheckOptions } from './pull-check-options';
import { validateOptions, validatePlaceholder, validateWithoutCheck, warnAboutReach } from './validation';
import { Puller } from '../access/puller';
import { RegistrySecret, SecretUse } from '../credentials/registry-secret';
import { hashOf } from '../private/hash';
import { RegistryProvider } from '../provider/registry-provider';
import { CUSTOM } from '../registries/custom';
import { registryOfHost } from '../registries/registries';

const RESOURCE_TYPE = 'Custom::PrivateRegistryPullCheck';
/** More than the function can take (200 seconds), so that a function that was killed costs minutes and not the hour that is the default. */
const SERVICE_TIMEOUT = Duration.minutes(4);
const DEFAULT_TIMEOUT = Duration.seconds(30);

/**
 * What is checked.
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

/** Every property, so that one which is renamed on the side of the handler does not compile here. */
type WrittenProperties = { readonly [name in keyof Required<PullCheckProperties>]: string | number | undefined };

/**
 * Adds the check of an image to the stack of the puller, unless the same one is there already, or checks are off.
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
    // A digest says nothing to people.
    puller.label('cdk-private-registry.image', reference);
  }
  const stack = Stack.of(puller.scope);
  const checkFunction = pullCheck.checkFunction ?? defaultFunction(stack, pullCheck);
  secret.addReader(checkFunction);
  const properties = propertiesOf(puller, mode, props);
  // A change of anything that is checked creates a new resource, so that a rollback only ever deletes, which cannot fail.
  const id = checkId(reference, identityOf(stack, { ...properties, ServiceToken: checkFunction.functionArn }, ...use.statements));
  const existing = stack.node.tryFindChild(id) as CustomResource | undefined;
  if (existing) {
    return existing;
  }
  const check = new CustomResource(stack, id, { serviceToken: checkFunction.functionArn, resourceType: RESOURCE_TYPE, properties });
  // As a property of CustomResource it makes newer versions of aws-cdk-lib warn.
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
 * The function knows the registry by its host. It has to be told of a registry on a host of its owner.
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
