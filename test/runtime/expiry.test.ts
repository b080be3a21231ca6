import * as fc from 'fast-check';
import { parseSecret } from '../../src/runtime/check';
import { instantOf, instantOfSeconds } from '../../src/runtime/expiry/instant';
import { expiryOfToken } from '../../src/runtime/expiry/json-web-token';

describe('a date', () => {
  test.each([
    ['a day, which ends the credentials as it begins in UTC', '2027-03-31', '2027-03-31T00:00:00.000Z'],
    ['a leap day', '2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['the last day of all', '9999-12-31', '9999-12-31T00:00:00.000Z'],
    ['an instant', '2027-03-31T18:30:15Z', '2027-03-31T18:30:15.000Z'],
    ['an instant without seconds', '2027-03-31T18:30Z', '2027-03-31T18:30:00.000Z'],
    ['an instant with parts of a second', '2027-03-31T18:30:15.123456Z', '2027-03-31T18:30:15.123Z'],
    ['an instant east of UTC, which is the day before there', '2027-03-31T00:30:00+02:00', '2027-03-30T22:30:00.000Z'],
    ['an instant west of UTC', '2027-12-31T23:30:00-05:00', '2028-01-01T04:30:00.000Z'],
    ['half an hour of offset', '2027-03-31T00:00:00+05:30', '2027-03-30T18:30:00.000Z'],
    ['GitHub\'s first format', '2021-09-03 02:34:04 UTC', '2021-09-03T02:34:04.000Z'],
    ['GitHub\'s second format', '2023-04-26 20:23:26 +0200', '2023-04-26T18:23:26.000Z'],
  ])('%s', (_, text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  test.each([
    '2027-02-31', '2027-02-29', '2027-04-31', '2027-13-01', '2027-00-10', '2027-01-00', '2027-01-32', '0000-00-00', '2027-03-31T24:00:00Z', '2027-03-31T23:60:00Z',
    '2027-03-31T23:59:60Z', '2027-03-31T12:00:00+24:00', '2027-03-31T12:00:00+01:60', '9999-12-31T23:59:59-01:00',
  ])('that does not exist is no other date: %s', (text) => {
    expect(() => instantOf(text)).toThrow('is a day or a time that does not exist');
  });

  test.each([
    '', 'never', '31.03.2027', '03/31/2027', '2027/03/31', '20270331', '2027-3-31', '27-03-31', ' 2027-03-31', '2027-03-31 ', '2027-03-31\n', '2027-03-31Z', '2027-W13-3',
    '2027-03-31T18:00:00', '2027-03-31 18:00', '2027-03-31T18:00:00 CET', '2027-03-31T18Z', '+002027-03-31', '-2027-03-31', '1806451200', 'March 31, 2027', '２０２７-03-31',
  ])('in another form is refused: %j', (text) => {
    expect(() => instantOf(text)).toThrow('has a form that is not accepted');
  });

  test('comes back as it was written, in any time zone', () => {
    const date = fc.date({ min: new Date('0101-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
    fc.assert(fc.property(date, fc.integer({ min: -14 * 60, max: 14 * 60 }), (instant, offset) => {
      const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1);
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, '0'));
      expect(instantOf(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(instant.toISOString());
      expect(instantOf(instant.toISOString().slice(0, 10))).toBe(`${instant.toISOString().slice(0, 10)}T00:00:00.000Z`);
    }));
  });

  test('of any text is either an instant or refused, and never NaN', () => {
    const parts = fc.stringMatching(/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z| UTC|[+-]\d{2}:?\d{2}))?$/);
    fc.assert(fc.property(fc.oneof(parts, fc.string()), (text) => {
      let instant = '2027-03-31T00:00:00.000Z';
      try {
        instant = instantOf(text);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      expect(instant).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    }));
  });

  test.each([
    [1_806_451_200, '2027-03-31T00:00:00.000Z'],
    [1_806_451_200.5, '2027-03-31T00:00:00.500Z'],
    [0, undefined],
    [-1, undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [1_806_451_200_000, undefined],
  ])('in seconds: %p', (seconds, instant) => {
    expect(instantOfSeconds(seconds)).toBe(instant);
  });
});

describe('a JSON Web Token', () => {
  const token = (claims: unknown, header: unknown = { alg: 'RS256' }) => (
    [header, claims].map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')).concat('c2lnbmF0dXJl').join('.')
  );

  test.each([
    ['that expires', token({ sub: 'a', exp: 1_806_451_200 }), '2027-03-31T00:00:00.000Z'],
    ['that does not', token({ sub: 'a' }), undefined],
    ['with a date that is a text', token({ exp: '1806451200' }), undefined],
    ['with milliseconds', token({ exp: 1_806_451_200_000 }), undefined],
    ['with claims that are a list', token([{ exp: 1 }]), undefined],
    ['with claims that are no JSON', token('{'), undefined],
    ['without a signature', token({ exp: 1_806_451_200 }).replace(/\.[^.]*$/, ''), undefined],
    ['with a part too many', `${token({ exp: 1_806_451_200 })}.a.b`, undefined],
    ['with a header that is none', token({ exp: 1_806_451_200 }, 'x'), undefined],
    ['with padding, as no token has it', token({ exp: 1_806_451_200 }).replace('.', '=.'), undefined],
    ['that is a password with dots', 'a.b.c', undefined],
  ])('%s', (_, text, instant) => {
    expect(expiryOfToken(text)).toBe(instant);
  });
});

describe('"expiresOn" in the secret', () => {
  const parse = (more: string) => {
    const { expiresOn, expiryProblem } = parseSecret(`{"username":"bot","password":"p4ss"${more}}`, { name: 'the secret ghcr-pull' });
    return { expiresOn, expiryProblem };
  };

  test.each([
    ['nothing', '', undefined],
    ['null', ',"expiresOn":null', undefined],
    ['a day', ',"expiresOn":"2027-03-31"', '2027-03-31T00:00:00.000Z'],
    ['another case, as the other keys', ',"ExpiresON":"2027-03-31"', '2027-03-31T00:00:00.000Z'],
    ['the last of two', ',"expiresOn":"2027-03-31","expireson":"2028-03-31"', '2028-03-31T00:00:00.000Z'],
  ])('declares %s', (_, json, expiresOn) => {
    expect(parse(json)).toEqual({ expiresOn, expiryProblem: undefined });
  });

  test.each([
    ['', 'has a form that is not accepted'],
    ['31.03.2027', 'has a form that is not accepted'],
    ['s3cret-20391755', 'has a form that is not accepted'],
    [1_806_451_200, 'has a form that is not accepted'],
    [false, 'has a form that is not accepted'],
    [{ on: '2027-03-31' }, 'has a form that is not accepted'],
    ['2027-02-31', 'is a day or a time that does not exist'],
  ])('that is not understood is said, and not shown: %j', (value, cause) => {
    const { expiresOn, expiryProblem } = parse(`,"expiresOn":${JSON.stringify(value)}`);
    expect(expiresOn).toBeUndefined();
    expect(expiryProblem).toBe(`"expiresOn" in the secret ghcr-pull ${cause}; `
      + 'write a day (2027-03-31, the credentials are refused from 00:00 UTC on) or an instant (2027-03-31T18:00:00Z)');
  });
});
