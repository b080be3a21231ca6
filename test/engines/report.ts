import { Plan } from './parts';

/** Disagreements by class (launcher and fault) and kind, with how often each was seen. */
export class Report {
  private readonly counts = new Map<string, Map<string, number>>();

  public add(kindOfFault: string, kind: string): void {
    const kinds = this.counts.get(kindOfFault) ?? new Map<string, number>();
    this.counts.set(kindOfFault, kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
  }

  /** How many of each class. */
  public totals(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort().map(([fault, kinds]) => [fault, sum([...kinds.values()])]));
  }

  public text(): string {
    return [...this.counts].sort().map(([fault, kinds]) => [
      `\n${sum([...kinds.values()])} ${fault}`,
      ...[...kinds].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([kind, count]) => `  ${String(count).padStart(4)} ${kind}`),
    ].join('\n')).join('\n');
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

export function planText(plan: Plan): string {
  return Object.entries(plan).map(([dimension, value]) => `${dimension}: ${value}`).sort().join(' + ') || 'a plain registry';
}
