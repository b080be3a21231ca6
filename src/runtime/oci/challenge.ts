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
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Parses the challenges of all `WWW-Authenticate` headers of an answer.
 *
 * A comma separates parameters as well as challenges, and Forgejo really sends two challenges in one header, so a new
 * challenge is recognised by what follows its first token: a blank and another token, and no `=`.
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap(parseHeader);
}

function parseHeader(header: string): Challenge[] {
  if (FORBIDDEN.test(header)) {
    throw new ChallengeError('control character in the challenge');
  }
  const challenges: Challenge[] = [];
  const scanner = createScanner(header);
  scanner.take(SEPARATORS);
  while (!scanner.atEnd()) {
    const scheme = scanner.take(TOKEN);
    if (scheme === undefined) {
      throw new ChallengeError('a challenge must begin with its scheme');
    }
    challenges.push({ scheme: scheme.toLowerCase(), params: parseParams(scanner) });
  }
  return challenges;
}

function parseParams(scanner: Scanner): Record<string, string> {
  const params = new Map<string, string>();
  const blank = scanner.take(BLANKS);
  // `Negotiate oYIB==`: opaque data instead of parameters. Nobody here speaks such a scheme, so it is only skipped.
  const opaque = blank !== '' && scanner.take(TOKEN68) !== undefined;
  let separator = scanner.take(SEPARATORS) ?? '';
  let first = blank !== '' && !opaque && !separator.includes(',');
  while (!scanner.atEnd()) {
    if (!first && !separator.includes(',')) {
      throw new ChallengeError('challenges and parameters must be separated by commas');
    }
    const start = scanner.position();
    const name = scanner.take(TOKEN)?.toLowerCase();
    if (name === undefined) {
      throw new ChallengeError('a parameter must begin with its name');
    }
    if (scanner.take(EQUALS) === undefined) {
      if (first) {
        throw new ChallengeError('a parameter has no value');
      }
      scanner.reset(start);
      break;
    }
    if (opaque) {
      throw new ChallengeError('a challenge has opaque data and parameters');
    }
    // Go's clients take the last one, others the first: whoever can make them differ chooses who gets the password.
    if (params.has(name)) {
      throw new ChallengeError('a parameter is given twice');
    }
    params.set(name, parseValue(scanner));
    separator = scanner.take(SEPARATORS) ?? '';
    first = false;
  }
  return Object.fromEntries(params);
}

function parseValue(scanner: Scanner): string {
  const quoted = scanner.take(QUOTED);
  if (quoted !== undefined) {
    return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
  }
  const token = scanner.take(TOKEN);
  if (token === undefined) {
    throw new ChallengeError('a parameter has no value');
  }
  return token;
}

interface Scanner {
  take(pattern: RegExp): string | undefined;
  atEnd(): boolean;
  position(): number;
  reset(position: number): void;
}

function createScanner(text: string): Scanner {
  let index = 0;
  return {
    take(pattern) {
      pattern.lastIndex = index;
      const match = pattern.exec(text);
      if (match === null) {
        return undefined;
      }
      index += match[0].length;
      return match[0];
    },
    atEnd: () => index >= text.length,
    position: () => index,
    reset: (position) => {
      index = position;
    },
  };
}

/** The challenge to answer: Bearer, as every client prefers it, else Basic; `undefined` if there is none of both. */
export function preferredChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find((c) => c.scheme === 'bearer' && c.params.realm) ?? challenges.find((c) => c.scheme === 'basic');
}
