import { Engine } from '../verdict/message-context';

/** One challenge of a `WWW-Authenticate` header; scheme and parameter names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The header breaks RFC 9110 section 11.6.1, or is ambiguous. */
export class ChallengeError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ChallengeError';
  }
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BLANKS = /[ \t]*/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const SEPARATORS = /[ \t]*(?:,[ \t]*)*/y;
const EQUAL = /=/y;
const COMMA = /,/y;
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Parses the challenges of all `WWW-Authenticate` headers of an answer.
 *
 * A comma separates parameters as well as challenges, and Forgejo sends two challenges in one header. So a new challenge is recognized
 * by what follows its first token: a blank and another token, and no `=`.
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap(parseHeader);
}

function parseHeader(header: string): Challenge[] {
  if (FORBIDDEN.test(header)) {
    throw new ChallengeError('control character in the challenge');
  }
  const challenges: Challenge[] = [];
  const scanner = new Scanner(header);
  scanner.take(SEPARATORS);
  while (!scanner.atEnd) {
    const scheme = scanner.take(TOKEN);
    if (scheme === undefined) {
      throw new ChallengeError('a challenge must begin with its scheme');
    }
    challenges.push({ scheme: scheme.toLowerCase(), params: parseParams(scanner) });
  }
  return challenges;
}

/** Reads the parameters of one challenge, and stops at the end or before the scheme of the next challenge. */
function parseParams(scanner: Scanner): Record<string, string> {
  const params = new Map<string, string>();
  const blank = scanner.take(BLANKS);
  // `Negotiate oYIB==`: opaque data instead of parameters. ECS knows no such scheme, so it is only skipped.
  const isOpaque = blank !== '' && scanner.take(TOKEN68) !== undefined;
  let separator = scanner.take(SEPARATORS) ?? '';
  // Right behind the scheme and its blank, a parameter needs no comma, and a token without `=` is no scheme.
  let followsScheme = blank !== '' && !isOpaque && !separator.includes(',');
  while (!scanner.atEnd) {
    if (!followsScheme && !separator.includes(',')) {
      throw new ChallengeError('challenges and parameters must be separated by commas');
    }
    const start = scanner.position;
    const name = parseName(scanner);
    if (scanner.take(EQUALS) === undefined) {
      if (followsScheme) {
        throw new ChallengeError('a parameter has no value');
      }
      scanner.reset(start);
      break;
    }
    if (isOpaque) {
      throw new ChallengeError('a challenge has opaque data and parameters');
    }
    // Go's clients use the last one, others the first: a server that makes them differ chooses who gets the password.
    if (params.has(name)) {
      throw new ChallengeError('a parameter is given twice');
    }
    params.set(name, parseValue(scanner));
    separator = scanner.take(SEPARATORS) ?? '';
    followsScheme = false;
  }
  return Object.fromEntries(params);
}

function parseName(scanner: Scanner): string {
  const name = scanner.take(TOKEN);
  if (name === undefined) {
    throw new ChallengeError('a parameter must begin with its name');
  }
  return name.toLowerCase();
}

function parseValue(scanner: Scanner): string {
  const value = takeValue(scanner);
  if (value === undefined) {
    throw new ChallengeError('a parameter has no value');
  }
  return value;
}

function takeValue(scanner: Scanner): string | undefined {
  return scanner.take(QUOTED)?.slice(1, -1).replace(/\\(.)/g, '$1') ?? scanner.take(TOKEN);
}

/**
 * What an engine reads of each header: its first challenge, up to the first thing that is no parameter. Neither engine allows a blank
 * around `=`, and dockerd stops at an empty value.
 */
export function challengesReadBy(engine: Engine | undefined, headers: readonly string[]): Challenge[] {
  return headers.flatMap((header) => {
    const scanner = new Scanner(header);
    const scheme = scanner.take(TOKEN);
    return scheme === undefined ? [] : [{ scheme: scheme.toLowerCase(), params: paramsReadBy(engine, scanner) }];
  });
}

function paramsReadBy(engine: Engine | undefined, scanner: Scanner): Record<string, string> {
  const params = new Map<string, string>();
  do {
    scanner.take(BLANKS);
    const name = scanner.take(TOKEN);
    if (name === undefined || scanner.take(EQUAL) === undefined) {
      break;
    }
    const value = takeValue(scanner) ?? '';
    if (value === '' && engine === 'dockerd') {
      break;
    }
    params.set(name.toLowerCase(), value);
    scanner.take(BLANKS);
  } while (scanner.take(COMMA) !== undefined);
  return Object.fromEntries(params);
}

class Scanner {
  private index = 0;

  constructor(private readonly text: string) {}

  public get atEnd(): boolean {
    return this.index >= this.text.length;
  }

  public get position(): number {
    return this.index;
  }

  /** Moves over what matches here, and returns it. */
  public take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.index;
    const match = pattern.exec(this.text);
    this.index += match?.[0].length ?? 0;
    return match?.[0];
  }

  public reset(position: number): void {
    this.index = position;
  }
}

/** The challenge to answer: Bearer, which every client prefers, else Basic; `undefined` if there is neither. */
export function preferredChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find((c) => c.scheme === 'bearer' && c.params.realm) ?? challenges.find((c) => c.scheme === 'basic');
}
