import { Lazy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { outermostStackOf, propertiesInTemplate, roleResourceOf } from '../private/scopes';
import { isUnknown } from '../private/tokens';

/** How much of the name of a stack CloudFormation keeps at least in the name of a role. */
const KEPT_STACK_NAME = 20;

/**
 * Policies that the account that owns a secret must attach before another account can pull with it.
 *
 * Both name the roles of the whole app that read the secret, with the Regions they read it in. They are complete when the app is
 * synthesized: roles that are added later are in them too. To hand a policy to the owner, use `stack.toJsonString()`.
 */
export interface OwnerPolicies {
  /**
   * The resource policy of the secret. Secrets Manager copies it to the replicas, which it also names if they are read.
   */
  readonly secretPolicy: iam.PolicyDocument;

  /**
   * The statement to add to the policy of the customer-managed key, in a policy document. The keys of replicas need it, too.
   */
  readonly keyPolicy: iam.PolicyDocument;
}

/**
 * A secret as it is read: the ARNs that it can have, and its Region.
 */
export interface SecretLocation {
  readonly arns: string[];
  readonly region: string;
}

/**
 * A role, and the secret as the role reads it.
 */
export interface SecretReader extends SecretLocation {
  readonly role: iam.IRole;
}

/**
 * The policies for the readers of a secret. As long as there is none, they are for the whole account of `stack`, which would read it
 * at `home`. `readersOf` is called when the policies are resolved.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
 */
export function ownerPolicies(stack: Stack, home: SecretLocation, readersOf: () => readonly SecretReader[]): OwnerPolicies {
  const partition = isUnknown(home.arns[0]) ? stack.partition : home.arns[0].split(':')[1];
  const locations = () => anyOr<SecretLocation>(readersOf(), home);
  const accounts = () => anyOr(readersOf().map(({ role }) => role.env.account), stack.account);
  const document = (action: string, resource: string, conditions: object = {}) => new iam.PolicyDocument({
    statements: [new iam.PolicyStatement({
      actions: [action],
      resources: [resource],
      // The ARN of a principal can be a list once it is resolved.
      principals: [new iam.ArnPrincipal(late(() => unique(accounts().map((account) => `arn:${partition}:iam::${account}:root`))))],
      conditions: { ...conditions, ArnLike: onlyReaders(readersOf, partition) },
    })],
  });
  const services = () => locations().map(({ region }) => `secretsmanager.${region}.${urlSuffixOf(stack, region)}`);
  return {
    secretPolicy: document('secretsmanager:GetSecretValue', late(() => oneOrMore(locations().flatMap(({ arns }) => arns)))),
    // In the policy of a key "*" is the key itself.
    keyPolicy: document('kms:Decrypt', '*', { StringEquals: { 'kms:ViaService': late(() => oneOrMore(services())) } }),
  };
}

/**
 * The condition, or nothing as long as there is no reader.
 */
function onlyReaders(readersOf: () => readonly SecretReader[], partition: string): unknown {
  return Lazy.uncachedAny({
    produce: () => {
      const patterns = unique(readersOf().map(({ role }) => arnPatternOf(role, partition)));
      return patterns.length > 0 ? { 'aws:PrincipalArn': patterns } : undefined;
    },
  });
}

/**
 * CloudFormation derives the name of a role from the stack's name, of which it keeps the beginning, unless the role has a name. The
 * name of a nested stack begins with that of the stack that is deployed.
 */
function arnPatternOf(role: iam.IRole, partition: string): string {
  const prefix = `arn:${partition}:iam::${role.env.account}:role`;
  const resource = roleResourceOf(role);
  if (resource === undefined) {
    // An imported role: its ARN as text, or made of the partition and its name.
    const name = role.roleArn.split(':role')[1];
    return name === undefined ? role.roleArn : `${prefix}${name}`;
  }
  const { RoleName: name, Path: path = '/' } = propertiesInTemplate(resource);
  const folder = `${prefix}${typeof path === 'string' ? path : '/*'}`;
  if (name !== undefined) {
    return `${folder}${typeof name === 'string' ? name : role.roleName}`;
  }
  const { stackName } = outermostStackOf(resource);
  return `${folder}${stackName.length > KEPT_STACK_NAME ? stackName.slice(0, KEPT_STACK_NAME) : `${stackName}-`}*`;
}

/**
 * Where aws-cdk-lib does not know the Region, CloudFormation does.
 */
function urlSuffixOf(stack: Stack, region: string): string {
  return (isUnknown(region) ? undefined : RegionInfo.get(region).domainSuffix) ?? stack.urlSuffix;
}

function anyOr<T>(values: readonly T[], otherwise: T): readonly T[] {
  return values.length > 0 ? values : [otherwise];
}

function late(produce: () => unknown): string {
  return Token.asString(Lazy.uncachedAny({ produce }));
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

function oneOrMore(values: string[]): string | string[] {
  const [first, ...others] = unique(values);
  return others.length === 0 ? first : [first, ...others];
}
