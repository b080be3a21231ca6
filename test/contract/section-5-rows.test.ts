import { row, SECTION_5_ROWS } from './section-5-rows';
import { ERROR_IDS, WARNING_IDS } from '../../src/private/errors';
import { sourcesIn } from '../support/sources';

const TESTS = [...sourcesIn('test/contract', '.test.ts')].filter(([file]) => file.startsWith('nothing-fails-silently.')).map(([, text]) => text).join('\n');

test('every row is there once', () => {
  const ids = SECTION_5_ROWS.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

describe.each(SECTION_5_ROWS.map((one) => [one.id, one] as const))('%s', (id, { ids, kinds }) => {
  test('has a test', () => {
    expect(TESTS).toContain(`describe(row('${id}')`);
  });

  test('has an id for what is refused and for what is warned about, each asserted', () => {
    expect(ids.some((one) => (ERROR_IDS as readonly string[]).includes(one))).toBe(kinds.includes('error'));
    expect(ids.some((one) => (WARNING_IDS as readonly string[]).includes(one))).toBe(kinds.includes('warning'));
    for (const one of ids) {
      expect(TESTS).toContain(`'${one}'`);
    }
  });
});

test('fails for a row that is not in the table', () => {
  expect(() => row('nonesuch')).toThrow('there is no row nonesuch');
});
