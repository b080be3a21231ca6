import { Fault } from './judge';

/** A disagreement that stays, and why. */
export interface Exception {
  readonly fault: Fault;
  /** A plan as `planText` writes it, or the name of a behaviour. */
  readonly kind: string;
  readonly reason: string;
}

const PASSES: readonly string[] = [
  'servers that fail: 503 twice',
  'servers that fail: 429 with seconds that are short enough',
  'servers that fail: 429 with a date that is near enough',
  'servers that fail: a connection that is cut once',
  'what the registry says about the image: a 404 that heals, since the image was just pushed',
];

export const EXCEPTIONS: readonly Exception[] = [
  ...PASSES.map((kind): Exception => ({
    fault: 'yes, but it cannot be pulled',
    kind,
    reason: 'The registry recovers after some requests. An engine that gives up earlier than the check is started again with the next task.',
  })),
  ...['login probe: 401', 'login probe: 403'].map((kind): Exception => ({
    fault: 'no, but it can be pulled',
    kind,
    reason: 'The check sends refused credentials once, so that it locks no account: what a token service refuses without a scope is refused.',
  })),
];

export function isExcepted(fault: Fault, kind: string): boolean {
  return EXCEPTIONS.some((exception) => exception.fault === fault && exception.kind === kind);
}
