import { authorize, challengeOf } from './authorize';
import { Challenge } from './challenge';
import { ping, requestManifest, ManifestRequest, RunningCheck } from './running-check';
import { HttpResponse } from '../http/message';
import { retryAfterOf } from '../http/retry';
import { notARegistry, refusalOfService, refusedByEngine, refusedWithoutChallenge, seen, unexpected } from '../verdict/failures';
import { CheckFailure } from '../verdict/verdict';

/** After a push, it takes a moment until all replicas of a registry have the image. */
const NOT_FOUND_DELAYS = [1_000, 2_000, 3_000];

/** The requests of one check, which go through the login once if the registry demands it. */
export class Session {
  public authorization?: string;
  private root?: HttpResponse;

  constructor(private readonly check: RunningCheck) {}

  public get isBasic(): boolean {
    return this.authorization?.startsWith('Basic ') ?? false;
  }

  /** dockerd asks for the root of the API first, and logs in only if that demands it. */
  public async begin(): Promise<void> {
    if (this.check.context.engine !== 'dockerd') {
      return;
    }
    this.root = await ping(this.check);
    const challenge = challengeOf(this.check, this.root);
    if (challenge !== undefined) {
      await this.login(challenge).catch((error: unknown) => this.unlessPublic(error));
    }
  }

  /** Asks again for what was just pushed. */
  public async requestPatiently(request: ManifestRequest): Promise<HttpResponse> {
    const { environment, transport } = this.check;
    let answer = await this.request(request);
    for (const delay of NOT_FOUND_DELAYS) {
      if (answer.status !== 404 || delay >= transport.remaining) {
        break;
      }
      await environment.sleep(delay);
      answer = await this.request(request);
    }
    return answer;
  }

  public async request(request: ManifestRequest): Promise<HttpResponse> {
    const answer = await requestManifest(this.check, request, this.authorization);
    if (this.authorization !== undefined || answer.status < 300) {
      return answer;
    }
    const challenge = await this.challengeAfter(answer);
    if (challenge === undefined) {
      return answer;
    }
    await this.login(challenge);
    return requestManifest(this.check, request, this.authorization);
  }

  private async login(challenge: Challenge): Promise<void> {
    this.authorization = await authorize(this.check, challenge);
  }

  /** What dockerd cannot log in to, containerd can still pull if it is public. */
  private async unlessPublic(error: unknown): Promise<never> {
    if (error instanceof CheckFailure && error.definite) {
      const { image } = this.check;
      const answer = await requestManifest(this.check, { purpose: 'manifest', method: 'HEAD', reference: image.digest ?? image.tag ?? 'latest' });
      throw answer.status < 300 ? new CheckFailure(error.verdict, error.message, false) : error;
    }
    throw error;
  }

  /** The challenge to a request without credentials that was refused; `undefined` if the registry demands none. */
  private async challengeAfter(anonymous: HttpResponse): Promise<Challenge | undefined> {
    const { check } = this;
    const { context } = check;
    const offered = challengeOf(check, anonymous);
    if (offered !== undefined && context.engine === 'dockerd') {
      throw refusedByEngine(context, 'dockerd', `cannot log in to ${context.host}: ${check.api.pathname} does not demand credentials`,
        'let the registry answer requests without credentials for /v2/ with HTTP 401 and a challenge');
    }
    if (offered !== undefined || anonymous.status === 405) {
      return offered;
    }
    const general = refusalOfService(context, anonymous, retryAfterOf(anonymous, check.environment.now()));
    if (![401, 403, 404].includes(anonymous.status)) {
      throw general ?? unexpected(context, anonymous);
    }
    return this.challengeOfRoot(anonymous);
  }

  /** Some registries hide a private repository behind 404, or omit the challenge there: the root of the API has it. */
  private async challengeOfRoot(anonymous: HttpResponse): Promise<Challenge | undefined> {
    const { check } = this;
    const { context } = check;
    const root = this.root ?? await ping(check);
    const challenge = challengeOf(check, root);
    if (challenge !== undefined && context.engine !== undefined) {
      throw refusedByEngine(context, 'containerd', `does not log in to ${context.host}, which refuses the manifest without a challenge (${seen(context, anonymous)})`,
        'let the registry answer requests without credentials with HTTP 401 and a challenge');
    }
    if (challenge !== undefined) {
      return challenge;
    }
    if (root.status === 401 || root.status === 403) {
      throw refusedWithoutChallenge(context, root);
    }
    if (root.status >= 300 || root.url.origin !== check.api.origin || /^text\/html\b/.test(root.headers['content-type'] ?? '')) {
      throw refusalOfService(context, root) ?? notARegistry(context, root);
    }
    if (anonymous.status === 401 || anonymous.status === 403) {
      throw refusedWithoutChallenge(context, anonymous);
    }
    return undefined;
  }
}
