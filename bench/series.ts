import { FEWEST, intervalOfMedian, median } from './statistics';

/** Ratios of what was measured in turns, and what they may be at the most. */
export class Series {
  public readonly ratios: number[] = [];

  constructor(public readonly bar?: number) {}

  public add(ratio: number): void {
    this.ratios.push(ratio);
  }

  /** Whether more samples could still tell on which side of the bar the median is. */
  public get isOpen(): boolean {
    const { bar, ratios } = this;
    if (ratios.length < FEWEST) { return true; }
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

/** Milliseconds, after which only a bar that would be missed is worth more samples. */
const LONG_ENOUGH = 120_000;

/**
 * Repeats a round for those series which are not decided yet, so that a machine that is busy makes the run longer and not the
 * result wrong. What is still open in the end is decided by its median.
 */
export async function repeat<T extends Series>(
  series: readonly T[], most: number, round: (open: readonly T[], number: number) => Promise<void>,
): Promise<void> {
  const end = Date.now() + LONG_ENOUGH;
  for (let number = 0; number < most; number++) {
    const isLate = number >= FEWEST && Date.now() > end;
    const open = series.filter(({ isOpen, isMet }) => isOpen && !(isLate && isMet));
    if (open.length === 0) { return; }
    await round(open, number);
  }
}
