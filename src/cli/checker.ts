import { Login } from './login';
import { ImageReference } from '../reference/image-reference';
import { withoutDefaultPort } from '../registries/registries';
import { CheckFailure, CheckInput, checkPull, CheckResult, Connections, Credentials, NO_LOGIN, REAL_ENVIRONMENT, Verdict } from '../runtime/check';

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/** What the server of a login says to one that it refuses, in whatever form. */
const REFUSALS = [401, 403, 413, 431];

/** A registry says these with the same status, but about one image. */
const ABOUT_ONE_IMAGE: readonly Verdict[] = ['PULL_DENIED', 'IMAGE_NOT_FOUND', 'BLOCKED_BY_POLICY'];

interface Refusal {
  readonly image: string;
  readonly verdict: Verdict;
  readonly definite: boolean;
  readonly status: number;
}

export interface Image {
  /** As it was written. */
  readonly text: string;
  readonly reference: ImageReference;
  /** What is known about this image beside the options of the call. */
  readonly input?: Partial<Omit<CheckInput, 'image' | 'credentials'>>;
}

/** NOT_CHECKED is what only the deployment knows, or what no login was given for. */
export type Answer = Omit<CheckResult, 'verdict'> & { readonly verdict: Verdict | 'NOT_CHECKED' };

/** Checks the images of one call, in the time that they have together. */
export class Checker {
  private readonly connections = new Connections();
  /** The refusals of logins, which are not sent again. */
  private readonly refusals = new Map<string, Refusal>();

  constructor(private readonly options: Omit<CheckInput, 'image' | 'credentials'> & { readonly deadline: number }) {}

  public async check({ text: image, reference, input }: Image, login: Login): Promise<CheckResult> {
    let credentials = NO_LOGIN;
    const result = await checkPull({
      ...this.options,
      ...input,
      image,
      credentials: async () => {
        credentials = await login.read();
        this.refuseAgain(image, reference, login, credentials);
        return credentials;
      },
      credentialsName: login.name,
    }, REAL_ENVIRONMENT, this.connections);
    const status = credentials === NO_LOGIN ? undefined : refusalIn(result);
    if (status !== undefined) {
      this.refusals.set(keyOf(reference, credentials), { image, verdict: result.verdict, definite: result.definite, status });
    }
    return { ...result, message: [result.message, login.note, proxyNote(result)].filter((text) => text !== undefined).join('; ') };
  }

  private refuseAgain(image: string, reference: ImageReference, { name }: Login, credentials: Credentials): void {
    if (this.options.deadline <= Date.now()) {
      throw new CheckFailure('REGISTRY_UNAVAILABLE', `${image} was not checked, because the time was over; increase --timeout`);
    }
    const refusal = this.refusals.get(keyOf(reference, credentials));
    if (refusal !== undefined) {
      const { verdict, definite, status } = refusal;
      throw new CheckFailure(verdict, `${image} was not checked, because ${reference.host} ${definite
        ? `rejected ${name} for ${refusal.image}; correct the login first`
        : `answered ${name} with HTTP ${status} for ${refusal.image}, and a login that can be wrong is not sent again; look at that answer first`}`, definite);
    }
  }
}

/** A login at one registry. Another can accept it, even with the same token service. */
function keyOf({ host }: ImageReference, { username, password }: Credentials): string {
  return JSON.stringify([withoutDefaultPort(host), username, password]);
}

/** The status with which the login was refused, if nothing shows that it is right. */
function refusalIn({ verdict, requests }: CheckResult): number | undefined {
  const statuses = requests.filter(({ authorized }) => authorized).map(({ status = 0 }) => status);
  const isOpen = !ABOUT_ONE_IMAGE.includes(verdict) && !statuses.some((status) => status >= 200 && status < 300);
  return isOpen ? statuses.find((status) => REFUSALS.includes(status)) : undefined;
}

/** A company's proxy can be the only way out, and the check does not go there. */
function proxyNote({ verdict, requests }: CheckResult): string | undefined {
  const variable = PROXY_VARIABLES.find((name) => process.env[name]);
  const isUnanswered = (verdict === 'NO_ROUTE' || verdict === 'REGISTRY_UNAVAILABLE') && requests.length > 0 && requests.every(({ status }) => status === undefined);
  return variable !== undefined && isUnanswered ? `${variable} is set, but ignored: this command connects without a proxy` : undefined;
}
