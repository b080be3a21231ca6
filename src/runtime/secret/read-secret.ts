import { parseSecret, SecretOptions } from './secret';
import { REAL_ENVIRONMENT, CheckEnvironment } from '../http/environment';
import { Credentials } from '../oci/token';
import { failure } from '../verdict/failures';
import { oneLine } from '../verdict/text';
import { CheckFailure } from '../verdict/verdict';

/** What Secrets Manager's GetSecretValue gives; an error has the name of its exception. */
export type ReadSecret = () => Promise<{ readonly secretString?: string }>;

export interface ReadSecretOptions extends SecretOptions {
  /** Who reads, for messages: the ARN of the function's role. */
  readonly reader?: string;
  /** The secret belongs to another account: that this reader may not read it doesn't say whether the execution role may. */
  readonly inOtherAccount?: boolean;
  /** How long AccessDenied is asked again: the role of a new function takes seconds to arrive everywhere. */
  readonly accessPatienceMs?: number;
}

const ACCESS_PATIENCE = 60_000;
const LONGEST_DELAY = 8_000;

/** Reads and parses the credentials; rejects with a CheckFailure. */
export async function readCredentials(
  read: ReadSecret,
  options: ReadSecretOptions,
  environment: Pick<CheckEnvironment, 'now' | 'sleep'> = REAL_ENVIRONMENT,
): Promise<Credentials> {
  const end = environment.now() + (options.accessPatienceMs ?? ACCESS_PATIENCE);
  for (let delay = 1_000; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
    const outcome = await read().catch((error: unknown) => failureOf(error, options));
    if (!(outcome instanceof CheckFailure)) {
      return parseSecret(outcome.secretString, options);
    }
    if (!outcome.verdict.endsWith('ACCESS_DENIED') || environment.now() + delay > end) {
      throw outcome;
    }
    await environment.sleep(delay);
  }
}

/** The names are those of the Secrets Manager API; its texts name ARNs that the message has already, or doesn't need. */
function failureOf(error: unknown, options: ReadSecretOptions): CheckFailure {
  const { name = '', message = '' } = error as { name?: string; message?: string };
  const reader = options.reader ?? 'the function of the pull check';
  const hint = (here: string) => options.inOtherAccount ? 'let the policies of secret and key admit it and the execution role' : here;
  const definite = !options.inOtherAccount;
  if (name === 'ResourceNotFoundException' || (name === 'InvalidRequestException' && /delet/i.test(message))) {
    return failure('SECRET_NOT_FOUND', `${options.name} does not exist, has no value, or is marked for deletion`, 'correct the ARN or name, or create or restore the secret');
  }
  if (name === 'DecryptionFailure' || (/^AccessDenied/.test(name) && /\bkms\b/i.test(message))) {
    return failure('KMS_ACCESS_DENIED', `${reader} may not decrypt ${options.name} with its KMS key`,
      hint('name the key with encryptionKeyArn, or allow the role kms:Decrypt in the policy of the key'), definite);
  }
  if (/^AccessDenied/.test(name)) {
    return failure('SECRET_ACCESS_DENIED', `${reader} may not read ${options.name}`,
      hint('allow it secretsmanager:GetSecretValue, and look for a policy that denies it'), definite);
  }
  if (name === 'ValidationException') {
    return failure('SECRET_NOT_FOUND', `${options.name} has a name or ARN that Secrets Manager does not take`, 'correct it');
  }
  if (/^(?:Throttling|InternalService|ServiceUnavailable)/.test(name)) {
    return failure('REGISTRY_UNAVAILABLE', `${options.name} could not be read: Secrets Manager cannot answer now (${oneLine(name, 60)})`, 'deploy again later');
  }
  return failure('NO_ROUTE', `${options.name} could not be read (${oneLine(name, 60)})`, 'check that Secrets Manager can be reached: in a VPC it needs an interface endpoint or NAT');
}
