import { readFileSync, writeFileSync } from 'node:fs';
import { Series } from './series';

interface Row {
  readonly cells: readonly [what: string, figure: string, bar: string, result: string];
  readonly isMet?: boolean;
}

const HEADER = ['', 'Figure', 'Bar', ''] as const;
const START = '<!-- npm run bench -- --write: from here -->\n';
const END = '<!-- to here -->\n';

/** The one table of all that was measured. */
export class Report {
  private readonly groups = new Map<string, Row[]>();

  /** Adds a figure, and the bar that it has met or not, if it has one. */
  public add(group: string, what: string, figure: string, bar = '', isMet?: boolean, isByMedian = false): void {
    const rows = this.groups.get(group) ?? [];
    this.groups.set(group, rows);
    const result = isMet === undefined ? '' : `${isMet ? 'met' : 'MISSED'}${isByMedian ? ' by the median' : ''}`;
    rows.push({ cells: [what, figure, bar, result], isMet });
    console.error(`${group}: ${what}: ${[figure, bar, result].filter(Boolean).join(', ')}`);
  }

  /** Adds what was measured in pairs. Of some bars only the median says that they are met. */
  public addSeries(group: string, what: string, series: Series, remark = ''): void {
    const bar = series.bar === undefined ? '' : `at most ${series.bar.toFixed(2)}`;
    this.add(group, what, `${series}${remark}`, bar, series.isMet, series.isByMedian);
  }

  /** Prints the table and the counts, and makes the process fail if a bar was missed. */
  public finish(): void {
    const rows = [...this.groups.values()].flat();
    const widths = HEADER.map((_, column) => Math.max(...rows.map(({ cells }) => cells[column].length)));
    for (const [group, members] of this.groups) {
      console.log(`\n${group}\n${'-'.repeat(widths.reduce((sum, width) => sum + width + 2))}`);
      members.forEach(({ cells }) => console.log(cells.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()));
    }
    const failed = rows.filter(({ isMet }) => isMet === false).length;
    console.log(`\n${rows.filter(({ isMet }) => isMet === true).length} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  }

  /** Puts the table, and what it was measured on, into a document. */
  public write(file: string, circumstances: readonly string[]): void {
    const text = readFileSync(file, 'utf8');
    const [before, rest, after] = [text.split(START)[0], text.split(START)[1]?.split(END)[0], text.split(END)[1]];
    if (rest === undefined || after === undefined) {
      throw new Error(`${file} has no lines ${START.trim()} and ${END.trim()}`);
    }
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    const tables = [...this.groups].map(([group, rows]) => [
      line([group, ...HEADER.slice(1)]), line(HEADER.map(() => '---')), ...rows.map(({ cells }) => line(cells)), '',
    ].join('\n'));
    const lines = circumstances.map((circumstance) => `- ${circumstance}`).join('\n');
    writeFileSync(file, `${before}${START}\n${lines}\n\n${tables.join('\n')}\n${END}${after}`);
  }
}
