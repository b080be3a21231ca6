import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Binder, once } from './binder';
import { secretFromParameters, secretFromValue, secretWithPlaceholder } from './created-secrets';
import { existingSecret, secretByArn, secretByName } from './existing-secrets';
import { RegistrySecret } from './registry-secret';
import { RegistryProvider } from '../provider/registry-provider';

/**
 * What is known about a secret that is referred to by its name.
 */
export interface SecretByNameOptions {
  /**
   * The customer-managed key that encrypts the secret.
   *
   * @default - `encryptionKeyArn`, if it is set; otherwise the secret is taken to be under the AWS managed key `aws/secretsmanager`,
   * which needs no statement
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The ARN of the customer-managed key that encrypts the secret, or of an alias of it.
   *
   * Not together with `encryptionKey`. The ARN of the key itself is better: with only an alias the policy has to name
   * `key/*`, narrowed down by the condition `kms:ResourceAliases`.
   *
   * @default - `encryptionKey`, if it is set; otherwise the secret is taken to be under the AWS managed key `aws/secretsmanager`,
   * which needs no statement
   */
  readonly encryptionKeyArn?: string;
}

/**
 * What is known about a secret that is referred to by its complete ARN.
 */
export interface SecretByArnOptions extends SecretByNameOptions {
  /**
   * The Regions that the secret is replicated to, for example `['eu-central-1', 'us-east-1']`.
   *
   * A stack in one of them gets the ARN of the replica in its own Region. A stack whose Region is not known at synth
   * gets the ARN as given.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
   * @default - the secret is in one Region
   */
  readonly replicaRegions?: string[];
}

/**
 * How a secret is created.
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
   * @default - names the registry and says what to store as user name and password
   */
  readonly description?: string;

  /**
   * The customer-managed key to encrypt the secret with.
   *
   * @default - the AWS managed key `aws/secretsmanager`; enough unless another account has to read the secret
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the secret when it is removed from the stack.
   *
   * @default RemovalPolicy.DESTROY, but RETAIN_ON_UPDATE_OR_DELETE for a placeholder, since its value exists nowhere else
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Credentials that are known to the deployment.
 */
export interface SecretValueOptions extends CreatedSecretOptions {
  /**
   * The user name at the registry. Not treated as a secret: it is readable in the template.
   */
  readonly username: string;

  /**
   * The password or token, as a value that CloudFormation resolves: `SecretValue.secretsManager()`, `SecretValue.cfnParameter()`
   * or `SecretValue.cfnDynamicReference()` of an `ssm` parameter.
   *
   * `SecretValue.unsafePlainText()` is refused, because it writes the password into the template, and so is
   * `SecretValue.ssmSecure()`, because CloudFormation does not resolve it in a secret.
   */
  readonly password: SecretValue;
}

/**
 * Where the credentials for a registry come from.
 *
 * ECS reads them from a secret in AWS Secrets Manager whose value is the JSON object
 * `{"username": "...", "password": "..."}`. The secret exists already (`fromSecretCompleteArn`, `fromSecret`,
 * `fromSecretName`), or the library creates it (`fromSecretValue`, `fromParameters`, `placeholder`).
 *
 * Credentials belong to no scope until they are used. Those of a secret that exists may be a constant of a module, used in
 * any number of stacks. Those that create a secret can be used once; share a `PrivateRegistry` to use them more often.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 */
export abstract class RegistryCredentials {
  /**
   * A secret that exists, by its complete ARN, with the six characters that Secrets Manager adds to the name.
   *
   * The way to refer to a secret of another account or Region. Throws if the ARN is certainly not complete or not that of a
   * secret, or if it selects a JSON key.
   *
   * @example
   * const credentials = RegistryCredentials.fromSecretCompleteArn(
   *   'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3');
   */
  public static fromSecretCompleteArn(secretCompleteArn: string, options: SecretByArnOptions = {}): RegistryCredentials {
    return new Credentials(secretByArn(secretCompleteArn, options));
  }

  /**
   * A secret of this app, or one that was imported.
   *
   * If it was imported without its complete ARN, it is treated like one of `fromSecretName`.
   *
   * @example
   * declare const secret: secretsmanager.Secret;
   * const credentials = RegistryCredentials.fromSecret(secret);
   */
  public static fromSecret(secret: secretsmanager.ISecret): RegistryCredentials {
    return new Credentials(existingSecret(secret));
  }

  /**
   * A secret that exists in the account and Region of the stack, by its name.
   *
   * The pull check finds the complete ARN, which is what the task definition names then. Without a check it is the name, of which
   * ECS accepts up to 255 of `A-Z a-z 0-9 _ -`; for any other pass the complete ARN to `fromSecretCompleteArn`.
   *
   * @example
   * const credentials = RegistryCredentials.fromSecretName('ghcr-pull');
   */
  public static fromSecretName(secretName: string, options: SecretByNameOptions = {}): RegistryCredentials {
    return new Credentials(secretByName(secretName, options));
  }

  /**
   * A new secret, from values that CloudFormation resolves.
   *
   * CloudFormation inserts the password into JSON as it is, without escaping, so that it must not contain a quote or a
   * backslash. Throws if the password is plain text, and at synth if CloudFormation cannot resolve it.
   *
   * @example
   * const credentials = RegistryCredentials.fromSecretValue({
   *   username: 'acme-bot',
   *   password: SecretValue.secretsManager('tokens', { jsonField: 'ghcr' }),
   * });
   */
  public static fromSecretValue(options: SecretValueOptions): RegistryCredentials {
    return new Credentials(once(secretFromValue(options)));
  }

  /**
   * A new secret, from two CloudFormation parameters in the outermost stack: the user name and, with `NoEcho`, the password.
   *
   * Their names are those of the registry's host, for example `GhcrIoUsername` and `GhcrIoPassword`. Values with a quote, a
   * backslash or a control character are refused by the parameters, since CloudFormation would break the JSON with them.
   *
   * A value passed with `cdk deploy --parameters` stays in the history of the shell, and CDK Pipelines passes no parameters.
   *
   * @example
   * const credentials = RegistryCredentials.fromParameters();
   */
  public static fromParameters(options: CreatedSecretOptions = {}): RegistryCredentials {
    return new Credentials(once(secretFromParameters(options)));
  }

  /**
   * A new secret with a placeholder, to be filled after it is deployed with the command in the stack's output.
   *
   * It belongs in a stack that is deployed before the service. The placeholder never changes, so that an update never
   * overwrites the value that was stored, and the secret is retained when the stack is deleted.
   *
   * @example
   * const registry = new PrivateRegistry(this, 'Ghcr', {
   *   provider: RegistryProvider.GHCR,
   *   credentials: RegistryCredentials.placeholder(),
   * });
   */
  public static placeholder(options: CreatedSecretOptions = {}): RegistryCredentials {
    return new Credentials(once(secretWithPlaceholder(options)));
  }

  /**
   * Credentials that are bound already.
   *
   * @internal
   */
  public static _bound(secret: RegistrySecret): RegistryCredentials {
    return new Credentials(() => secret);
  }

  /**
   * @internal
   */
  public abstract _bind(scope: Construct, provider: RegistryProvider): RegistrySecret;
}

class Credentials extends RegistryCredentials {
  constructor(private readonly binder: Binder) {
    super();
  }

  /**
   * @internal
   */
  public _bind(scope: Construct, provider: RegistryProvider): RegistrySecret {
    return this.binder(scope, provider);
  }
}
