import { CfnOutput, CfnParameter, CfnResource, RemovalPolicy, SecretValue, Stack, Stage, Token } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Binder } from './binder';
import { CreatedSecretOptions, SecretValueOptions } from './credentials-options';
import { isDynamicReference, UNKNOWN } from './initial-value';
import { RegistrySecret } from './registry-secret';
import { encryptionKeyOf } from '../access/encryption-key';
import { invalid, warn } from '../private/errors';
import { validateWhenKnown } from '../private/late';
import { PLACEHOLDER } from '../private/placeholder';
import { outermostStackOf } from '../private/scopes';
import { resolvedText } from '../private/tokens';
import { RegistryProvider } from '../provider/registry-provider';

/** CloudFormation inserts the values of parameters into JSON without escaping them. */
const JSON_SAFE = String.raw`^[^"\\\x00-\x1f\x7f]+$`;

export function secretFromValue(options: SecretValueOptions): Binder {
  const { username, password } = options;
  if (!SecretValue.isSecretValue(password)) {
    throw plainTextPassword();
  }
  const text = password.unsafeUnwrap();
  if (!Token.isUnresolved(text) && !isDynamicReference(text)) {
    throw plainTextPassword();
  }

  return (scope, provider) => {
    validateWhenKnown(scope, text, () => judgePassword(scope, text));
    return created(new secretsmanager.Secret(scope, 'Secret', {
      ...secretProps(options, provider),
      secretObjectValue: { username: SecretValue.unsafePlainText(username), password },
    }));
  };
}

function judgePassword(scope: Construct, text: string): Error | undefined {
  const resolved = resolvedText(scope, text, UNKNOWN);
  if (resolved.includes('{{resolve:ssm-secure:')) {
    return invalid('unresolvablePassword',
      'the password refers to a SecureString parameter of SSM, which CloudFormation does not resolve in a secret; '
      + 'store the token in a secret and pass its ARN to RegistryCredentials.fromSecretCompleteArn()', scope);
  }
  // Plain text can be inside a token.
  return resolved.includes(UNKNOWN) || isDynamicReference(resolved) ? undefined : plainTextPassword(scope);
}

export function secretFromParameters(options: CreatedSecretOptions): Binder {
  return (scope, provider) => {
    // Users cannot pass parameters to nested stacks.
    const stack = outermostStackOf(scope);
    if (Stage.of(scope) !== scope.node.root) {
      warn(scope, 'parametersInStage',
        'the credentials come from CloudFormation parameters, but CDK Pipelines passes none when it deploys a Stage; '
        + 'store them in a secret and use RegistryCredentials.fromSecretCompleteArn(), or deploy with "cdk deploy --parameters"');
    }
    const prefix = pascalCase(provider.host);
    if (stack.node.tryFindChild(`${prefix}Username`)) {
      throw invalid('credentialsReused',
        `the stack ${stack.node.path} already has the parameters ${prefix}Username and ${prefix}Password; `
        + `define one PrivateRegistry for ${provider.host} and use its image() wherever it is needed`, scope);
    }
    const rules = {
      minLength: 1,
      allowedPattern: JSON_SAFE,
      constraintDescription: 'must not contain quotes, backslashes or control characters, since it is put into JSON as it is '
        + '(store the key of a Google service account with the user name _json_key_base64)',
    };
    const username = new CfnParameter(stack, `${prefix}Username`, {
      ...rules, description: plain(`User name for ${provider.host}: ${provider.usernameHint}`),
    });
    const password = new CfnParameter(stack, `${prefix}Password`, {
      ...rules, description: plain(`Password for ${provider.host}: ${provider.passwordHint}`), noEcho: true,
    });
    const secret = new secretsmanager.Secret(stack, `${prefix}Secret`, {
      ...secretProps(options, provider),
      secretObjectValue: {
        username: SecretValue.unsafePlainText(username.valueAsString),
        password: SecretValue.cfnParameter(password),
      },
    });
    (secret.node.defaultChild as CfnResource).overrideLogicalId(`${prefix}Secret`);
    return created(secret);
  };
}

export function secretWithPlaceholder(options: CreatedSecretOptions): Binder {
  return (scope, provider) => {
    const secret = new secretsmanager.Secret(scope, 'Secret', {
      ...secretProps({ ...options, removalPolicy: options.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }, provider),
      secretStringValue: SecretValue.unsafePlainText(PLACEHOLDER),
    });
    new CfnOutput(secret, 'PutSecretValue', {
      description: `Stores the credentials. ${hintsOf(provider)}`,
      value: `aws secretsmanager put-secret-value --region '${Stack.of(secret).region}' --secret-id '${secret.secretArn}' `
        + '--secret-string \'{"username":"<user name>","password":"<password>"}\'',
    });
    return created(secret, true);
  };
}

function created(secret: secretsmanager.Secret, isPlaceholder = false): RegistrySecret {
  return new RegistrySecret({
    secret,
    id: { arn: secret.secretArn, isComplete: true },
    encryptionKey: encryptionKeyOf(secret.encryptionKey),
    isPlaceholder,
  });
}

function secretProps(options: CreatedSecretOptions, provider: RegistryProvider): secretsmanager.SecretProps {
  const { secretName, encryptionKey, removalPolicy } = options;
  return { secretName, description: options.description ?? `Pull credentials. ${hintsOf(provider)}`, encryptionKey, removalPolicy };
}

function hintsOf({ host, usernameHint, passwordHint }: RegistryProvider): string {
  return plain(`User name for ${host}: ${usernameHint}. Password: ${passwordHint}`);
}

/** The hints are Markdown, and consoles show text. */
function plain(text: string): string {
  return text.replace(/`/g, '');
}

function plainTextPassword(scope?: Construct): Error {
  return invalid('plainTextPassword',
    'the password is plain text, which the template shows; '
    + 'pass SecretValue.secretsManager() or SecretValue.cfnParameter(), or store it by hand and use RegistryCredentials.fromSecretCompleteArn() or placeholder()',
    scope);
}

function pascalCase(host: string): string {
  return host.split(/[^A-Za-z0-9]+/).map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
}
