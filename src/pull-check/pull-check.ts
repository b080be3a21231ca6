import { createHash } from 'node:crypto';
import { CfnResource, CustomResource, Duration, Names, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PullCheckProperties } from './contract';
import { effectiveMode } from './mode';
import { IPullCheckFunction, PullCheckFunction } from './pull-check-function';
import { PullCheckMode, PullCheckOptions } from './pull-check-options';
import { validateOptions, validatePlaceholder, validateWithoutCheck, warnAboutReach } from './validation';
import { policyOf, PullStatement } from '../access/pull-statements';
import { Puller } from '../access/puller';
import { isImmutable, roleIn } from '../access/roles';
import { RegistrySecret, SecretUse } from '../credentials/registry-secret';
import { warn } from '../private/errors';
import { RegistryProvider } from '../provider/registry-provider';

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
  if (checkFunction instanceof PullCheckFunction) {
    secret.addReader(checkFunction.role);
  }
  const properties = propertiesOf(puller, mode, props);
  // A change of anything that is checked creates a new resource, so that a rollback only ever deletes, which cannot fail.
  const id = `PrivateRegistryPullCheck${hashOf(identityOf(stack, { ...properties, ServiceToken: checkFunction.functionArn }, ...use.statements))}`;
  const existing = stack.node.tryFindChild(id) as CustomResource | undefined;
  if (existing) {
    return existing;
  }
  const check = new CustomResource(stack, id, { serviceToken: checkFunction.functionArn, resourceType: RESOURCE_TYPE, properties });
  // As a property of CustomResource it makes newer versions of aws-cdk-lib warn.
  (check.node.defaultChild as CfnResource).addPropertyOverride('ServiceTimeout', SERVICE_TIMEOUT.toSeconds());
  grantCheck(check, checkFunction, use.statements);
  return check;
}

function propertiesOf(puller: Puller, mode: PullCheckMode, props: PullCheckProps): WrittenProperties {
  const { reference, provider, use, pullCheck = {}, pinDigest = false } = props;
  const { caCertificate, timeout = DEFAULT_TIMEOUT, trigger, authHost } = pullCheck;
  return {
    Image: reference,
    Secret: use.id,
    SecretRegion: use.region,
    SecretOfOtherAccount: flag(use.isOfOtherAccount),
    Platform: puller.platform(),
    Mode: mode,
    // The provider checks the host as its own.
    AuthHost: authHost === undefined ? provider.authHost : RegistryProvider.custom(provider.host, { authHost }).authHost,
    CaCertificate: caCertificate,
    RestrictedNetwork: flag(provider.restrictedNetwork),
    Fargate: flag(puller.engine === 'containerd'),
    PinDigest: flag(pinDigest),
    TimeoutSeconds: timeout.toSeconds(),
    Trigger: trigger,
  };
}

/**
 * What tells one check, or one policy, from another. A token resolves to the same in all stacks, so the owner of what it refers
 * to is a part of it. One level is looked at: values are strings, numbers and lists of strings.
 */
function identityOf(stack: Stack, ...values: unknown[]): unknown {
  const texts = values.flatMap((value) => Object.values(value as object)).flat().filter((value) => typeof value === 'string');
  const tokens = texts.flatMap((text) => Tokenization.reverseString(text).tokens);
  return [stack.resolve(values), tokens.flatMap((token) => (Reference.isReference(token) ? token.target.node.addr : []))];
}

function defaultFunction(stack: Stack, { vpc, vpcSubnets, securityGroups = [], role }: PullCheckOptions): PullCheckFunction {
  const subnets = vpc?.selectSubnets(vpcSubnets).subnets ?? [];
  const placement = [vpc, ...subnets, ...securityGroups, role].flatMap((construct) => construct?.node.addr ?? []);
  const id = `PrivateRegistryPullCheckFunction${placement.length > 0 ? hashOf(placement) : ''}`;
  return (stack.node.tryFindChild(id) as PullCheckFunction | undefined)
    ?? new PullCheckFunction(stack, id, { vpc, vpcSubnets, securityGroups: securityGroups.length > 0 ? securityGroups : undefined, role });
}

function grantCheck(check: CustomResource, checkFunction: IPullCheckFunction, read: PullStatement[]): void {
  // An update in a rollback must not fail: the function asks which it is.
  const askForState = [{ actions: ['cloudformation:DescribeStacks'], resources: [check.stack.stackId] }];
  if (!(checkFunction instanceof PullCheckFunction)) {
    warnAboutPolicy(check, `the function ${checkFunction.functionArn}`, [...read, ...askForState]);
    return;
  }
  const { role, _responderRole: responder } = checkFunction;
  if (isImmutable(role)) {
    warnAboutPolicy(check, `the role ${role.roleArn}`, role === responder ? [...read, ...askForState] : read);
  } else {
    attach(check, role, read);
  }
  if (!isImmutable(responder)) {
    attach(check, responder, askForState);
  }
}

/**
 * Each secret has a policy of its own. In one policy for all of them each check would wait for the secrets of the others, of which
 * one may be made by a task that waits for a check. It stays when the image changes: IAM limits what a role has in all.
 */
function attach(check: CustomResource, role: iam.IRole, statements: PullStatement[]): void {
  const { stack } = check;
  const owner = hashOf(role.node.addr);
  const id = `PrivateRegistryPullCheckPolicy${hashOf([owner, identityOf(stack, ...statements)])}`;
  const policy = (stack.node.tryFindChild(id) as iam.Policy | undefined) ?? new iam.Policy(stack, id, {
    // The role of a shared function has the policies of many stacks.
    policyName: `${Names.uniqueResourceName(stack, { maxLength: 80 })}${id}`,
    roles: [roleIn(stack, `PrivateRegistryPullCheckRole${owner}`, role)],
    statements: statements.map(({ actions, resources, conditions }) => new iam.PolicyStatement({ actions, resources, conditions })),
  });
  check.node.defaultChild!.node.addDependency(policy);
}

function warnAboutPolicy(check: CustomResource, who: string, statements: PullStatement[]): void {
  warn(check, 'pullCheckPolicyMissing',
    `${who} of the pull check cannot be given its rights from here; attach to its role ${JSON.stringify(check.stack.resolve(policyOf(statements)))}`);
}

function flag(value: boolean): 'true' | undefined {
  return value ? 'true' : undefined;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}
