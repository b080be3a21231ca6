/** Milliseconds of the processors, by all threads of this process: other programs on the machine hardly change it. */
export function stopwatch(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
}
