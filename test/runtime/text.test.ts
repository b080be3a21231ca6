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

test('leaves words alone for a user name of one letter', () => {
  expect(new Redactor({ username: 'a', password: 'pw-1234' }).clean('access denied')).toBe('access denied');
});
