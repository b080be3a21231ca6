interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** Time that passes only where a check sleeps or a server lets it wait: a busy machine changes nothing. */
export class VirtualTime {
  private time = Date.now();
  private readonly timers = new Set<Timer>();

  public readonly now = (): number => this.time;

  public readonly sleep = async (ms: number): Promise<void> => {
    this.time += ms;
  };

  public readonly startTimer = (ms: number, callback: () => void): (() => void) => {
    const timer = { due: this.time + ms, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  /** Lets a client wait, up to this time, for as long as it has timers. */
  public pass(ms: number = Infinity): void {
    const end = this.time + ms;
    for (let next = this.nextTimer(); next !== undefined; next = this.nextTimer()) {
      if (next.due > end) {
        this.time = end;
        return;
      }
      this.timers.delete(next);
      this.time = next.due;
      next.callback();
    }
  }

  private nextTimer(): Timer | undefined {
    return [...this.timers].sort((a, b) => a.due - b.due)[0];
  }
}
