import { Report } from '../../bench/report';
import { repeat, Series, Limit } from '../../bench/series';
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
    await repeat([clear, close], { pairs: 30, seconds: 60 }, async (open, round) => open.forEach((series) => series.add(round % 2 ? 0.9 : 1.1)));
    expect([clear.ratios.length, close.ratios.length]).toEqual([6, 30]);
  });

  describe('with a clock', () => {
    let seconds = 0;
    beforeEach(() => {
      seconds = 0;
      jest.spyOn(performance, 'now').mockImplementation(() => 1_000 * seconds);
    });
    afterEach(() => jest.restoreAllMocks());

    /** Each round takes ten seconds. */
    async function pairsIn(limit: Limit, bar: number, ratioOf: (round: number) => number): Promise<Series> {
      const series = new Series(bar);
      await repeat([series], limit, async (_, round) => {
        seconds += 10;
        series.add(ratioOf(round));
      });
      return series;
    }

    test.each<[what: string, ratioOf: (round: number) => number, isMet: boolean]>([
      ['below', (round) => (round % 3 ? 0.9 : 1.1), true],
      ['above', (round) => (round % 3 ? 1.1 : 0.9), false],
    ])('a median %s the bar decides when the time is used up, and not before', async (_, ratioOf, isMet) => {
      const series = await pairsIn({ pairs: 100, seconds: 80 }, 1, ratioOf);
      expect(series.ratios).toHaveLength(8);
      expect(series).toMatchObject({ isMet, isByMedian: true });
    });

    test('a median that is on the good side for a moment only is no reason to stop', async () => {
      const series = await pairsIn({ pairs: 13, seconds: 1_000 }, 1, (round) => (round < 5 ? 0.9 : 1.1));
      expect(series.ratios).toHaveLength(13);
      expect(series).toMatchObject({ isMet: false, isByMedian: true });
    });

    test('an interval decides before', async () => {
      const series = await pairsIn({ pairs: 100, seconds: 1_000 }, 1, () => 0.9);
      expect(series.ratios).toHaveLength(6);
      expect(series).toMatchObject({ isMet: true, isByMedian: false });
    });

    test('the fewest pairs are measured in any case', async () => {
      expect((await pairsIn({ pairs: 100, seconds: 1 }, 1, () => 0.9)).ratios).toHaveLength(6);
    });
  });
});

test('a report tells what only the median has decided', () => {
  const log = jest.spyOn(console, 'error').mockImplementation(() => {});
  const report = new Report();
  const add = (what: string, ...ratios: number[]) => {
    const series = new Series(1.05);
    ratios.forEach((ratio) => series.add(ratio));
    report.addSeries('Time', what, series);
  };
  add('clear', 1, 1, 1, 1, 1, 1.05);
  add('close', 1, 1, 1, 1, 1, 1.06);
  add('missed', 1.06, 1.06, 1.06, 1.06, 1.06, 1.07);
  add('closely missed', 1, 1.06, 1.06, 1.06, 1.06, 1.06);
  const lines = log.mock.calls.flat();
  log.mockRestore();
  expect(lines).toEqual([
    'Time: clear: 1.00 (1.00 to 1.05, 6 pairs), at most 1.05, met',
    'Time: close: 1.00 (1.00 to 1.06, 6 pairs), at most 1.05, met by the median',
    'Time: missed: 1.06 (1.06 to 1.07, 6 pairs), at most 1.05, MISSED',
    'Time: closely missed: 1.06 (1.00 to 1.06, 6 pairs), at most 1.05, MISSED by the median',
  ]);
});
