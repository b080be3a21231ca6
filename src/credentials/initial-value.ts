import { CfnResource } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { invalid, warn } from '../private/errors';
import { PLACEHOLDER } from '../private/placeholder';
import { resolvedText } from '../private/tokens';

/** Stands for what only CloudFormation knows. */
export const UNKNOWN = '<token>';

/**
 * Looks at the value that a secret of the app is created with: a password in plain text is refused, and what ECS could not
 * read as credentials is warned about.
 */
export function validateInitialValue(scope: Construct, secret: secretsmanager.ISecret): void {
  const resource = secret.node.defaultChild as CfnResource;
  if (resource.cfnResourceType !== secretsmanager.CfnSecret.CFN_RESOURCE_TYPE_NAME) {
    return;
  }

  const { secretString } = resource as secretsmanager.CfnSecret;
  const text = secretString === undefined ? undefined : resolvedText(secret, secretString, UNKNOWN);
  if (text === UNKNOWN || text === PLACEHOLDER) {
    return;
  }

  const { username, password } = text === undefined ? {} : credentialsIn(text);
  if (password && !password.includes(UNKNOWN) && !isDynamicReference(password)) {
    throw invalid('plainTextPassword',
      `the secret ${secret.node.path} is created with the password in plain text, which everybody can read in the template; `
      + 'use RegistryCredentials.placeholder() and fill it after the deployment, or RegistryCredentials.fromSecretValue() with a value that CloudFormation resolves',
      scope);
  }
  if (!username || !password) {
    warn(scope, 'secretWithoutCredentials',
      `the secret ${secret.node.path} is created with a value that is no credential, expected the JSON object {"username": "...", "password": "..."}; `
      + 'fill it before the tasks start, and from then on never change how it is generated: CloudFormation would overwrite what was stored');
  }
}

/**
 * Whether CloudFormation looks the value up somewhere else.
 */
export function isDynamicReference(text: string): boolean {
  return /^\{\{resolve:(?:secretsmanager|ssm):[^{}]+\}\}$/.test(text);
}

/**
 * Reads the value as ECS does: the case of the keys does not matter, and only strings count.
 */
function credentialsIn(text: string): { username?: string; password?: string } {
  try {
    const entries = Object.entries(JSON.parse(text)).filter(([, value]) => typeof value === 'string');
    return Object.fromEntries(entries.map(([key, value]) => [key.toLowerCase(), value]));
  } catch {
    return {};
  }
}
