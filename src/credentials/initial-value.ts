import { CfnResource, Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { invalid, warn } from '../private/errors';
import { validateWhenKnown } from '../private/late';
import { PLACEHOLDER } from '../private/placeholder';
import { resolvedText } from '../private/tokens';

/** Stands for a value that only CloudFormation knows. */
export const UNKNOWN = '<token>';

/**
 * Validates the initial value of a secret of the app: it is an error if it contains a password in plain text, and a warning if ECS
 * cannot read credentials from it. At the end of synth, if the app computes it then.
 */
export function validateInitialValue(scope: Construct, secret: secretsmanager.ISecret): void {
  const resource = secret.node.defaultChild;
  validateWhenKnown(scope, resource instanceof secretsmanager.CfnSecret ? [resource.secretString, resource.generateSecretString] : [],
    () => judgeInitialValue(scope, secret));
}

function judgeInitialValue(scope: Construct, secret: secretsmanager.ISecret): Error | undefined {
  const resource = secret.node.defaultChild as CfnResource;
  if (resource.cfnResourceType !== secretsmanager.CfnSecret.CFN_RESOURCE_TYPE_NAME) {
    return undefined;
  }

  const { secretString, generateSecretString } = resource as secretsmanager.CfnSecret;
  if (generatesPassword(secret, generateSecretString)) {
    warn(secret, 'secretWithoutCredentials',
      `the secret ${secret.node.path} is created with a random password, which no registry knows; `
      + 'store the one of the registry before the tasks start, and never change how it is generated afterwards: CloudFormation would overwrite the stored value');
    return undefined;
  }
  const text = secretString === undefined ? undefined : resolvedText(secret, secretString, UNKNOWN);
  if (text === UNKNOWN || text === PLACEHOLDER) {
    return undefined;
  }

  const { username, password } = text === undefined ? {} : credentialsIn(text);
  if (password && !password.includes(UNKNOWN) && !isDynamicReference(password)) {
    return invalid('plainTextPassword',
      `the secret ${secret.node.path} is created with the password in plain text, which the template shows; `
      + 'use RegistryCredentials.placeholder() and fill it after the deployment, or RegistryCredentials.fromSecretValue() with a value that CloudFormation resolves',
      scope);
  }
  if (!username || !password) {
    warn(secret, 'secretWithoutCredentials',
      `the secret ${secret.node.path} is created with a value that is not a credential, expected the JSON object {"username": "...", "password": "..."}; `
      + 'fill it before the tasks start, and never change how it is generated afterwards: CloudFormation would overwrite the stored value');
  }
  return undefined;
}

/**
 * Whether the value is the right JSON object, with a password that Secrets Manager generates.
 */
function generatesPassword(secret: secretsmanager.ISecret, generateSecretString: secretsmanager.CfnSecret['generateSecretString']): boolean {
  const { secretStringTemplate, generateStringKey } = Stack.of(secret).resolve(generateSecretString) ?? {};
  return typeof secretStringTemplate === 'string' && generateStringKey?.toLowerCase() === 'password' && !!credentialsIn(secretStringTemplate).username;
}

/**
 * Whether CloudFormation resolves the value.
 */
export function isDynamicReference(text: string): boolean {
  return /^\{\{resolve:(?:secretsmanager|ssm):[^{}]+\}\}$/.test(text);
}

/**
 * Reads the value as ECS does: the case of the keys does not matter, and values that are not strings are ignored.
 */
function credentialsIn(text: string): { username?: string; password?: string } {
  try {
    const entries = Object.entries(JSON.parse(text)).filter(([, value]) => typeof value === 'string');
    return Object.fromEntries(entries.map(([key, value]) => [key.toLowerCase(), value]));
  } catch {
    return {};
  }
}
