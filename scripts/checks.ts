/** Runs checks one by one and counts them; `.ci/run` adds up the counts. */
export class Checks {
  private passed = 0;
  private failed = 0;

  /** Passes if `body` doesn't throw. Text that it returns is shown as the figure that was measured. */
  check(name: string, body: () => string | void): void {
    try {
      const figure = body();
      this.passed++;
      console.log(`ok      ${name}${figure ? `: ${figure}` : ''}`);
    } catch (error) {
      this.failed++;
      console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : error}`);
    }
  }

  /** Prints the counts as the last line, and makes the process fail if a check did. */
  finish(): void {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed === 0 ? 0 : 1;
  }
}
