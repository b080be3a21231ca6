import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isExcepted } from './exceptions';
import { Fault, Judgement } from './judge';
import { Plan } from './parts';
import { LAUNCHERS, Launcher, Outcome } from './play';

const FOLDER = join(__dirname, '../../.engines');

/** Disagreements by class (launcher and fault) and kind, with how often each was seen. */
export class Report {
  private readonly classes = new Map<string, Map<string, number>>();

  public add(launcher: Launcher, fault: Fault, kind: string): void {
    const name = `${launcher}: ${fault}${isExcepted(fault, kind) ? ' (exception)' : ''}`;
    const kinds = this.classes.get(name) ?? new Map<string, number>();
    this.classes.set(name, kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
  }

  public addAll(judgement: Judgement, kind: string): void {
    LAUNCHERS.forEach((launcher) => {
      const fault = judgement[launcher];
      if (fault !== undefined) {
        this.add(launcher, fault, kind);
      }
    });
  }

  /** What is no exception, each with the least plan or the behaviour that shows it. */
  public faults(): string[] {
    return this.sorted().filter(([name]) => !name.endsWith('(exception)')).flatMap(([name, kinds]) => [...kinds.keys()].map((kind) => `${name}: ${kind}`));
  }

  public print(title: string): void {
    const text = this.sorted().map(([name, kinds]) => [
      `${sum(kinds)} ${name}`,
      ...[...kinds].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([kind, count]) => `${String(count).padStart(6)}  ${kind}`),
    ].join('\n'));
    process.stdout.write(`\n${title}\n\n${text.join('\n\n')}\n\n`);
  }

  private sorted(): [string, Map<string, number>][] {
    return [...this.classes].sort(([a], [b]) => a.localeCompare(b));
  }
}

function sum(kinds: Map<string, number>): number {
  return [...kinds.values()].reduce((a, b) => a + b, 0);
}

export function planText(plan: Plan): string {
  return Object.entries(plan).map(([dimension, value]) => `${dimension}: ${value}`).sort().join(' + ');
}

/** Writes what everybody does in each exchange to `.engines/<name>.tsv`, and says where. */
export function writeTable(name: string, rows: readonly (readonly [kind: string, outcome: Outcome])[]): void {
  const file = join(FOLDER, `${name}.tsv`);
  const lines = rows.map(([kind, { check, containerd, dockerd }]) => [
    kind,
    ...LAUNCHERS.map((launcher) => `${check[launcher].verdict}${check[launcher].kind === 'not-definite' ? ' (not definite)' : ''}`),
    ...[containerd, dockerd].map((pulled) => pulled.error ?? ['pulls', pulled.platform, pulled.notRunnable].filter(Boolean).join(', ')),
  ].map((cell) => cell.replace(/\s+/g, ' ')).join('\t'));
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, ['exchange\tcheck on Fargate\tcheck on instances\tcontainerd\tdockerd', ...lines, ''].join('\n'));
  process.stdout.write(`${rows.length} exchanges, in ${file}\n`);
}
