/** Logs the given fields, never a whole event: it has the address that accepts answers. */
export function log(entry: Record<string, unknown>): void {
  console.log(JSON.stringify(entry));
}
