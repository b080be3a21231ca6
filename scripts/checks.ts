/** Runs checks one by one and counts them; `.ci/run` adds up the counts. */
export class Checks {
  private passed = 0;
  private failed = 0;

  /** Passes if `body` doesn't throw. Text that it returns is shown as the figure that was measured. */
  check(name: string, body: () => string | void): void {
    try {
      this.pass(name, body());
    } catch (error) {
      this.fail(name, error);
    }
  }

  /** The same for what takes its time, beside which other checks can run. */
  async checkAsync(name: string, body: () => Promise<string | void>): Promise<void> {
    try {
      this.pass(name, await body());
    } catch (error) {
      this.fail(name, error);
    }
  }

  /** Prints the counts as the last line, and makes the process fail if a check did. */
  finish(): void {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed === 0 ? 0 : 1;
  }

  private pass(name: string, figure: string | void): void {
    this.passed++;
    console.log(`ok      ${name}${figure ? `: ${figure}` : ''}`);
  }

  private fail(name: string, error: unknown): void {
    this.failed++;
    console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : error}`);
  }
}
