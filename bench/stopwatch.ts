/** Milliseconds. */
export interface Spent {
  /** Of the processors, by all threads of this process: other programs on the machine hardly change it. */
  readonly cpu: number;
  readonly wall: number;
}

export function stopwatch(): () => Spent {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpu: (user + system) / 1_000, wall: performance.now() - wall };
  };
}
