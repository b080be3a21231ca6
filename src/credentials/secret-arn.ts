import { ErrorId, invalid, kindOf } from '../private/errors';
import { isUnknown } from '../private/tokens';

const ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:([A-Za-z0-9/_+=.@:-]+)$/;
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/.+$/;

/** Secrets Manager appends a hyphen and six random letters or digits to the name of a secret in its ARN. */
const SUFFIX = /-([A-Za-z0-9]{6})$/;
const EXAMPLE = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';

/**
 * Throws if a literal ARN is not the complete ARN of a secret.
 */
export function validateSecretArn(arn: string): void {
  validateText('invalidSecretArn', 'the secret ARN', arn);
  if (isUnknown(arn)) {
    return;
  }
  const value = JSON.stringify(arn);
  const resource = ARN.exec(arn)?.[1];
  if (resource === undefined) {
    throw invalid('invalidSecretArn',
      `${shown(arn)} is not the ARN of a Secrets Manager secret, expected a complete ARN like "${EXAMPLE}"; `
      + (arn.startsWith('arn:') ? 'compare the service, Region, account and name, and remove spaces' : 'pass a name to RegistryCredentials.fromSecretName()'));
  }
  if (resource.includes(':')) {
    throw invalid('secretArnWithJsonKey',
      `the secret ARN ${value} selects a JSON key or a version, but ECS reads registry credentials from the whole secret; `
      + `pass the ARN up to ${JSON.stringify(arn.slice(0, arn.length - resource.length) + resource.slice(0, resource.indexOf(':')))}`);
  }
  if (!endsLikeCompleteArn(resource)) {
    throw invalid('secretArnIncomplete',
      `the secret ARN ${value} is not complete, expected the six characters that Secrets Manager adds to the name, like "${EXAMPLE}"; `
      + 'copy the ARN from the console or from "aws secretsmanager describe-secret", or pass the name to RegistryCredentials.fromSecretName()');
  }
}

/**
 * Whether an ARN, or the name in it, ends with what can be the suffix. Secrets Manager then takes it for complete.
 */
export function endsLikeCompleteArn(text: string): boolean {
  return SUFFIX.test(text);
}

/**
 * Whether a literal ARN with a suffix can still be partial, if the name of the secret ends like a suffix: `ghcr-secret`.
 *
 * About one in a hundred real suffixes has letters of only one case, or only digits.
 */
export function arnMayBeIncomplete(arn: string): boolean {
  const suffix = SUFFIX.exec(arn)?.[1];
  return suffix !== undefined && !isUnknown(arn) && !looksRandom(suffix);
}

/**
 * Throws if a literal name cannot be the name of a secret.
 */
export function validateSecretName(name: string): void {
  validateText('invalidSecretName', 'the secret name', name);
  if (isUnknown(name)) {
    return;
  }
  const value = JSON.stringify(name);
  if (name.startsWith('arn:')) {
    throw invalid('invalidSecretName',
      `the secret name ${value} is an ARN; pass it to RegistryCredentials.fromSecretCompleteArn()`);
  }
  if (!NAME.test(name)) {
    throw invalid('invalidSecretName',
      `${shown(name)} is not the name of a Secrets Manager secret, expected 1 to 512 of A-Z a-z 0-9 / _ + = . @ -; `
      + 'copy the name from the console or from "aws secretsmanager list-secrets"');
  }
}

/**
 * Whether a name looks as if it was copied from an ARN, with the suffix that is not part of the name.
 */
export function nameMayHaveSuffix(name: string): boolean {
  const suffix = SUFFIX.exec(name)?.[1];
  return suffix !== undefined && !isUnknown(name) && looksRandom(suffix);
}

/**
 * Throws if a literal ARN is not the ARN of a KMS key or alias.
 */
export function validateKeyArn(arn: string): void {
  validateText('invalidEncryptionKeyArn', 'encryptionKeyArn', arn);
  if (isUnknown(arn) || KEY_ARN.test(arn)) {
    return;
  }
  throw invalid('invalidEncryptionKeyArn',
    `encryptionKeyArn ${/["{]/.test(arn) ? 'has a text (not shown, since it can contain a password) that' : JSON.stringify(arn)} is not the ARN of a KMS key or alias, `
    + 'expected arn:aws:kms:<region>:<account>:key/<id> or arn:aws:kms:<region>:<account>:alias/<name>');
}

/**
 * For callers without types.
 */
export function validateKey(key: unknown): void {
  if (key !== undefined && (typeof key !== 'object' || key === null)) {
    throw invalid('invalidEncryptionKeyArn', `encryptionKey is ${kindOf(key)}, expected a key of aws-cdk-lib; pass an ARN as encryptionKeyArn`);
  }
}

function looksRandom(suffix: string): boolean {
  return !/^(?:[a-z]+|[A-Z]+|[0-9]+)$/.test(suffix);
}

/**
 * In JavaScript and Python a missing environment variable or context value arrives here.
 */
function validateText(id: ErrorId, subject: string, value: unknown): void {
  if (typeof value !== 'string') {
    throw invalid(id, `${subject} is ${kindOf(value)}, expected a string; check the environment variable or context value that it comes from`);
  }
}

/**
 * A text that does not begin like an ARN can be the value of the secret: JSON, `user:password`, or a token alone.
 */
function shown(text: string): string {
  return /^\s*(?:arn:aws|$)/.test(text) ? JSON.stringify(text) : 'the given text (not shown, since it can contain a password)';
}
