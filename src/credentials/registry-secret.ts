import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { endsLikeCompleteArn } from './secret-arn';
import { arnInRegion, EncryptionKey, inRegion } from '../access/encryption-key';
import { OwnerPolicies, ownerPolicies, SecretLocation, SecretReader } from '../access/owner-policies';
import { PullStatement, pullStatements } from '../access/pull-statements';
import { invalid, warnOnce } from '../private/errors';
import { identityOf } from '../private/identity';
import { isLate } from '../private/late-tokens';
import { awaitsContext, isOwned, outermostStackOf } from '../private/scopes';
import { certainlyDiffer, isUnknown } from '../private/tokens';

/** The names of secrets that ECS accepts; anything else has to be an ARN. */
const ECS_SECRET_NAME = /^[A-Za-z0-9_-]{1,255}$/;

/**
 * The ARN of a secret and whether it is certainly complete (a token can resolve to a partial one), or only the name.
 */
export type SecretId = { readonly arn: string; readonly isComplete: boolean } | { readonly name: string };

export interface RegistrySecretProps {
  /** The secret as the user refers to it. */
  readonly secret: secretsmanager.ISecret;
  readonly id: SecretId;
  /** The customer-managed key, if the user named one. */
  readonly encryptionKey?: EncryptionKey;
  /** The Regions to which the secret is replicated. */
  readonly replicaRegions?: string[];
  /** Whether the secret is created with a placeholder, to be replaced by hand. */
  readonly isPlaceholder?: boolean;
}

/**
 * How a stack refers to the secret, and all ARNs that this can mean.
 */
interface SecretName extends SecretLocation {
  /** The ARN, or the name if only that is known. */
  readonly id: string;
  /** The ARN without the six characters at its end, if only the name is known. */
  readonly partialArn?: string;
}

/**
 * The secret as it is used from one stack.
 */
export interface SecretUse extends SecretName {
  readonly isOfOtherAccount: boolean;
  /** Its path, if it is deployed in the same stack as its consumer and has to be filled by hand afterwards. */
  readonly placeholder?: string;
  /** The permissions that a role needs to read it. */
  readonly statements: PullStatement[];
}

/** Everyone who reads a secret, by app: the same secret can be behind many credentials. */
const READERS = new WeakMap<IConstruct, Array<SecretReader & { readonly secret: RegistrySecret }>>();

/**
 * The secret behind credentials. It knows how each of its consumers has to refer to it, and which permissions it needs.
 */
export class RegistrySecret {
  public readonly secret: secretsmanager.ISecret;

  constructor(private readonly props: RegistrySecretProps) {
    this.secret = props.secret;
  }

  /**
   * Throws if the stack of the consumer certainly cannot use the secret, and warns if it possibly cannot.
   */
  public usedBy(consumer: IConstruct): SecretUse {
    const stack = Stack.of(consumer);
    const name = this.nameFor(stack);
    const isOfOtherAccount = certainlyDiffer(this.secret.env.account, stack.account);
    const error = (isOfOtherAccount ? this.validateCrossAccount(consumer, name) : undefined)
      ?? (certainlyDiffer(name.region, stack.region) ? this.validateCrossRegion(consumer, stack) : undefined);
    // The ARN can be the default of a value that is still looked up.
    if (error && !awaitsContext(consumer)) {
      throw error;
    }

    const key = this.isReplicatedTo(stack.region) ? this.keyOfReplica(consumer, stack.region) : this.props.encryptionKey;
    const isUnfilled = this.props.isPlaceholder && outermostStackOf(this.secret) === outermostStackOf(consumer);
    const placeholder = isUnfilled ? this.secret.node.path : undefined;
    return { ...name, isOfOtherAccount, placeholder, statements: pullStatements(stack, name.arns, name.region, key) };
  }

  /**
   * The ARN, or the name if only that is known, in the stack of the consumer.
   */
  public idIn(consumer: IConstruct): string {
    return this.nameFor(Stack.of(consumer)).id;
  }

  /**
   * Remembers a role that reads the secret, for `ownerPolicies()`. Only roles have an ARN to name there.
   */
  public addReader({ grantPrincipal }: iam.IGrantable, { arns, region }: SecretLocation): void {
    if ('roleArn' in grantPrincipal) {
      const { root } = this.secret.node;
      READERS.set(root, [...READERS.get(root) ?? [], { role: grantPrincipal as iam.IRole, arns, region, secret: this }]);
    }
  }

  public ownerPolicies(consumer: IConstruct): OwnerPolicies {
    const stack = Stack.of(consumer);
    return ownerPolicies(stack, this.nameFor(stack), () => this.readers());
  }

  private readers(): SecretReader[] {
    const identity = this.identity();
    return (READERS.get(this.secret.node.root) ?? []).filter(({ secret }) => secret === this || secret.identity() === identity);
  }

  /**
   * The same for every import of the same secret.
   */
  private identity(): string {
    const { account, region } = this.secret.env;
    return JSON.stringify(identityOf(Stack.of(this.secret), this.props.id, { account, region }));
  }

  private nameFor(stack: Stack): SecretName {
    const { id } = this.props;
    const isReplica = this.isReplicatedTo(stack.region);
    const region = isReplica ? stack.region : this.regionFor(stack);
    if ('name' in id) {
      const partialArn = stack.formatArn({
        service: 'secretsmanager', resource: 'secret', resourceName: id.name, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      return { id: id.name, partialArn, arns: [`${partialArn}-??????`], region };
    }
    const arn = isReplica ? arnInRegion(id.arn, region) : id.arn;
    return { id: arn, arns: id.isComplete ? [arn] : [arn, `${arn}-??????`], region };
  }

  /**
   * CloudFormation would split the text of a dynamic reference, not the ARN that it stands for.
   */
  private regionFor(stack: Stack): string {
    const { region } = this.secret.env;
    const choose = () => JSON.stringify(stack.resolve(region)).includes('{{resolve:') ? stack.region : region;
    return isLate(stack, region) ? Lazy.uncachedString({ produce: choose }) : choose();
  }

  private isReplicatedTo(region: string): boolean {
    return !isUnknown(region) && (this.props.replicaRegions ?? []).includes(region);
  }

  private keyOfReplica(consumer: IConstruct, region: string): EncryptionKey | undefined {
    const key = this.props.encryptionKey;
    const replicaKey = key && inRegion(key, region);
    if (key && !replicaKey) {
      warnOnce(consumer, 'replicaKeyUnknown',
        `the key ${JSON.stringify(key.arn)} encrypts the secret in ${this.secret.env.region}, but the key of its replica in ${region} is not known; `
        + 'if a customer-managed key encrypts the replica, use a multi-Region key (key/mrk-...) for both, '
        + 'or pass the ARNs of the replica and its key to RegistryCredentials.fromSecretCompleteArn()');
    }
    return replicaKey;
  }

  private validateCrossAccount(consumer: IConstruct, name: SecretName): Error | undefined {
    const { id, encryptionKey } = this.props;
    const where = `in account ${this.secret.env.account} and is used in account ${Stack.of(consumer).account}`;
    if (isOwned(this.secret)) {
      return invalid('secretOfOtherAccountStack',
        `the secret ${this.secret.node.path} is defined ${where}: the end of its ARN is not known until it is deployed, and only the complete ARN can be used; `
        + 'deploy the secret first and pass its ARN and key to RegistryCredentials.fromSecretCompleteArn()', consumer);
    }
    if ('name' in id) {
      return invalid('crossAccountSecretIncomplete',
        `the secret ${JSON.stringify(id.name)} is ${where}, where only its complete ARN can be used; `
        + 'pass it to RegistryCredentials.fromSecretCompleteArn()', consumer);
    }
    if (encryptionKey === undefined) {
      return invalid('crossAccountSecretWithoutKey',
        `the secret ${JSON.stringify(id.arn)} is ${where}, but no key is given: a secret under the AWS managed key aws/secretsmanager `
        + 'cannot be read from another account; encrypt it with a customer-managed key and pass encryptionKeyArn', consumer);
    }
    warnOnce(consumer, 'crossAccountSecret',
      `the secret ${JSON.stringify(name.id)} is ${where}: its owner must allow this access in the resource policy of the secret and in the policy of its key; `
      + 'PrivateRegistry.ownerPolicies() returns both, for every role of the app that reads the secret');
    return undefined;
  }

  private validateCrossRegion(consumer: IConstruct, stack: Stack): Error | undefined {
    const { id } = this.props;
    const where = `in Region ${this.secret.env.region} and is used in Region ${stack.region}`;
    if (isOwned(this.secret) && !hasCrossRegionReferences(stack)) {
      return invalid('secretOfOtherRegionStack',
        `the secret ${this.secret.node.path} is defined ${where}: a reference to it would lack the end of the ARN; `
        + 'set crossRegionReferences on both stacks, or pass the ARN to RegistryCredentials.fromSecretCompleteArn()', consumer);
    }
    if ('name' in id) {
      return invalid('crossRegionSecretIncomplete',
        `the secret ${JSON.stringify(id.name)} is ${where}, where only its complete ARN can be used; `
        + 'pass it to RegistryCredentials.fromSecretCompleteArn()', consumer);
    }
    warnOnce(consumer, 'crossRegionSecret',
      `the secret ${JSON.stringify(id.arn)} is ${where}: an interface VPC endpoint reaches only its own Region, so whatever reads the secret needs a route over the internet; `
      + 'to avoid this, replicate the secret and set replicaRegions');
    return undefined;
  }
}

/**
 * How a container refers to the secret if no pull check finds the complete ARN of a name. Where ECS does not accept the name, it is
 * the partial ARN, as aws-cdk-lib has it: without a check nothing is stopped.
 */
export function idWithoutCheck(consumer: IConstruct, { id, partialArn }: SecretUse): string {
  if (partialArn === undefined || isUnknown(id) || ECS_SECRET_NAME.test(id)) {
    return id;
  }
  warnOnce(consumer, 'secretNameNeedsArn',
    `ECS does not accept the secret name ${JSON.stringify(id)}, only 1 to 255 of A-Z a-z 0-9 _ -, and no pull check finds the complete ARN; `
    + 'the tasks get the ARN without its last six characters, which ECS does not document'
    + `${endsLikeCompleteArn(id) ? ', and which Secrets Manager does not find, because this name ends like a complete ARN' : ''}; `
    + 'pass the complete ARN to RegistryCredentials.fromSecretCompleteArn(), or enable the pull check: it is off in the mode OFF and for a service with desiredCount: 0');
  return partialArn;
}

function hasCrossRegionReferences(stack: Stack): boolean {
  // There is no public property. aws-cdk-lib reads this one where it writes the ARN of a secret into a policy.
  return (stack as unknown as { _crossRegionReferences?: boolean })._crossRegionReferences === true;
}
