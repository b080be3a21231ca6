import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ProbeResult } from './event';
import { PLACEHOLDER } from '../../private/placeholder';
import { ImageReference } from '../../reference/image-reference';
import { checkPull, CheckInputError, Connections, Credentials, readCredentials, REAL_ENVIRONMENT, UNREADABLE_FOR_ECS, Verdict } from '../../runtime/check';
import { PullCheckProperties } from '../contract';

/** The construct allows no more, but a token can have any value, and Lambda must not stop the function in the middle. */
const LONGEST_TIMEOUT = 60;
const SECRET_TIMEOUT = 20_000;
/** A stack often has several images of one registry, and a function that stays warm checks one after the other. */
const CONNECTIONS = new Connections();

/** Reads the secret and asks the registry. Never throws, and never returns a credential. */
export async function probe(properties: PullCheckProperties, isInVpc: boolean): Promise<ProbeResult> {
  const secret = new Secret(properties);
  try {
    return await probeWith(secret, properties, { isInVpc });
  } finally {
    secret.close();
  }
}

export interface ProbeOptions {
  readonly isInVpc: boolean;
  /** When the verdict has to be there, if that is before the end of the usual time. */
  readonly deadline?: number;
}

/** The same with a secret that can be read already. */
export async function probeWith(secret: Secret, properties: Probed, { isInVpc, deadline = Infinity }: ProbeOptions): Promise<ProbeResult> {
  const timeout = Math.min(Number(properties.TimeoutSeconds) || LONGEST_TIMEOUT, LONGEST_TIMEOUT) * 1000;
  try {
    const { verdict, kind, message, digest, expiresOn, expiryProblem, requests } = await checkPull({
      image: properties.Image,
      credentials: async () => secret.read(),
      credentialsName: `the credentials in ${properties.Secret}`,
      platform: properties.Platform,
      wantDigest: properties.PinDigest === 'true',
      registry: properties.Registry,
      authHost: properties.AuthHost,
      ca: properties.CaCertificate,
      // Of the function rather than of the request, which anybody sends who may call the function.
      requireHosts: process.env.REQUIRE_HOSTS === 'true',
      restrictedNetwork: properties.RestrictedNetwork === 'true',
      engine: engineOf(properties),
      allowPrivateNetworks: isInVpc,
      location: isInVpc ? 'function-in-vpc' : 'function',
      askExpiry: asksExpiry(properties, isInVpc),
      timeoutMs: Math.min(timeout, deadline - Date.now()),
    }, REAL_ENVIRONMENT, CONNECTIONS);
    // A task definition accepts no digest of another algorithm.
    const pinnable = digest?.startsWith('sha256:') ? digest : undefined;
    return { verdict, isDefiniteNo: kind === 'no' && isSureOf(verdict, properties), message, digest: pinnable, secretArn: secret.arn, expiresOn, expiryProblem, requests: requests.length };
  } catch (error) {
    if (error instanceof CheckInputError) {
      // The task definition needs the ARN all the same.
      await secret.read().catch(() => undefined);
    }
    return { verdict: 'PROTOCOL_ERROR', isDefiniteNo: false, message: faultOf(error), secretArn: secret.arn, requests: 0 };
  }
}

/** What the registry is asked about. What becomes of the answer is not part of it. */
export type Probed = Omit<PullCheckProperties, 'Mode' | 'Trigger'>;

/** A secret that is read once, when it is first needed. */
export class Secret {
  public arn?: string;
  private readonly client: SecretsManagerClient;
  private reading?: Promise<Credentials>;

  /**
   * @param accessPatienceMs how long the permissions of the role can take to arrive; without it, as long as those of a new one
   */
  constructor(
    private readonly properties: Pick<PullCheckProperties, 'Secret' | 'SecretRegion' | 'DenialIsCertain'>, private readonly accessPatienceMs?: number,
  ) {
    const { Secret: id, SecretRegion } = properties;
    // At synth the Region of an ARN is not always known.
    const region = id.startsWith('arn:') ? id.split(':')[3] : SecretRegion;
    this.client = new SecretsManagerClient({ region, requestHandler: { connectionTimeout: 5_000 } });
  }

  public async read(): Promise<Credentials> {
    this.reading ??= this.readNow();
    return this.reading;
  }

  public close(): void {
    this.client.destroy();
  }

  private async readNow(): Promise<Credentials> {
    const { Secret: id, DenialIsCertain: denialIsCertain } = this.properties;
    return readCredentials(async () => {
      const { ARN, SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: id }), {
        // The client's own requestTimeout only warns.
        abortSignal: AbortSignal.timeout(SECRET_TIMEOUT),
      });
      this.arn = ARN;
      return { secretString: SecretString };
    }, {
      name: `the secret ${id}`,
      reader: process.env.READER,
      denialIsCertain: denialIsCertain === 'true',
      inOtherAccount: belongsToOtherAccount(id),
      placeholder: PLACEHOLDER,
      accessPatienceMs: this.accessPatienceMs,
    });
  }
}

/** The result for a text that cannot be an image, for which the credentials are not even read. */
export function refusalOfText(image: string): ProbeResult | undefined {
  try {
    ImageReference.parse(image);
    return undefined;
  } catch (error) {
    return { verdict: 'NOT_AN_IMAGE', isDefiniteNo: true, message: (error as Error).message, requests: 0 };
  }
}

/** How CodeBuild reads the secret, and what it pulls with, is not public. */
function isSureOf(verdict: Verdict, { Engine }: Probed): boolean {
  return Engine !== 'codebuild' || !UNREADABLE_FOR_ECS.includes(verdict);
}

/** A network that admits only some addresses can stop or report a request to a host that the tasks never need. */
function asksExpiry({ AskExpiry, RestrictedNetwork }: Probed, isInVpc: boolean): boolean {
  return AskExpiry === undefined ? !isInVpc && RestrictedNetwork !== 'true' : AskExpiry === 'true';
}

function engineOf({ Engine }: Probed): 'containerd' | 'dockerd' | undefined {
  return Engine === 'containerd' || Engine === 'dockerd' ? Engine : undefined;
}

/** Whether the secret belongs to another account than this function. */
function belongsToOtherAccount(secret: string): boolean {
  const accountOf = (arn = '') => arn.split(':')[4];
  return secret.startsWith('arn:') && accountOf(secret) !== accountOf(process.env.READER);
}

function faultOf(error: unknown): string {
  if (error instanceof CheckInputError) {
    return `the check could not start: ${error.message}; correct pullCheck.caCertificate or the runtime platform`;
  }
  // The text of an unknown error is not shown.
  return `the check failed because of a bug (${(error as Error).name}); please report it`;
}
