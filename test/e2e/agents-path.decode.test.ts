import { buildDecoder, Decoded, Decoder } from './support/decode';
import { parseSecret } from '../../src/runtime/check';
import * as fc from '../support/fast-check';

let decoder: Decoder | undefined;

beforeAll(() => {
  decoder = buildDecoder();
});

afterAll(() => {
  decoder?.remove();
});

/** What the pull check makes of a secret; the agent's texts are not its texts. */
function checked(secretString: string): Decoded {
  try {
    return parseSecret(secretString, { name: 'the secret' });
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

const KEY = fc.oneof(
  // Go folds ſ and s.
  fc.constantFrom('username', 'password', 'Username', 'PASSWORD', 'uſername', 'paſſword', 'userName', 'auths', 'email', 'hosts', 'expiresOn', '__proto__', ''),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const VALUE = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
  fc.constantFrom('', null, true, 7, 1e21, '\ud800', '𝔭', ' ', 'a:b'),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
);
/** No key twice: of {"username": 1, "username": "bot"} JSON.parse() shows the last one only, and the agent fails with the first. */
const OBJECT = fc.uniqueArray(fc.tuple(KEY, VALUE), { selector: ([key]) => key, maxLength: 5 })
  .map((pairs) => `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`);
const TEXT = fc.oneof(
  { weight: 6, arbitrary: OBJECT },
  fc.json(),
  fc.string(),
  fc.tuple(OBJECT, fc.constantFrom('\n', ' ', '\t\r\n', '\u00a0', ',', '}', '//', '\u0000')).map(([text, end]) => text + end),
  fc.tuple(fc.constantFrom('\ufeff', '\n', '[', '\u00a0'), OBJECT).map(([begin, text]) => begin + text),
);

test('the pull check reads a secret as the agent does', () => {
  const texts = fc.sample(TEXT, { numRuns: 20_000, seed: 4711 });
  const decoded = decoder!.decode(texts.map((SecretString) => ({ SecretString })));
  const differences = texts.map((text, index) => ({ text, agent: decoded[index], check: checked(text) }))
    .filter(({ agent, check }) => agent.problem === undefined
      // As bytes: half of a surrogate pair is no character.
      ? !(check.problem === undefined && same(agent.username, check.username) && same(agent.password, check.password))
      : check.problem === undefined);
  expect(differences).toEqual([]);
  expect(decoded.filter(({ problem }) => problem === undefined).length).toBeGreaterThan(500);
});

function same(one: string | undefined, other: string | undefined): boolean {
  return Buffer.from(one!).equals(Buffer.from(other!));
}

test.each(['["ghcr.io"]', '"ghcr.io"', '[7]', '{}', 'null'])('the agent ignores the hosts that a secret is bound to: %s', (hosts) => {
  const text = `{"username":"bot","password":"hunter2","hosts":${hosts}}`;
  expect(decoder!.decode([{ SecretString: text }])).toEqual([{ username: 'bot', password: 'hunter2' }]);
  expect(checked(text)).toMatchObject({ username: 'bot', password: 'hunter2' });
});

test.each(['"2027-03-31"', '"31.03.2027"', '1806451200', '{}', 'null'])('the agent ignores the date when the credentials expire: %s', (date) => {
  const text = `{"username":"bot","password":"hunter2","hosts":["ghcr.io"],"expiresOn":${date}}`;
  expect(decoder!.decode([{ SecretString: text }])).toEqual([{ username: 'bot', password: 'hunter2' }]);
  expect(checked(text)).toMatchObject({ username: 'bot', password: 'hunter2' });
});

test.each<[what: string, SecretString: string | undefined, problem: string]>([
  ['nothing, or a binary', undefined, 'empty secrets value'],
  ['text that is no JSON', 'bot:hunter2', 'unable to unmarshal secret value, invalid schema'],
  ['other keys', '{"user":"bot","pass":"hunter2"}', 'asm fetching username: AuthorizationData is malformed, empty field'],
  ['an empty password', '{"username":"bot","password":""}', 'asm fetching password: AuthorizationData is malformed, empty field'],
])('the agent says what its users report: %s', (_, SecretString, problem) => {
  expect(decoder!.decode([{ SecretString }])).toEqual([{ problem: expect.stringContaining(problem) }]);
});
