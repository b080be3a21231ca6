import { Fault } from './judge';

/** A disagreement that stays, and why. */
export interface Exception {
  readonly faults: readonly Fault[];
  /** Matches a least plan as `planText` writes it, or the name of a behaviour. */
  readonly kind: RegExp;
  readonly reason: string;
}

const RECOVERING = [
  'servers that fail: 503 twice',
  'servers that fail: 429 with seconds that are short enough',
  'servers that fail: 429 with a date that is near enough',
  'servers that fail: a connection that is cut once',
  'what the registry says about the image: a 404 that heals, since the image was just pushed',
];

const IN_INDEX = /\b(child|index): /;
const OF_IMAGE = /\b(manifest|config|config blob|framing of): |redirect: config/;

function both(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?=.*(?:${source}))`).join(''));
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    faults: ['yes, but it cannot be pulled'],
    kind: new RegExp(`^(${RECOVERING.join('|')})$`),
    reason: 'The registry recovers after some requests. An engine that gives up earlier than the check is started again with the next task.',
  },
  {
    faults: ['no, but it can be pulled'],
    kind: /^the hosts that a secret is bound to: .*, where they are required$/,
    reason: 'Whoever sets requireHosts wants no deployment whose secret does not name its hosts.',
  },
  {
    faults: ['no, but it can be pulled'],
    kind: /^login probe: 40[13]$|^HEAD: 401 \+ challenge: .*basic|^\/v2\/: Basic \+ HEAD: 401$/i,
    reason: 'The check sends refused credentials once, so that it locks no account: what is refused without a scope, or to HEAD with the password, is refused.',
  },
  {
    faults: ['yes, but it cannot be pulled', 'yes, but it cannot run'],
    kind: both(IN_INDEX, OF_IMAGE),
    reason: 'HEAD asks for the image that an index names, since it counts as no pull. What is in that image, and in its config, is seen by pulling it alone.',
  },
  {
    faults: ['yes, but it cannot be pulled', 'yes, but it cannot run'],
    kind: both(/task: platform not known/, new RegExp(`${IN_INDEX.source}|${OF_IMAGE.source}|manifest by digest: `)),
    reason: 'Without a platform nobody knows which image is pulled, so HEAD of the tag is enough, which counts as no pull.',
  },
];

export function isExcepted(fault: Fault, kind: string): boolean {
  return EXCEPTIONS.some((exception) => exception.faults.includes(fault) && exception.kind.test(kind));
}
