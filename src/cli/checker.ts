import { Login } from './login';
import { ImageReference } from '../reference/image-reference';
import { authHostsOf } from '../registries/registries';
import { CheckFailure, CheckInput, checkPull, CheckResult, Connections, Credentials, NO_LOGIN, REAL_ENVIRONMENT } from '../runtime/check';

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

export interface Image {
  /** As it was written. */
  readonly text: string;
  readonly reference: ImageReference;
}

/** Checks the images of one call, in the time that they have together. */
export class Checker {
  private readonly connections = new Connections();
  /** The refusals of logins, which are not sent again. */
  private readonly refusals = new Map<string, { readonly image: string; readonly definite: boolean }>();

  constructor(private readonly options: Omit<CheckInput, 'image' | 'credentials'>, private readonly deadline: number) {}

  public async check({ text: image, reference }: Image, login: Login): Promise<CheckResult> {
    let credentials = NO_LOGIN;
    const result = await checkPull({
      ...this.options,
      image,
      credentials: async () => {
        credentials = await login.read();
        this.refuseAgain(image, reference, login, credentials);
        return credentials;
      },
      credentialsName: login.name,
      timeoutMs: Math.max(this.deadline - Date.now(), 0),
    }, REAL_ENVIRONMENT, this.connections);
    if (result.verdict === 'CREDENTIALS_REJECTED' && result.requests.length > 0) {
      this.refusals.set(this.keyOf(reference, credentials), { image, definite: result.definite });
    }
    return { ...result, message: [result.message, login.note, proxyNote(result)].filter((text) => text !== undefined).join('; ') };
  }

  private refuseAgain(image: string, reference: ImageReference, { name }: Login, credentials: Credentials): void {
    if (this.deadline <= Date.now()) {
      throw new CheckFailure('REGISTRY_UNAVAILABLE', `${image} was not checked, because the time was over; increase --timeout`);
    }
    const refusal = this.refusals.get(this.keyOf(reference, credentials));
    if (refusal !== undefined) {
      throw new CheckFailure('CREDENTIALS_REJECTED', `${image} was not checked, because ${reference.host} rejected ${name} for ${refusal.image}; correct the login first`, refusal.definite);
    }
  }

  /** A login at the token service that it is sent to, which can serve several registries. */
  private keyOf({ host }: ImageReference, { username, password }: Credentials): string {
    return JSON.stringify([this.options.authHost ?? authHostsOf(host)[0] ?? host, username, password]);
  }
}

/** A company's proxy can be the only way out, and the check does not go there. */
function proxyNote({ verdict, requests }: CheckResult): string | undefined {
  const variable = PROXY_VARIABLES.find((name) => process.env[name]);
  const isUnanswered = (verdict === 'NO_ROUTE' || verdict === 'REGISTRY_UNAVAILABLE') && requests.length > 0 && requests.every(({ status }) => status === undefined);
  return variable !== undefined && isUnanswered ? `${variable} is set, but ignored: this command connects without a proxy` : undefined;
}
