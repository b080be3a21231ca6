import { unescapeUnits, unitsOf, Unit } from './escapes';
import { oneLine } from './text';
import { Credentials } from '../http/credentials';

const THIRD_PARTY_LIMIT = 160;
/** What is looked at, of a text of which less than the limit is shown. */
const LONGEST_TEXT = 4_096;
/** A proxy can escape what a server has escaped before. */
const LAYERS = 4;
/** A text this short is a word of its own, or part of any other. */
const SHORT = 4;
/** From this length on, a part of the text is hidden as well. */
const LONG = 8;
const SHORTEST_START = 3;
const MASKED = '\0';
const MASKS = /\0(?:\s*\0)*/g;
/** A user name is hidden whole, unless it is so long that it can be a token. */
const SHORTEST_TOKEN = 16;

/**
 * Makes text from a server fit for a message. It hides the credentials in each form in which a server has seen them, because some
 * registries echo the Authorization header in their error pages: escaped, encoded, cut, or in another case.
 */
export class Redactor {
  /** The parts that are hidden wherever they are, by their length. */
  private readonly windows = new Map<number, Set<string>>();
  /** What is hidden only as a word. */
  private readonly words = new Set<string>();
  /** The beginnings that are hidden where a text ends. */
  private readonly starts = new Set<string>();

  constructor({ username, password }: Credentials) {
    if (password === '') {
      return;
    }
    // A user name of one or two letters (GHCR accepts any) is no secret, and would mask every word.
    if (username.length > 2) {
      spellingsOf(username).forEach((text) => this.hide(text, username.length < SHORTEST_TOKEN ? text.length : partOf(text.length)));
    }
    this.add(password);
    encodingsOf(`${username}:${password}`).forEach((text) => this.hide(text));
  }

  /** Hides one more secret from now on, for example a token that was just issued. */
  public add(secret: string): void {
    spellingsOf(secret).forEach((text) => [text, ...encodingsOf(text)].forEach((form) => this.hide(form)));
  }

  public clean(text: string): string {
    const chars = text.slice(0, LONGEST_TEXT).replaceAll(MASKED, ' ').split('');
    let units = unitsOf(chars.join(''));
    const hidden = new Set<number>();
    for (let layer = 0; layer <= LAYERS; layer++) {
      this.hiddenIn(units).forEach(([from, to]) => {
        for (let at = units[from].start; at < units[to - 1].end; at++) {
          hidden.add(at);
        }
      });
      units = unescapeUnits(units);
    }
    // A blank at the edge is that of the text.
    const masked = chars.map((char, at) => (hidden.has(at) && !/\s/.test(char) ? MASKED : char)).join('');
    return oneLine(masked.replace(MASKS, '***'), THIRD_PARTY_LIMIT);
  }

  private hide(text: string, part: number = partOf(text.length)): void {
    const form = comparable(text);
    if (form.length < SHORT) {
      this.words.add(form);
      return;
    }
    const known = this.windows.get(part) ?? new Set();
    this.windows.set(part, known);
    for (let at = 0; at + part <= form.length; at++) {
      known.add(form.slice(at, at + part));
    }
    for (let length = SHORTEST_START; length < part && part < form.length; length++) {
      this.starts.add(form.slice(0, length));
    }
  }

  /** The ranges of the units that are hidden. */
  private hiddenIn(units: readonly Unit[]): Array<[from: number, to: number]> {
    const text = comparable(units.map(({ char }) => char).join(''));
    const ranges: Array<[number, number]> = [];
    for (const [part, windows] of this.windows) {
      for (let at = 0; at + part <= text.length; at++) {
        if (windows.has(text.slice(at, at + part))) {
          ranges.push([at, at + part]);
        }
      }
    }
    for (const word of this.words) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        if (!/[\p{L}\p{N}]/u.test(text.charAt(at - 1) + text.charAt(at + word.length))) {
          ranges.push([at, at + word.length]);
        }
      }
    }
    const end = text.replace(/[\s.…"'>)\]}]+$/, '').length;
    for (const start of this.starts) {
      const at = text.lastIndexOf(start);
      if (at >= 0 && at + start.length >= end) {
        ranges.push([at, at + start.length]);
      }
    }
    return ranges;
  }
}

/** How much of a secret must be in a row to be hidden: with less, every third word of a message is part of a long one. */
function partOf(length: number): number {
  return length < LONG ? length : Math.min(Math.max(Math.floor(length / 4), SHORT), 16);
}

/** Compares in lower case, since servers normalize what they echo; form encoding and base64 for URLs differ in single characters. */
function comparable(text: string): string {
  return text.replace(/[\s\S]/g, (char) => {
    const lower = char.toLowerCase();
    return /[\s+-]/.test(char) ? ' ' : char === '_' ? '/' : lower.length === 1 ? lower : char;
  });
}

/** A text as it is, as it is after its own escapes are undone, and as a server reads it that takes UTF-8 for Latin-1. */
function spellingsOf(text: string): string[] {
  const spellings = [text, Buffer.from(text).toString('latin1')];
  for (let layer = 0, units = unitsOf(text); layer < LAYERS; layer++) {
    units = unescapeUnits(units);
    spellings.push(units.map(({ char }) => char).join(''));
  }
  return [...new Set(spellings)].filter((spelling) => spelling !== '');
}

/** In base64, also twice, at each of the three places that a text can have in a longer one, and in hexadecimal digits. */
function encodingsOf(text: string, layers = 2): string[] {
  const bytes = Buffer.from(text);
  const shifted = [0, 1, 2].map((shift) => {
    const base64 = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    // Without what the text shares with its neighbours.
    return base64.slice(Math.ceil(shift * 4 / 3), Math.floor((shift + bytes.length) * 4 / 3));
  });
  const whole = bytes.toString('base64');
  const forms = [whole, whole.replace(/=+$/, ''), ...shifted.filter((form) => form.length > SHORT), bytes.toString('hex')];
  return layers === 1 ? forms : [...forms, ...encodingsOf(whole.replace(/=+$/, ''), layers - 1)];
}
