import { vectors } from './www-authenticate.json';
import { stopwatch } from '../../bench/stopwatch';
import { ChallengeError, parseChallenges, preferredChallenge } from '../../src/runtime/oci/challenge';
import * as fc from '../support/fast-check';

function parse(headers: readonly string[]): unknown {
  try {
    return parseChallenges(headers);
  } catch (error) {
    expect(error).toBeInstanceOf(ChallengeError);
    return 'malformed';
  }
}

test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, { headers, expected }) => {
  expect(parse(headers)).toEqual(expected);
});

test.each<[what: string, header: string, expected: unknown]>([
  ['token68 between challenges', 'Negotiate oYIB==, Basic realm="x"', [{ scheme: 'negotiate', params: {} }, { scheme: 'basic', params: { realm: 'x' } }]],
  ['a scheme without parameters between others', 'Bearer realm="a", Negotiate, Basic realm="b"', [
    { scheme: 'bearer', params: { realm: 'a' } }, { scheme: 'negotiate', params: {} }, { scheme: 'basic', params: { realm: 'b' } },
  ]],
  ['escapes in a quoted value', 'Basic realm="a \\"b\\" \\\\"', [{ scheme: 'basic', params: { realm: 'a "b" \\' } }]],
  ['a comma in a quoted value', 'Basic realm="a, Bearer realm=b"', [{ scheme: 'basic', params: { realm: 'a, Bearer realm=b' } }]],
  ['empty list elements', ' ,, Basic ,, realm="x" ,,', [{ scheme: 'basic', params: { realm: 'x' } }]],
  ['a parameter of that name', 'Bearer __proto__="x",constructor="y"', [{ scheme: 'bearer', params: Object.fromEntries([['__proto__', 'x'], ['constructor', 'y']]) }]],
  ['the same parameter twice in different case', 'Bearer realm="a",REALM="b"', 'malformed'],
  ['no comma between parameters', 'Bearer realm="a" service="b"', 'malformed'],
  ['no comma between challenges', 'Bearer Basic realm="a"', 'malformed'],
  ['no scheme', 'realm="a"', 'malformed'],
  ['no value', 'Bearer realm=,service="s"', 'malformed'],
  ['control characters', 'Bearer realm="a\u0001"', 'malformed'],
  ['a line break', 'Bearer realm="a\r\nX: y"', 'malformed'],
])('%s', (_, header, expected) => {
  expect(parse([header])).toEqual(expected);
});

test('prefers Bearer to Basic, unless it lacks a realm', () => {
  const choose = (...headers: string[]) => preferredChallenge(parseChallenges(headers))?.scheme;
  expect(choose('Basic realm="a"', 'Bearer realm="b"')).toBe('bearer');
  expect(choose('Bearer service="b"', 'Basic realm="a"')).toBe('basic');
  expect(choose('Negotiate, NTLM, Digest realm="d"')).toBeUndefined();
});

test('takes any text without another error than its own', () => {
  const pieces = fc.constantFrom('Bearer', 'Basic', ' ', ',', '=', '"', '\\', 'realm', 'scope', 'https://a/t', '\t', 'oYIB==', ';', 'é', '\u0000');
  const header = fc.oneof(fc.string({ unit: 'binary' }), fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')));
  fc.assert(fc.property(fc.array(header, { maxLength: 3 }), (headers) => {
    parse(headers);
  }), { numRuns: 2_000 });
});

test('reads back what is written by the rules', () => {
  const token = fc.stringMatching(/^[a-z][a-z0-9!#$%&'*+.^_`|~-]{0,10}$/);
  const value = fc.string({ unit: 'grapheme-ascii' });
  const challenge = fc.record({ scheme: token, params: fc.uniqueArray(fc.tuple(token, value), { selector: ([name]) => name, minLength: 1 }) });
  const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  fc.assert(fc.property(fc.array(challenge), (challenges) => {
    const header = challenges.map((c) => `${c.scheme} ${c.params.map(([name, text]) => `${name}=${quote(text)}`).join(', ')}`).join(', ');
    expect(parseChallenges([header])).toEqual(challenges.map((c) => ({ scheme: c.scheme, params: Object.fromEntries(c.params) })));
  }));
});

test('is not slow on hostile text', () => {
  // Of the processor: other programs on the machine do not count.
  const stop = stopwatch();
  for (const header of ['Bearer ' + 'a'.repeat(16_000), 'Bearer realm="' + '\\'.repeat(16_001), 'Bearer ' + 'a=b'.repeat(5_000), ','.repeat(16_000), `Bearer ${' '.repeat(16_000)}x`]) {
    parse([header]);
  }
  expect(stop()).toBeLessThan(1_000);
});
