/** What a tool says of a template. */
export interface Finding {
  readonly rule: string;
  /** The app, and what of it: `<app> <file or construct>`. */
  readonly where: string;
  readonly message: string;
}

/** Findings that are known and are no fault. */
export interface AcceptedFinding {
  readonly rule: string;
  readonly where: RegExp;
  /** Tells findings of one rule in one place apart. */
  readonly message?: RegExp;
  readonly reason: string;
}

/** Throws if a finding is not accepted, or if what is accepted does not occur. Returns how many findings there are. */
export function compare(findings: Finding[], accepted: AcceptedFinding[]): string {
  const unused = accepted.filter((one) => !findings.some((finding) => explains(one, finding)));
  const lines = [
    ...unexplained(findings, accepted).map(({ rule, where, message }) => `not accepted: ${rule} at ${where}: ${message}`),
    ...unused.map(({ rule, where }) => `accepted, but does not occur any more: ${rule} at ${where}`),
  ];
  if (lines.length > 0) {
    throw new Error(lines.join('\n'));
  }
  return `${findings.length} findings, ${accepted.length} reasons`;
}

/** The findings that are not accepted. */
export function unexplained(findings: Finding[], accepted: AcceptedFinding[]): Finding[] {
  return findings.filter((finding) => !accepted.some((one) => explains(one, finding)));
}

/** Throws unless exactly these rules are broken. */
export function expectRules(findings: Finding[], rules: string[]): void {
  const found = [...new Set(findings.map(({ rule }) => rule))].sort();
  if (found.join() !== [...rules].sort().join()) {
    throw new Error(`expected ${rules.join(', ')}, found ${found.join(', ') || 'nothing'}`);
  }
}

function explains(accepted: AcceptedFinding, { rule, where, message }: Finding): boolean {
  return accepted.rule === rule && accepted.where.test(where) && (accepted.message?.test(message) ?? true);
}
