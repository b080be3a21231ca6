import { authorize, challengesToAnswer, loginOfContainerd } from './authorize';
import { Challenge } from './challenge';
import { ping, requestManifest, ManifestRequest, RunningCheck } from './running-check';
import { isLogin } from '../http/credentials';
import { HttpResponse } from '../http/message';
import { retryAfterOf } from '../http/retry';
import { notARegistry, refusalOfService, refusedByEngine, refusedWithoutChallenge, seen, unexpected } from '../verdict/failures';
import { CheckFailure, Verdict } from '../verdict/verdict';

/** After a push, it takes a moment until all replicas of a registry have the image. */
const NOT_FOUND_DELAYS = [1_000, 2_000, 3_000];

/** Verdicts that depend on how an engine logs in. */
const ABOUT_ACCESS: readonly Verdict[] = ['CREDENTIALS_REJECTED', 'SECRET_MALFORMED', 'PULL_DENIED', 'IMAGE_NOT_FOUND'];

/** The requests of one check, which go through the login once if the registry demands it. */
export class Session {
  public authorization?: string;
  private root?: HttpResponse;
  private answered: readonly Challenge[] = [];

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
    const challenges = challengesToAnswer(this.check, this.root);
    if (challenges !== undefined) {
      await this.login(challenges);
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
    const challenges = await this.challengesAfter(answer);
    if (challenges === undefined) {
      return answer;
    }
    await this.login(challenges);
    return requestManifest(this.check, request, this.authorization);
  }

  /** A no is definite only if each engine that can be the one of the task fails: containerd logs in otherwise than dockerd, or not at all. */
  public async asBothEngines(error: unknown): Promise<unknown> {
    const { context } = this.check;
    if (context.engine === 'containerd' || !isLogin(context.credentials) || !(error instanceof CheckFailure && error.definite && ABOUT_ACCESS.includes(error.verdict))) {
      return error;
    }
    const isOpen = await this.canContainerdPull(error.verdict).catch(() => true);
    return isOpen ? new CheckFailure(error.verdict, error.message, false) : error;
  }

  private async canContainerdPull(verdict: Verdict): Promise<boolean> {
    const { check, answered } = this;
    const refusedBy = this.authorization !== undefined ? 'manifest' : verdict === 'PULL_DENIED' ? 'token' : 'login';
    if (check.context.engine === undefined && refusedBy !== 'token') {
      return false;
    }
    const head = { purpose: 'manifest', method: 'HEAD', reference: check.image.digest ?? check.image.tag ?? 'latest' } as const;
    const anonymous = await requestManifest(check, head);
    if (anonymous.status < 300 || anonymous.status === 405) {
      return true;
    }
    const login = await loginOfContainerd(check, answered, anonymous, refusedBy);
    return typeof login === 'string' ? (await requestManifest(check, head, login)).status < 300 : login;
  }

  private async login(challenges: readonly Challenge[]): Promise<void> {
    this.answered = challenges;
    this.authorization = await authorize(this.check, challenges);
  }

  /** The challenges to a request without credentials that was refused; `undefined` if the registry demands none. */
  private async challengesAfter(anonymous: HttpResponse): Promise<readonly Challenge[] | undefined> {
    const { check } = this;
    const { context } = check;
    const offered = challengesToAnswer(check, anonymous);
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
    await this.throwIfRootTellsMore(anonymous);
    return undefined;
  }

  /** Some registries hide a private repository behind 404, or omit the challenge there: only dockerd answers that of the root of the API. */
  private async throwIfRootTellsMore(anonymous: HttpResponse): Promise<void> {
    const { check } = this;
    const { context } = check;
    const root = this.root ?? await ping(check);
    if (challengesToAnswer(check, root) !== undefined) {
      throw refusedByEngine(context, 'containerd', `does not log in to ${context.host}, which refuses the manifest without a challenge (${seen(context, anonymous)})`,
        'let the registry answer requests without credentials with HTTP 401 and a challenge');
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
  }
}
