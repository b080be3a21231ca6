import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ProbeResult } from './event';
import { PLACEHOLDER } from '../../private/placeholder';
import { checkPull } from '../../runtime/check';
import { Connections } from '../../runtime/http/connections';
import { REAL_ENVIRONMENT } from '../../runtime/http/environment';
import { readCredentials } from '../../runtime/secret/read-secret';
import { CheckFailure } from '../../runtime/verdict/verdict';
import { PullCheckProperties } from '../contract';

/** The construct allows no more, but a token may say anything, and the function must not be stopped in the middle. */
const LONGEST_TIMEOUT = 60;
const SECRET_TIMEOUT = 20_000;
/** A stack often has several images of one registry, which are checked one after the other by a function that stays warm. */
const CONNECTIONS = new Connections();

/**
 * Reads the secret and asks the registry. Never throws, and never returns a credential.
 */
export async function probe(properties: PullCheckProperties, isInVpc: boolean): Promise<ProbeResult> {
  const client = new SecretsManagerClient({ region: properties.SecretRegion, requestHandler: { connectionTimeout: 5_000 } });
  let secretArn: string | undefined;
  try {
    const name = `the secret ${properties.Secret}`;
    const credentials = await readCredentials(async () => {
      const value = await client.send(new GetSecretValueCommand({ SecretId: properties.Secret }), {
        // The client's own requestTimeout only warns.
        abortSignal: AbortSignal.timeout(SECRET_TIMEOUT),
      });
      secretArn = value.ARN;
      return { secretString: value.SecretString };
    }, {
      name,
      reader: process.env.READER,
      inOtherAccount: properties.SecretOfOtherAccount === 'true' || isOfOtherAccount(properties.Secret),
      isPlaceholder: (text) => text === PLACEHOLDER,
    });
    const result = await checkPull({
      image: properties.Image,
      credentials,
      credentialsName: `the credentials in ${properties.Secret}`,
      platform: properties.Platform,
      wantDigest: properties.PinDigest === 'true',
      authHost: properties.AuthHost,
      ca: properties.CaCertificate,
      restrictedNetwork: properties.RestrictedNetwork === 'true',
      onFargate: properties.Fargate === 'true',
      allowPrivateNetworks: isInVpc,
      vantage: isInVpc ? 'function-in-vpc' : 'function',
      timeoutMs: Math.min(Number(properties.TimeoutSeconds) || LONGEST_TIMEOUT, LONGEST_TIMEOUT) * 1000,
    }, REAL_ENVIRONMENT, CONNECTIONS);
    const { verdict, message, digest } = result;
    return { verdict, isDefiniteNo: result.kind === 'no', message, digest, secretArn, requests: result.requests.length };
  } catch (error) {
    if (error instanceof CheckFailure) {
      return { verdict: error.verdict, isDefiniteNo: error.definite, message: error.message, secretArn, requests: 0 };
    }
    return { verdict: 'PROTOCOL_ERROR', isDefiniteNo: false, message: faultOf(error), secretArn, requests: 0 };
  } finally {
    client.destroy();
  }
}

/**
 * Whether the secret belongs to another account than this function, also where that was not known at synth.
 */
function isOfOtherAccount(secret: string): boolean {
  const accountOf = (arn = '') => arn.split(':')[4];
  return secret.startsWith('arn:') && accountOf(secret) !== accountOf(process.env.READER);
}

function faultOf(error: unknown): string {
  const { name, message } = error as Error;
  // The complaints of checkPull() about its input.
  if (/^(?:ca|platform) must be /.test(message)) {
    return `the check could not start: ${message}; correct pullCheck.caCertificate or the runtime platform`;
  }
  // The text of an error that nobody expected is unknown, so that it stays unsaid.
  return `the check failed by a fault of its own (${name}); please report it`;
}
