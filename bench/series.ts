import { FEWEST, intervalOfMedian, median } from './statistics';

/** Ratios of what was measured in turns, and what they may be at the most. */
export class Series {
  public readonly ratios: number[] = [];

  constructor(public readonly bar?: number) {}

  public add(ratio: number): void {
    this.ratios.push(ratio);
  }

  /** Whether it needs more pairs: there are too few, or the bar is within the interval of the median. */
  public get isOpen(): boolean {
    return this.ratios.length < FEWEST || this.isByMedian;
  }

  /** Whether the interval does not say on which side of the bar the median is. */
  public get isByMedian(): boolean {
    const { bar, ratios } = this;
    const [lower, upper] = intervalOfMedian(ratios);
    return bar !== undefined && lower <= bar && bar < upper;
  }

  public get isMet(): boolean | undefined {
    return this.bar === undefined ? undefined : median(this.ratios) <= this.bar;
  }

  public toString(): string {
    const [lower, upper] = intervalOfMedian(this.ratios);
    return `${median(this.ratios).toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)}, ${this.ratios.length} pairs)`;
  }
}

/** How long a bar may stay open, in pairs and in seconds. The fewest pairs are measured in any case. */
export interface Limit {
  readonly pairs: number;
  readonly seconds: number;
}

/**
 * Repeats a round for those series which are still open, so that a machine that is busy makes the run longer and not the
 * result wrong. On the way only the interval decides, never the median: that would be on the better side of the bar at some
 * moment even if it does not belong there. It is asked once, when the limit is reached.
 */
export async function repeat<T extends Series>(
  series: readonly T[], { pairs, seconds }: Limit, round: (open: readonly T[], number: number) => Promise<void>,
): Promise<void> {
  const end = performance.now() + 1_000 * seconds;
  for (let number = 0; number < pairs; number++) {
    const open = series.filter(({ isOpen }) => isOpen);
    if (open.length === 0 || (number >= FEWEST && performance.now() >= end)) {
      return;
    }
    await round(open, number);
  }
}
