import { parseSecret } from '../../src/runtime/secret/parse-secret';
import { mistakeOf } from '../../src/runtime/verdict/form';
import { CheckFailure } from '../../src/runtime/verdict/verdict';
import * as fc from '../support/fast-check';

const NAME = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:pull-a1B2c3';
const PLACEHOLDER = '{"username":"PLACEHOLDER","password":"PLACEHOLDER"}';
const GOOGLE_KEY = JSON.stringify({ type: 'service_account', private_key: '-----BEGIN PRIVATE KEY-----\nabc\n' }, undefined, 2);
const GOOGLE_KEY_BASE64 = Buffer.from(GOOGLE_KEY).toString('base64');

function parse(text: string | undefined) {
  return parseSecret(text, { name: NAME, placeholder: PLACEHOLDER });
}

function failureFor(text: string | undefined): CheckFailure {
  try {
    parse(text);
  } catch (error) {
    return error as CheckFailure;
  }
  throw new Error('no failure');
}

test.each<[what: string, secret: unknown]>([
  ['as documented', { username: 'bot', password: 'pw' }],
  ['keys in any case', { UserName: 'bot', PASSWORD: 'pw' }],
  ['keys that Go folds to the same (long s)', { uſername: 'bot', paſſword: 'pw' }],
  ['other keys besides', { username: 'bot', password: 'pw', email: 7, auth: null }],
  ['the last of several wins, as in Go', { username: 'old', password: 'pw', USERNAME: 'bot' }],
  ['a Docker configuration besides', { auths: { 'ghcr.io': { auth: 'Ym90OnB3' } }, username: 'bot', password: 'pw' }],
])('ECS accepts: %s', (_, secret) => {
  expect(parse(JSON.stringify(secret))).toEqual({ username: 'bot', password: 'pw' });
});

test.each<[hosts: unknown, read: readonly string[] | undefined]>([
  [['ghcr.io', 'registry.example.com:5050'], ['ghcr.io', 'registry.example.com:5050']],
  [undefined, undefined],
  [[], []],
  [null, []],
  ['ghcr.io', []],
  [{ 'ghcr.io': true }, []],
  [['ghcr.io', 7, null], ['ghcr.io']],
])('the hosts %p, which ECS does not read, are no mistake', (hosts, read) => {
  expect(parse(JSON.stringify({ username: 'bot', password: 'pw', hosts }))).toEqual({ username: 'bot', password: 'pw', hosts: read });
  expect(parse(JSON.stringify({ Username: 'bot', Password: 'pw', Hosts: hosts }))).toEqual({ username: 'bot', password: 'pw', hosts: read });
});

test.each<[username: string, password: string]>([
  ['robot$team+puller', 'pa:ss wörd$+/='],
  ['1234567|name', Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')],
  ['_json_key', `${GOOGLE_KEY}\n`],
  ['_json_key_base64', GOOGLE_KEY_BASE64],
  ['AWS', 'x'.repeat(60_000)],
  ['bot:x', 'a\u0000b\n'],
])('%s with its password comes out as it went in', (username, password) => {
  expect(parse(JSON.stringify({ username, password }))).toEqual({ username, password });
});

test.each<[what: string, secret: string | undefined, verdict: string, message: RegExp]>([
  ['binary', undefined, 'SECRET_MALFORMED', /is binary, and ECS reads text only; store \{"username":"\.\.\.","password":"\.\.\."\}/],
  ['nothing', '', 'SECRET_EMPTY', /is empty/],
  ['blanks', ' \n', 'SECRET_EMPTY', /is empty/],
  ['the placeholder', PLACEHOLDER, 'SECRET_PLACEHOLDER', /still holds the placeholder; store the real user name .* put-secret-value/],
  ['a number', '4711', 'SECRET_MALFORMED', /not a JSON object/],
  ['null', 'null', 'SECRET_MALFORMED', /not a JSON object/],
  ['an array', '["bot","hunter2"]', 'SECRET_MALFORMED', /not a JSON object/],
  ['user:password', 'bot:hunter2', 'SECRET_MALFORMED', /looks like user:password/],
  ['a bare token', 'hunter2', 'SECRET_MALFORMED', /looks like a password or token alone/],
  ['prose', 'user is bot, hunter2', 'SECRET_MALFORMED', /looks like plain text/],
  ['JSON with single quotes', '{\'username\':\'bot\',\'password\':\'hunter2\'}', 'SECRET_MALFORMED', /looks like JSON that is cut off or badly quoted/],
  ['JSON that is cut', '{"username":"bot","password":"hunter2', 'SECRET_MALFORMED', /cut/],
  ['a byte order mark', '\uFEFF{"username":"bot","password":"hunter2"}', 'SECRET_MALFORMED', /byte order mark/],
  ['a Docker configuration', '{"auths":{"ghcr.io":{"auth":"Ym90Omh1bnRlcjI="}}}', 'SECRET_MALFORMED', /Docker configuration file/],
  ['no user name', '{"user":"bot","password":"hunter2"}', 'SECRET_MALFORMED', /has no key "username"/],
  ['no password', '{"username":"bot","token":"hunter2"}', 'SECRET_MALFORMED', /has no key "password"/],
  ['a null', '{"username":"bot","password":null}', 'SECRET_MALFORMED', /has no key "password"/],
  ['a numeric password', '{"username":"bot","password":4711}', 'SECRET_MALFORMED', /"password" that is not a string.*in quotes/],
  ['a number before the text, which Go refuses', '{"PASSWORD":4711,"username":"bot","password":"hunter2"}', 'SECRET_MALFORMED', /"password" that is not a string/],
  ['an empty password', '{"username":"bot","password":""}', 'SECRET_EMPTY', /empty "password"/],
])('ECS would fail: %s', (_, secret, verdict, message) => {
  const failure = failureFor(secret);
  expect(failure).toBeInstanceOf(CheckFailure);
  expect(failure).toMatchObject({ verdict, definite: true, message: expect.stringMatching(message) });
  expect(failure.message.startsWith(NAME)).toBe(true);
  expect(failure.message).not.toMatch(/hunter2|4711|Ym90|abc|\n/);
});

test.each<[what: string, username: string, password: string, hint: RegExp | undefined]>([
  ['nothing', 'bot', 'hunter2', undefined],
  ['a colon in the user name', 'bot:x', 'hunter2', /^correct the user name, which has a colon/],
  ['a line break at the end', 'bot', 'hunter2\n', /^remove the line break at the end/],
  ['a line break at the end of the user name', 'bot\r\n', 'hunter2', /^remove the line break at the end/],
  ['a control character', 'bot', 'hun\u0000ter2', /^remove the control characters/],
  ['a Google key', '_json_key', `${GOOGLE_KEY}\n`, undefined],
  ['a Google key of several lines', '_json_key', GOOGLE_KEY, undefined],
  ['a Google key in base64', '_json_key_base64', GOOGLE_KEY_BASE64, undefined],
  ['a Google key in base64 as plain', '_json_key', GOOGLE_KEY_BASE64, /^use the user name _json_key_base64/],
  ['a Google key as plain in base64', '_json_key_base64', GOOGLE_KEY, /^use the user name _json_key,/],
  ['a Google key in base64 of several lines', '_json_key_base64', GOOGLE_KEY_BASE64.replace(/.{76}/g, '$&\n'), /base64 with line breaks, use base64 -w0$/],
  ['no Google key', '_json_key', 'hunter2', /^store the content of the service account key file/],
  ['no Google key in base64', '_json_key_base64', 'bnVsbA==', /^store the output of base64 -w0/],
])('a registry may take it, and if it does not, there is a hint: %s', (_, username, password, hint) => {
  const credentials = { username, password };
  expect(parse(JSON.stringify(credentials))).toEqual(credentials);
  expect(mistakeOf(credentials) ?? '').toMatch(hint ?? /^$/);
  expect(mistakeOf(credentials) ?? '').not.toMatch(/hunter2|abc/);
});

test('takes any text without another error than its own, which shows nothing of it', () => {
  const key = fc.oneof(fc.constantFrom('username', 'password', 'Username', 'auths', '__proto__'), fc.string());
  const value = fc.oneof(fc.jsonValue(), fc.string(), fc.constantFrom('', '\n', GOOGLE_KEY, '_json_key'));
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.dictionary(key, value).map((object) => JSON.stringify(object)));
  fc.assert(fc.property(text, (secret) => {
    try {
      const { username, password } = parse(secret);
      expect([typeof username, typeof password]).toEqual(['string', 'string']);
    } catch (error) {
      expect(error).toBeInstanceOf(CheckFailure);
      // The wording depends on what is wrong alone: there are few of them.
      expect((error as Error).message).toMatch(/^arn:[\w:/-]+ (is|has|still) /);
    }
  }), { numRuns: 2_000 });
});
