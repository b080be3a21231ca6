import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Binder } from './binder';
import { SecretByArnOptions, SecretByNameOptions } from './credentials-options';
import { validateInitialValue } from './initial-value';
import { RegistrySecret, SecretId } from './registry-secret';
import { arnMayBeIncomplete, nameMayHaveSuffix, validateKey, validateKeyArn, validateSecretArn, validateSecretName } from './secret-arn';
import { encryptionKeyOf } from '../access/encryption-key';
import { invalid, kindOf, warnOnce } from '../private/errors';
import { isOwned } from '../private/scopes';
import { asToken, isDummy, isUnknown } from '../private/tokens';

export function existingSecret(secret: secretsmanager.ISecret): Binder {
  if (kindOf(secret) !== 'a secret') {
    throw invalid('invalidCredentials',
      `the secret passed to RegistryCredentials.fromSecret() is ${kindOf(secret)}, expected a secret of aws-cdk-lib; `
      + 'pass an ARN to RegistryCredentials.fromSecretCompleteArn(), and a name to RegistryCredentials.fromSecretName()');
  }
  return (scope) => {
    const arn = secret.secretFullArn;
    const encryptionKey = encryptionKeyOf(secret.encryptionKey);
    if (isOwned(secret)) {
      validateInitialValue(scope, secret);
      return new RegistrySecret({ secret, id: { arn: secret.secretArn, isComplete: true }, encryptionKey });
    }
    return new RegistrySecret({ secret, id: arn === undefined ? nameId(scope, nameOf(secret)) : arnId(scope, arn), encryptionKey });
  };
}

export function secretByArn(arn: string, options: SecretByArnOptions): Binder {
  validateSecretArn(arn);
  validateKeyOptions(options);
  if (options.replicaRegions !== undefined && isUnknown(arn) && !isDummy(arn)) {
    throw invalid('invalidSecretArn',
      'the secret ARN is an unresolved token, and the ARN of a replica cannot be derived from it; '
      + 'pass the ARN as text, or leave replicaRegions out');
  }
  return (scope) => new RegistrySecret({
    secret: secretsmanager.Secret.fromSecretAttributes(scope, 'Secret', { secretCompleteArn: asToken(arn), encryptionKey: options.encryptionKey }),
    id: arnId(scope, arn),
    encryptionKey: encryptionKeyOf(options.encryptionKey, options.encryptionKeyArn),
    replicaRegions: options.replicaRegions,
  });
}

export function secretByName(name: string, options: SecretByNameOptions): Binder {
  validateSecretName(name);
  validateKeyOptions(options);
  return (scope) => new RegistrySecret({
    secret: secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', name),
    id: nameId(scope, name),
    encryptionKey: encryptionKeyOf(options.encryptionKey, options.encryptionKeyArn),
  });
}

function arnId(scope: Construct, arn: string): SecretId {
  validateSecretArn(arn);
  if (arnMayBeIncomplete(arn)) {
    warnOnce(scope, 'secretArnMayBeIncomplete',
      `the secret ARN ${JSON.stringify(arn)} may lack the six characters that Secrets Manager adds to the name: its end looks like part of the name; `
      + 'compare it with the ARN in the console or in "aws secretsmanager describe-secret"');
    return { arn, isComplete: false };
  }
  return { arn, isComplete: !isUnknown(arn) };
}

function nameId(scope: Construct, name: string): SecretId {
  validateSecretName(name);
  if (nameMayHaveSuffix(name)) {
    warnOnce(scope, 'secretNameMayHaveSuffix',
      `the secret name ${JSON.stringify(name)} ends like an ARN, with a hyphen and six random characters, which are not part of the name; `
      + 'pass the name without them, or the complete ARN to RegistryCredentials.fromSecretCompleteArn()');
  }
  return { name };
}

/**
 * The name of a secret that was imported by name or by partial ARN.
 *
 * Not `secretName`: aws-cdk-lib removes six characters after a hyphen from a partial ARN, even where they belong to the name.
 */
function nameOf(secret: secretsmanager.ISecret): string {
  return secret.secretArn.split(':secret:')[1] ?? secret.secretName;
}

function validateKeyOptions(options: SecretByNameOptions): void {
  validateKey(options.encryptionKey);
  if (options.encryptionKeyArn === undefined) {
    return;
  }
  validateKeyArn(options.encryptionKeyArn);
  if (options.encryptionKey !== undefined) {
    throw invalid('encryptionKeyAmbiguous',
      `both encryptionKey and encryptionKeyArn ${JSON.stringify(options.encryptionKeyArn)} are given, but a secret has only one key; remove one of the two`);
  }
}
