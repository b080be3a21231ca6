import { repeat, Series } from '../../bench/series';
import { intervalOfMedian, median } from '../../bench/statistics';

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);

test.each([[[3, 1, 2], 2], [[4, 1, 3, 2], 2.5], [[7], 7]])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

/** As tables of the sign test have them. */
test.each([[6, 1, 6], [8, 1, 8], [9, 2, 8], [12, 3, 10], [15, 4, 12], [20, 6, 15], [30, 10, 21]])('of %d values the median is between number %d and number %d', (count, lower, upper) => {
  expect(intervalOfMedian(oneTo(count))).toEqual([lower, upper]);
});

test('a few values say nothing of the median', () => {
  expect(intervalOfMedian(oneTo(5))).toEqual([-Infinity, Infinity]);
});

describe('a series', () => {
  const seriesOf = (bar: number | undefined, ...ratios: number[]) => {
    const series = new Series(bar);
    ratios.forEach((ratio) => series.add(ratio));
    return series;
  };

  test.each<[what: string, bar: number | undefined, ratios: number[], isOpen: boolean, isMet: boolean | undefined]>([
    ['all below the bar', 1.05, [1, 1.01, 1.02, 1.03, 1.04, 1.05], false, true],
    ['all above the bar', 1.05, [1.06, 1.07, 1.08, 1.09, 1.1, 1.2], false, false],
    ['on both sides, more below', 1.05, [1, 1, 1, 1, 1.1, 1.2], true, true],
    ['on both sides, more above', 1.05, [1, 1, 1.1, 1.1, 1.1, 1.2], true, false],
    ['without a bar', undefined, [1, 2, 3, 4, 5, 6], false, undefined],
    ['too few', 1.05, [1, 1], true, true],
  ])('%s', (_, bar, ratios, isOpen, isMet) => {
    expect(seriesOf(bar, ...ratios)).toMatchObject({ isOpen, isMet });
  });

  test('only what is open is measured again, and not for ever', async () => {
    const [clear, close] = [new Series(2), new Series(1)];
    await repeat([clear, close], 30, async (open, round) => open.forEach((series) => series.add(round % 2 ? 0.9 : 1.1)));
    expect([clear.ratios.length, close.ratios.length]).toEqual([6, 30]);
  });
});
