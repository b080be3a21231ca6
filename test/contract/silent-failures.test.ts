import { row, SILENT_FAILURES } from './silent-failures';
import { ERROR_IDS, WARNING_IDS } from '../../src/private/errors';
import { sourcesIn, textsIn } from '../support/sources';

const TESTS = sourcesIn('test/contract', '.test.ts').filter(({ fileName }) => fileName.startsWith('nothing-fails-silently.'));
const TITLES = TESTS.flatMap((file) => textsIn(file, 'row'));
const TEXTS = TESTS.flatMap((file) => textsIn(file));

test('every row is there once', () => {
  const ids = SILENT_FAILURES.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

describe.each(SILENT_FAILURES.map((one) => [one.id, one] as const))('%s', (id, { ids, kinds }) => {
  test('has a test', () => {
    expect(TITLES).toContain(id);
  });

  test('has an id for what is refused and for what is warned about, each asserted', () => {
    expect(ids.some((one) => (ERROR_IDS as readonly string[]).includes(one))).toBe(kinds.includes('error'));
    expect(ids.some((one) => (WARNING_IDS as readonly string[]).includes(one))).toBe(kinds.includes('warning'));
    for (const one of ids) {
      expect(TEXTS).toContain(one);
    }
  });
});

test('fails for a row that is not in the table', () => {
  expect(() => row('nonesuch')).toThrow('there is no row nonesuch');
});
