/** How many samples say nothing of their median: the interval of fewer would be wider than all of them. */
export const FEWEST = 6;

export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/**
 * Where the median of all samples that could be taken is, with a certainty of at least 95 %. It rests on the order of the
 * samples only, so that neither their distribution nor a few that were disturbed matter.
 */
export function intervalOfMedian(values: readonly number[]): readonly [lower: number, upper: number] {
  const sorted = ascending(values);
  const count = sorted.length;
  if (count < FEWEST) {
    return [-Infinity, Infinity];
  }
  // As many samples are cut off at each end as that the median lies beyond them in 2.5 % of all cases at the most.
  let cut = 0;
  let probability = 0.5 ** count;
  for (let beyond = probability; beyond <= 0.025; cut++) {
    probability *= (count - cut) / (cut + 1);
    beyond += probability;
  }
  return [sorted[cut - 1], sorted[count - cut]];
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other);
}
