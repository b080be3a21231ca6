import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';

/**
 * Options for a secret that is referred to by its name.
 */
export interface SecretByNameOptions {
  /**
   * The customer-managed key that encrypts the secret.
   *
   * @default - `encryptionKeyArn`, if it is set; otherwise the AWS managed key `aws/secretsmanager`, which needs no statement
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The ARN of the customer-managed key that encrypts the secret, or of an alias of that key.
   *
   * Cannot be combined with `encryptionKey`. Prefer the ARN of the key: with only an alias, the policy has to name `key/*`,
   * restricted by the condition `kms:ResourceAliases`.
   *
   * @default - `encryptionKey`, if it is set; otherwise the AWS managed key `aws/secretsmanager`, which needs no statement
   */
  readonly encryptionKeyArn?: string;
}

/**
 * Options for a secret that is referred to by its complete ARN.
 */
export interface SecretByArnOptions extends SecretByNameOptions {
  /**
   * The Regions to which the secret is replicated, for example `['eu-central-1', 'us-east-1']`.
   *
   * A stack in one of them gets the ARN of the replica in that Region. A stack whose Region is not known at synth gets the ARN as
   * given.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
   * @default - the secret is in one Region
   */
  readonly replicaRegions?: string[];
}

/**
 * Options for a secret that the library creates.
 */
export interface CreatedSecretOptions {
  /**
   * The name of the secret.
   *
   * @default - a name that CloudFormation generates
   */
  readonly secretName?: string;

  /**
   * The description of the secret.
   *
   * @default - names the registry and describes which user name and password to store
   */
  readonly description?: string;

  /**
   * The customer-managed key to encrypt the secret with.
   *
   * @default - the AWS managed key `aws/secretsmanager`; sufficient unless another account has to read the secret
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the secret when it is removed from the stack.
   *
   * @default RemovalPolicy.DESTROY, but RETAIN_ON_UPDATE_OR_DELETE for a placeholder, because its value is stored nowhere else
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Credentials that are available during the deployment.
 */
export interface SecretValueOptions extends CreatedSecretOptions {
  /**
   * The user name at the registry. It is not treated as a secret: the template shows it.
   */
  readonly username: string;

  /**
   * The password or token, as a value that CloudFormation resolves: `SecretValue.secretsManager()`, `SecretValue.cfnParameter()`
   * or `SecretValue.cfnDynamicReference()` of an `ssm` parameter.
   *
   * `SecretValue.unsafePlainText()` is an error, because it writes the password into the template, and so is
   * `SecretValue.ssmSecure()`, because CloudFormation does not resolve it in a secret.
   */
  readonly password: SecretValue;
}
