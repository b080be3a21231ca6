import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IConstruct } from 'constructs';
import { Binder, once } from './binder';
import { secretFromParameters, secretFromValue, secretWithPlaceholder } from './created-secrets';
import { CreatedSecretOptions, SecretByArnOptions, SecretByNameOptions, SecretValueOptions } from './credentials-options';
import { existingSecret, secretByArn, secretByName } from './existing-secrets';
import { RegistrySecret } from './registry-secret';
import { invalid, kindOf } from '../private/errors';
import { RegistryProvider } from '../provider/registry-provider';

/**
 * The source of the credentials for a registry.
 *
 * ECS reads the credentials from a secret in AWS Secrets Manager whose value is the JSON object
 * `{"username": "...", "password": "..."}`. The secret already exists (`fromSecretCompleteArn`, `fromSecret`,
 * `fromSecretName`), or the library creates it (`fromSecretValue`, `fromParameters`, `placeholder`).
 *
 * Credentials belong to no scope until they are used. Credentials for an existing secret can be a constant of a module, used in
 * any number of stacks. Credentials that create a secret can be used once; share a `PrivateRegistry` to use them more often.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 */
export class RegistryCredentials {
  /**
   * An existing secret, by its complete ARN, including the six characters that Secrets Manager adds to the name.
   *
   * Use it for a secret of another account or Region. Throws if the ARN cannot be the complete ARN of a secret, or if it selects a
   * JSON key.
   *
   * @example
   * const credentials = RegistryCredentials.fromSecretCompleteArn(
   *   'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3');
   */
  public static fromSecretCompleteArn(secretCompleteArn: string, options: SecretByArnOptions = {}): RegistryCredentials {
    return new RegistryCredentials(secretByArn(secretCompleteArn, options), [secretCompleteArn, ...valuesOf(options)]);
  }

  /**
   * A secret of this app, or an imported one.
   *
   * A secret that was imported without its complete ARN is treated as with `fromSecretName`.
   *
   * @example
   * declare const secret: secretsmanager.Secret;
   * const credentials = RegistryCredentials.fromSecret(secret);
   */
  public static fromSecret(secret: secretsmanager.ISecret): RegistryCredentials {
    return new RegistryCredentials(existingSecret(secret), [secret]);
  }

  /**
   * An existing secret in the account and Region of the stack, by its name.
   *
   * The pull check finds the complete ARN for the task definition. Without a check the task definition contains the name, and ECS
   * accepts only names of up to 255 of `A-Z a-z 0-9 _ -`. For any other name it then contains the ARN without its last six
   * characters, as with aws-cdk-lib alone, and a warning advises to pass the complete ARN to `fromSecretCompleteArn`.
   *
   * @example
   * const credentials = RegistryCredentials.fromSecretName('ghcr-pull');
   */
  public static fromSecretName(secretName: string, options: SecretByNameOptions = {}): RegistryCredentials {
    return new RegistryCredentials(secretByName(secretName, options), [secretName, ...valuesOf(options)]);
  }

  /**
   * A new secret, with values that CloudFormation resolves.
   *
   * CloudFormation inserts the password into JSON without escaping it, so the password must not contain a quote or a backslash.
   * Throws if the password is plain text, or, at synth, if CloudFormation cannot resolve it.
   *
   * @example
   * const credentials = RegistryCredentials.fromSecretValue({
   *   username: 'acme-bot',
   *   password: SecretValue.secretsManager('tokens', { jsonField: 'ghcr' }),
   * });
   */
  public static fromSecretValue(options: SecretValueOptions): RegistryCredentials {
    return new RegistryCredentials(once(secretFromValue(options)));
  }

  /**
   * A new secret, with the values of two CloudFormation parameters in the outermost stack: the user name and, with `NoEcho`, the
   * password.
   *
   * They are named after the host of the registry, for example `GhcrIoUsername` and `GhcrIoPassword`. They do not accept values
   * with a quote, a backslash or a control character, which would break the JSON.
   *
   * A value passed with `cdk deploy --parameters` stays in the history of the shell, and CDK Pipelines passes no parameters.
   *
   * @example
   * const credentials = RegistryCredentials.fromParameters();
   */
  public static fromParameters(options: CreatedSecretOptions = {}): RegistryCredentials {
    return new RegistryCredentials(once(secretFromParameters(options)));
  }

  /**
   * A new secret with a placeholder, which you replace after the deployment with the command in the stack's output.
   *
   * It belongs in a stack that is deployed before the service. The placeholder never changes, so an update never overwrites the
   * stored value, and the secret is retained when the stack is deleted.
   *
   * @example
   * const registry = new PrivateRegistry(this, 'Ghcr', {
   *   provider: RegistryProvider.GHCR,
   *   credentials: RegistryCredentials.placeholder(),
   * });
   */
  public static placeholder(options: CreatedSecretOptions = {}): RegistryCredentials {
    return new RegistryCredentials(once(secretWithPlaceholder(options)));
  }

  /**
   * Credentials whose secret is already found or created.
   *
   * @internal
   */
  public static _bound(secret: RegistrySecret): RegistryCredentials {
    return new RegistryCredentials(() => secret, [secret]);
  }

  /**
   * @param existing what identifies the secret, if it exists
   */
  private constructor(private readonly binder: Binder, private readonly existing?: readonly unknown[]) {
  }

  /**
   * Whether the secret is created when the credentials are first used.
   *
   * @internal
   */
  public get _createsSecret(): boolean {
    return this.existing === undefined;
  }

  /**
   * Whether the credentials certainly are the same.
   *
   * @internal
   */
  public _equals(other: RegistryCredentials): boolean {
    const [own, others] = [this.existing, other.existing];
    return this === other || (own !== undefined && own.length === others?.length && own.every((value, index) => value === others[index]));
  }

  /**
   * Finds or creates the secret.
   *
   * @internal
   */
  public _bind(scope: Construct, provider: RegistryProvider): RegistrySecret {
    return this.binder(scope, provider);
  }
}

/**
 * Throws for everything that is not `RegistryCredentials`, such as the secret that `ContainerImage.fromRegistry()` accepts. In
 * JavaScript no compiler does. Not by `instanceof`: with two copies of this package in an app, credentials of one can be passed to
 * the other.
 */
export function validateCredentials(credentials: unknown, scope?: IConstruct): void {
  if (typeof credentials === 'object' && credentials !== null && '_bind' in credentials) {
    return;
  }
  throw invalid('invalidCredentials',
    `credentials is ${kindOf(credentials)}, expected RegistryCredentials; `
    + 'write RegistryCredentials.fromSecret(secret) for a secret, RegistryCredentials.fromSecretCompleteArn(arn) for an ARN', scope);
}

function valuesOf({ encryptionKey, encryptionKeyArn, replicaRegions = [] }: SecretByArnOptions): unknown[] {
  return [encryptionKey, encryptionKeyArn, ...replicaRegions];
}
