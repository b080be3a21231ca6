const PAUSE = 10;

/**
 * Waits until a count has not changed for a while, and returns it. Who reads a log needs it: a line is written after the
 * answer, and a late one would be counted for whoever asks next.
 */
export async function atRest(count: () => number, quiet: number, limit: number): Promise<number> {
  const end = performance.now() + limit;
  let last = count();
  let since = performance.now();
  while (performance.now() - since < quiet) {
    if (performance.now() > end) {
      throw new Error(`a count is still growing after ${limit} ms, it is ${last}`);
    }
    // In short pauses, because a process that was busy reads what has arrived between two of them.
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    const now = count();
    if (now !== last) {
      [last, since] = [now, performance.now()];
    }
  }
  return last;
}
