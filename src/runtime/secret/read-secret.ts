import { parseSecret, SecretOptions } from './parse-secret';
import { Credentials } from '../http/credentials';
import { REAL_ENVIRONMENT, CheckEnvironment } from '../http/environment';
import { failure } from '../verdict/failures';
import { oneLine } from '../verdict/text';
import { CheckFailure } from '../verdict/verdict';

/** Calls GetSecretValue of Secrets Manager; an error has the name of its exception. */
export type ReadSecret = () => Promise<{ readonly secretString?: string }>;

export interface ReadSecretOptions extends SecretOptions {
  /** The reader in messages: the ARN of the function's role. */
  readonly reader?: string;
  /** The reader and the execution role have the same permissions; otherwise a reader without access proves nothing about the role. */
  readonly denialIsCertain?: boolean;
  /** The secret belongs to another account than the reader. */
  readonly inOtherAccount?: boolean;
  /** How long to repeat the call after AccessDenied: a new role takes seconds to arrive everywhere. */
  readonly accessPatienceMs?: number;
}

const ACCESS_PATIENCE = 60_000;
/** A secret, a value or a replica that is new takes seconds to arrive everywhere as well. */
const EXISTENCE_PATIENCE = 10_000;
const LONGEST_DELAY = 8_000;
/** `Access to KMS is not allowed`, or the action that is not authorized. A secret or a role can have the name as well. */
const ABOUT_KMS = /\baccess to kms\b|\bkms:[a-z]/i;
/** Denials by policies outside of the app, which can treat the reader and the execution role differently. */
const DENIED_ELSEWHERE = /explicit deny|service control policy|resource control policy|permissions boundary|session policy|endpoint policy/i;

/** Reads and parses the credentials; rejects with a CheckFailure. */
export async function readCredentials(
  read: ReadSecret,
  options: ReadSecretOptions,
  environment: Pick<CheckEnvironment, 'now' | 'sleep'> = REAL_ENVIRONMENT,
): Promise<Credentials> {
  const start = environment.now();
  for (let delay = 1_000; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
    const outcome = await read().catch((error: unknown) => accessFailure(error, options));
    if (!(outcome instanceof CheckFailure)) {
      return parseSecret(outcome.secretString, options);
    }
    if (environment.now() + delay > start + patienceWith(outcome, options)) {
      throw outcome;
    }
    await environment.sleep(delay);
  }
}

function patienceWith({ verdict }: CheckFailure, { accessPatienceMs = ACCESS_PATIENCE }: ReadSecretOptions): number {
  switch (verdict) {
    case 'SECRET_ACCESS_DENIED': case 'KMS_ACCESS_DENIED': return accessPatienceMs;
    case 'SECRET_NOT_FOUND': return EXISTENCE_PATIENCE;
    default: return 0;
  }
}

/** The names are those of the Secrets Manager API. Its texts are left out: they name ARNs that the message has already. */
function accessFailure(error: unknown, options: ReadSecretOptions): CheckFailure {
  const { name = '', message = '' } = error as { name?: string; message?: string };
  const reader = options.reader ?? 'the function of the pull check';
  const hint = (here: string) => options.inOtherAccount ? 'allow it and the execution role in the policies of the secret and its key' : here;
  const definite = (options.denialIsCertain ?? false) && !DENIED_ELSEWHERE.test(message);
  if (name === 'ResourceNotFoundException' || (name === 'InvalidRequestException' && /delet/i.test(message))) {
    return failure('SECRET_NOT_FOUND', `${options.name} does not exist, has no value, or is marked for deletion`, 'correct the ARN or name, or create or restore the secret');
  }
  if (name === 'DecryptionFailure' || (/^AccessDenied/.test(name) && ABOUT_KMS.test(message))) {
    return failure('KMS_ACCESS_DENIED', `${reader} cannot decrypt ${options.name} with its KMS key`,
      hint('name the key with encryptionKeyArn, or allow the role kms:Decrypt in the policy of the key'), definite);
  }
  if (/^AccessDenied/.test(name)) {
    return failure('SECRET_ACCESS_DENIED', `${reader} cannot read ${options.name}`,
      hint('allow it secretsmanager:GetSecretValue, and look for a policy that denies it'), definite);
  }
  if (name === 'ValidationException') {
    return failure('SECRET_NOT_FOUND', `${options.name} has a name or ARN that Secrets Manager does not accept`, 'correct it');
  }
  if (/^(?:Throttling|InternalService|ServiceUnavailable)/.test(name)) {
    return failure('REGISTRY_UNAVAILABLE', `${options.name} could not be read: Secrets Manager is unavailable (${oneLine(name, 60)})`, 'deploy again later');
  }
  return failure('NO_ROUTE', `${options.name} could not be read (${oneLine(name, 60)})`, 'check that Secrets Manager can be reached: in a VPC it needs an interface endpoint or NAT');
}
