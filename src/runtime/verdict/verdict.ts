/** What a verdict means for the deployment: go on, stop, or not certain from here. */
export type VerdictKind = 'yes' | 'no' | 'not-definite';

const KINDS = {
  OK: 'yes',
  PUBLIC_IMAGE: 'yes',
  SECRET_NOT_FOUND: 'no',
  SECRET_ACCESS_DENIED: 'not-definite',
  KMS_ACCESS_DENIED: 'not-definite',
  SECRET_EMPTY: 'no',
  SECRET_PLACEHOLDER: 'no',
  SECRET_MALFORMED: 'no',
  CREDENTIALS_REJECTED: 'no',
  PULL_DENIED: 'no',
  IMAGE_NOT_FOUND: 'no',
  IMAGE_INCOMPLETE: 'no',
  PLATFORM_MISSING: 'no',
  NOT_AN_IMAGE: 'no',
  BLOCKED_BY_POLICY: 'no',
  REALM_NOT_TRUSTED: 'not-definite',
  HOST_NOT_LISTED: 'not-definite',
  RATE_LIMITED: 'not-definite',
  NETWORK_RESTRICTED: 'not-definite',
  TLS_UNTRUSTED: 'not-definite',
  NO_ROUTE: 'not-definite',
  REGISTRY_UNAVAILABLE: 'not-definite',
  PROTOCOL_ERROR: 'not-definite',
} as const satisfies Record<string, VerdictKind>;

export type Verdict = keyof typeof KINDS;

export const VERDICTS = Object.keys(KINDS) as Verdict[];

/** Verdicts on what the agent and the engines of ECS do not read. Other services can read it. */
export const UNREADABLE_FOR_ECS: readonly Verdict[] = ['NOT_AN_IMAGE', 'SECRET_EMPTY', 'SECRET_MALFORMED'];

/** The kind that a verdict has unless the circumstances change it (see `CheckFailure.definite`). */
export function kindOf(verdict: Verdict): VerdictKind {
  return KINDS[verdict];
}

/** Ends a check with a verdict that is not a yes. Its message is what the user reads. */
export class CheckFailure extends Error {
  constructor(public readonly verdict: Verdict, message: string, public readonly definite: boolean = kindOf(verdict) === 'no') {
    super(message);
    this.name = 'CheckFailure';
  }
}
