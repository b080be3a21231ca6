/**
 * Only what is named here gets into the log: the event has the address that takes answers.
 */
export function log(entry: Record<string, unknown>): void {
  console.log(JSON.stringify(entry));
}
