import { createHash, X509Certificate } from 'node:crypto';
import { Aspects, CfnResource, CustomResource, Duration, Names, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IPullCheckFunction, PullCheckFunction } from './pull-check-function';
import { PullCheckMode, PullCheckOptions } from './pull-check-options';
import { isImmutable, roleIn } from '../access/execution-role';
import { policyOf, PullStatement } from '../access/pull-statements';
import { RegistrySecret, SecretUse } from '../credentials/registry-secret';
import { PullOptions } from '../image/pull-options';
import { invalid, warn } from '../private/errors';
import { RegistryProvider } from '../provider/registry-provider';

const RESOURCE_TYPE = 'Custom::PrivateRegistryPullCheck';
const MODE_CONTEXT = 'cdk-private-registry:pullCheckMode';
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
  /** The secret as the container sees it. */
  readonly use: SecretUse;
  readonly options: PullOptions;
}

/**
 * Adds the check of an image to the stack of the container, unless the same one is there already, or checks are off.
 */
export function addPullCheck(container: ecs.ContainerDefinition, props: PullCheckProps): CustomResource | undefined {
  const { reference, provider, secret, use, options: { pullCheck = {}, pinDigest = false } } = props;
  const mode = modeOf(container, pullCheck);
  if (use.placeholder && mode !== PullCheckMode.ENFORCE) {
    warn(container, 'placeholderBesideTasks',
      `the secret ${use.placeholder} is created with a placeholder in the same stack as the tasks that need it: they cannot start before it is filled; `
      + 'define the PrivateRegistry in a stack that is deployed before, or start with no task');
  }
  if (mode === PullCheckMode.OFF) {
    validateWithoutCheck(container, props);
    return undefined;
  }
  validate(container, mode, props);
  if (pinDigest) {
    labelWithReference(container, reference);
  }

  const stack = Stack.of(container);
  const { caCertificate, restrictedNetwork = false, timeout = DEFAULT_TIMEOUT, trigger } = pullCheck;
  const properties = {
    Image: reference,
    Secret: use.id,
    SecretRegion: use.region,
    SecretOfOtherAccount: flag(use.isOfOtherAccount),
    Platform: platformOf(container.taskDefinition),
    Mode: mode,
    AuthHost: provider.authHost,
    CaCertificate: caCertificate,
    RestrictedNetwork: flag(restrictedNetwork),
    Fargate: flag(isFargate(container.taskDefinition)),
    PinDigest: flag(pinDigest),
    TimeoutSeconds: timeout.toSeconds(),
    Trigger: trigger,
  };
  const checkFunction = pullCheck.checkFunction ?? defaultFunction(stack, pullCheck);
  if (checkFunction instanceof PullCheckFunction) {
    secret.addReader(checkFunction.role);
  }
  // A change of anything that is checked makes a new resource, so that a rollback only ever deletes, which cannot fail.
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

/**
 * What tells one check, or one policy, from another. A token resolves to the same in all stacks, so that the owner of what it
 * refers to is a part of it.
 */
function identityOf(stack: Stack, ...values: unknown[]): unknown {
  const texts = values.flatMap((value) => Object.values(value as object)).flat().filter((value) => typeof value === 'string');
  const tokens = texts.flatMap((text) => Tokenization.reverseString(text).tokens);
  return [stack.resolve(values), tokens.flatMap((token) => (Reference.isReference(token) ? token.target.node.addr : []))];
}

/**
 * The mode that the options have, unless the context of the app overrides it.
 */
function modeOf(scope: Construct, { mode = PullCheckMode.ENFORCE }: PullCheckOptions): PullCheckMode {
  const override = scope.node.tryGetContext(MODE_CONTEXT);
  if (override === undefined) {
    return mode;
  }
  const modes = Object.values(PullCheckMode);
  if (!modes.includes(override)) {
    throw invalid('invalidPullCheckMode', `the context value ${MODE_CONTEXT} is ${JSON.stringify(override)}, expected one of ${modes.join(', ')}, in upper case; correct it, or remove it from cdk.json or the command line`, scope);
  }
  // What is off stays off: a service without tasks has nothing to check.
  return mode === PullCheckMode.OFF ? mode : override;
}

function validateWithoutCheck(container: ecs.ContainerDefinition, { options: { pullCheck, pinDigest } }: PullCheckProps): void {
  if (!pinDigest) {
    return;
  }
  if (pullCheck?.mode === PullCheckMode.OFF) {
    throw invalid('pinDigestWithoutCheck', 'pinDigest needs the digest that the pull check finds, but pullCheck.mode is OFF; remove one of both', container);
  }
  warn(container, 'digestNotPinned',
    'pinDigest has no effect as long as the context switches the pull check off: the tasks run whatever the tag means; remove the context value when the emergency is over');
}

function validate(container: ecs.ContainerDefinition, mode: PullCheckMode, { provider, use, options: { pullCheck = {} } }: PullCheckProps): void {
  const { vpc, vpcSubnets, securityGroups, role, checkFunction, caCertificate, timeout } = pullCheck;
  if (checkFunction && (vpc ?? vpcSubnets ?? securityGroups ?? role)) {
    throw invalid('pullCheckPlacementAmbiguous',
      'pullCheck.checkFunction has its own place and role, but pullCheck has vpc, vpcSubnets, securityGroups or role too; '
      + 'set them where the PullCheckFunction is defined', container);
  }
  if (!vpc && (vpcSubnets ?? securityGroups)) {
    throw invalid('pullCheckWithoutVpc', 'pullCheck has vpcSubnets or securityGroups but no vpc; set pullCheck.vpc too', container);
  }
  const seconds = timeout?.toSeconds({ integral: false });
  if (seconds !== undefined && (!Number.isInteger(seconds) || seconds < 5 || seconds > 60)) {
    throw invalid('invalidPullCheckTimeout', `pullCheck.timeout is ${seconds} seconds, expected a whole number from 5 to 60; choose one in between`, container);
  }
  if (caCertificate !== undefined && !Token.isUnresolved(caCertificate) && !isCertificate(caCertificate)) {
    throw invalid('invalidCaCertificate',
      `pullCheck.caCertificate ${JSON.stringify(caCertificate.slice(0, 40))} is no certificate, expected PEM that begins with -----BEGIN CERTIFICATE-----; `
      + 'read the file and pass its content', container);
  }
  if (caCertificate !== undefined && isFargate(container.taskDefinition)) {
    throw invalid('caCertificateOnFargate',
      'pullCheck.caCertificate is given for a Fargate task, but Fargate trusts public certificate authorities only and would never pull the image; '
      + 'give the registry a public certificate, or run the tasks on EC2 instances that trust yours', container);
  }
  if (use.placeholder && mode === PullCheckMode.ENFORCE) {
    throw invalid('placeholderWithCheck',
      `the secret ${use.placeholder} is created with a placeholder in the same stack as the check of the image: `
      + 'the deployment would always fail and take the secret with it; '
      + 'define the PrivateRegistry in a stack that is deployed before, or set pullCheck.mode WARN, or desiredCount: 0 of a PrivateRegistryFargateService', container);
  }
  if (provider.privateNetwork && !vpc && !checkFunction) {
    warn(container, 'internalRegistryNeedsVpc',
      `the registry ${provider.host} is inside the network, where the check of the image cannot reach it; set pullCheck.vpc, or pullCheck.mode OFF`);
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

function isFargate(taskDefinition: ecs.TaskDefinition): boolean {
  return taskDefinition.compatibility === ecs.Compatibility.FARGATE;
}

/**
 * The platform that the image has to have; undefined where the instances decide, or a token.
 */
function platformOf(taskDefinition: ecs.TaskDefinition): string | undefined {
  if (!isFargate(taskDefinition)) {
    return undefined;
  }
  const { cpuArchitecture = 'X86_64', operatingSystemFamily = 'LINUX' } = (
    (taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).runtimePlatform ?? {}
  ) as ecs.CfnTaskDefinition.RuntimePlatformProperty;
  if (Token.isUnresolved(cpuArchitecture) || Token.isUnresolved(operatingSystemFamily)) {
    return undefined;
  }
  return `${operatingSystemFamily === 'LINUX' ? 'linux' : 'windows'}/${cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64'}`;
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

/**
 * A digest says nothing to people.
 */
function labelWithReference(container: ecs.ContainerDefinition, reference: string): void {
  // The container sets its labels after it has bound its image.
  Aspects.of(container).add({
    visit: (node) => {
      if (node === container) {
        container.addDockerLabel('cdk-private-registry.image', reference);
      }
    },
  });
}

function flag(value: boolean): 'true' | undefined {
  return value ? 'true' : undefined;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}
