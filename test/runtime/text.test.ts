import { Redactor } from '../../src/runtime/verdict/redactor';
import { oneLine } from '../../src/runtime/verdict/text';
import * as fc from '../support/fast-check';
import { leaksIn } from '../support/leaks';

test('one line has no control characters, and fits', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 10, max: 200 }), (text, limit) => {
    const line = oneLine(text, limit);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(limit);
    expect(line).not.toMatch(/\p{C}|[\r\n\t]/u);
  }));
  expect(oneLine(' a\r\n\u001b[31mb\u202Ec\u2028d ')).toBe('a [31mb c d');
  expect(oneLine('ä'.repeat(20), 10)).toBe('äää...');
});

test('hides the credentials in every form, also where they are cut', () => {
  const word = fc.string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 12 }).filter((text) => text.trim().length > 3);
  fc.assert(fc.property(word, word, fc.nat(200), (username, password, padding) => {
    const redactor = new Redactor({ username, password });
    const pair = `${username}:${password}`;
    const text = [pair, Buffer.from(pair).toString('base64'), encodeURIComponent(password), JSON.stringify(password), password.toUpperCase(), username].join(' | ');
    const cleaned = redactor.clean('#'.repeat(padding) + text);
    // A password of mask characters would be found in the mask.
    fc.pre(!/^[*#|. ]+$/.test(username + password) && ![username, password].some((secret) => /^[*#|. ]+$/.test(secret)));
    expect(leaksIn(cleaned, [username, password, pair])).toEqual([]);
  }));
});

test('hides a secret in base64url, which differs from base64', () => {
  const secret = '>>>???~~~';
  const [base64, base64url] = (['base64', 'base64url'] as const).map((encoding) => Buffer.from(secret).toString(encoding));
  expect(base64).not.toBe(base64url);
  const redactor = new Redactor({ username: 'bot', password: secret });
  expect(redactor.clean(`a ${base64url} b ${base64url.toUpperCase()} c`)).toBe('a *** b *** c');
});

test('hides a token from the moment it is known', () => {
  const redactor = new Redactor({ username: 'bot', password: 'pw-1234' });
  expect(redactor.clean('Bearer abc.def')).toBe('Bearer abc.def');
  redactor.add('abc.def');
  expect(redactor.clean('Bearer ABC.def')).toBe('Bearer ***');
});

/** What servers, proxies and languages make of a text before they show it. */
const ESCAPES: Record<string, (text: string) => string> = {
  percent: encodeURIComponent,
  everyPercent: (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  form: (text) => new URLSearchParams({ '': text }).toString().slice(1),
  html: (text) => text.replace(/[&<>"']/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' })[char]!),
  htmlNames: (text) => text.replace(/[!$%&+@=/]/g, (char) => ({ '!': '&excl;', '$': '&dollar;', '%': '&percnt;', '&': '&amp;', '+': '&plus;', '@': '&commat;', '=': '&equals;', '/': '&sol;' })[char]!),
  htmlDecimal: (text) => text.replace(/[^a-z0-9]/gi, (char) => `&#${char.charCodeAt(0)};`),
  htmlHex: (text) => text.replace(/[\s\S]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`),
  json: (text) => JSON.stringify(text).slice(1, -1),
  goJson: (text) => JSON.stringify(text).slice(1, -1).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
  unicode: (text) => text.replace(/[^a-z0-9]/gi, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  javascript: (text) => text.replace(/[^a-z0-9]/gi, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`),
  python: (text) => text.replace(/[^a-z0-9\\]/gi, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
  percentUnicode: (text) => text.replace(/[^a-z0-9]/gi, (char) => `%u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  goBytes: (text) => `[${[...Buffer.from(text)].join(' ')}]`,
  jsonBytes: (text) => JSON.stringify([...Buffer.from(text)]),
  phpSlash: (text) => text.replaceAll('/', '\\/'),
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  none: (text) => text,
};

const ENCODINGS: Record<string, (text: string) => string> = {
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  pair: (text) => Buffer.from(`acme-bot:${text}`).toString('base64'),
  inALongerText: (text) => Buffer.from(`Zz${text}Zz`).toString('base64'),
  twice: (text) => Buffer.from(Buffer.from(text).toString('base64')).toString('base64'),
  pairTwice: (text) => Buffer.from(`Basic ${Buffer.from(`acme-bot:${text}`).toString('base64')}`).toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  plain: (text) => text,
};

/** The longest part of a secret that stands in a text, in any case. */
function longestPart(text: string, secret: string): string {
  const [lower, whole] = [text.toLowerCase(), secret.toLowerCase()];
  let longest = '';
  for (let from = 0; from < whole.length; from++) {
    while (from + longest.length < whole.length && lower.includes(whole.slice(from, from + longest.length + 1))) {
      longest = whole.slice(from, from + longest.length + 1);
    }
  }
  return longest;
}

/** Nothing that stands in the words around it. */
const SECRET = fc.string({ unit: fc.constantFrom(...'ABCDFGHJKLMNPQRSTVWXYZ23456789&<>"\'\\/+%=$@!: #;~'), minLength: 8, maxLength: 40 })
  .filter((text) => /^\S.*\S$/.test(text) && new Set(text).size > 6);

test.each(Object.keys(ENCODINGS))('hides a password that is echoed as %s, escaped by two servers', (encoding) => {
  const escape = fc.constantFrom(...Object.keys(ESCAPES));
  fc.assert(fc.property(SECRET, escape, escape, fc.constantFrom(' ', '"', '=', '>', ''), (password, first, second, before) => {
    const echoed = ENCODINGS[encoding](password);
    const escaped = ESCAPES[second](ESCAPES[first](echoed));
    const cleaned = new Redactor({ username: 'acme-bot', password }).clean(`oi ue ${before}${escaped} oi ue`);
    const around = encoding === 'inALongerText' ? 4 : 0;
    expect(longestPart(cleaned, echoed).length).toBeLessThan(Math.max(4, echoed.length / 4) + around);
    expect(cleaned).toMatch(/^oi ue .*(\*\*\*.* oi ue|\.\.\.)$/);
  }), { numRuns: 2_000 });
});

test.each(['base64', 'base64url', 'hex', 'plain'])('hides the beginning of a password that is cut at the end, as %s', (encoding) => {
  fc.assert(fc.property(SECRET, fc.nat(60), fc.constantFrom('', '...', '"', '…'), (password, length, after) => {
    const echoed = ENCODINGS[encoding](password).slice(0, length);
    const cleaned = new Redactor({ username: 'acme-bot', password }).clean(`oi ue ${echoed}${after}`);
    expect(longestPart(cleaned, echoed).length).toBeLessThan(3);
  }), { numRuns: 1_000 });
});

test('hides every beginning of what follows the user name', () => {
  const password = 'ghp_Xk9QmZ27LtR4vBn8Ws3Yd6Jh1Pc5Gf0TzQa';
  for (let length = 4; length <= password.length; length++) {
    const echoed = Buffer.from(`acme-bot:${password}`).toString('base64').slice(0, 12 + length);
    expect(new Redactor({ username: 'acme-bot', password }).clean(`Basic ${echoed}`)).toBe('Basic ***');
  }
});

test('hides a password that has letters of two bytes, from a server that reads one', () => {
  const redactor = new Redactor({ username: 'acme-bot', password: 'schlüsselwörter' });
  for (const echoed of ['schlÃ¼sselwÃ¶rter', 'schl%FCsselw%F6rter', 'schl%C3%BCsselw%C3%B6rter', 'schl&#252;sselw&#xF6;rter']) {
    expect(redactor.clean(`no ${echoed}!`)).toBe('no ***!');
  }
});

test('hides a short password where it is a word, and leaves other words alone', () => {
  const redactor = new Redactor({ username: 'bot', password: 'x' });
  expect(redactor.clean('an index of the proxy, password x, "x", x')).toBe('an index of the proxy, password ***, "***", ***');
  expect(redactor.clean('Basic Ym90Ong=')).toBe('Basic ***');
});

test('leaves a text alone that has only short parts of a token', () => {
  const redactor = new Redactor({ username: 'acme-bot', password: 'github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH' });
  const text = 'denied: look at github.com/settings, 100% &c. C:\\temp, 3 + 4, a &amp; b';
  expect(redactor.clean(text)).toBe(text);
});

test('cleans the longest texts in time', () => {
  const redactor = new Redactor({ username: 'acme-bot', password: 'Ab1'.repeat(21_000) });
  const started = Date.now();
  redactor.clean('%25'.repeat(20_000));
  expect(Date.now() - started).toBeLessThan(5_000);
});

test('leaves words alone for a user name of one letter', () => {
  expect(new Redactor({ username: 'a', password: 'pw-1234' }).clean('access denied')).toBe('access denied');
});
