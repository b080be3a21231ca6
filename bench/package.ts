import { statSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfCdk } from './files';
import { LoadOrder, LoadReport } from './load-process';
import { Report } from './report';
import { repeat, Series } from './series';
import { inNewProcess, LIBRARY } from './workers';
import { pack, REPOSITORY, scratchDirectory } from '../scripts/run';

const GROUP = 'Package';
const LIMIT = { pairs: 24, seconds: 40 };
const LIBRARY_BAR = 1.1;
/** Keeps the function from growing unnoticed. */
const BUNDLE_BAR = 1.2;
const BUNDLE = join(REPOSITORY, 'assets', 'pull-check', 'handler', 'index', 'index.js');
/** In the Lambda runtime; the bundle leaves them out. */
const CLIENTS = ['cloudformation', 'lambda', 'secrets-manager'].map((name) => require.resolve(`@aws-sdk/client-${name}`));
const TARBALL_LIMIT = 300_000;
const BUNDLE_LIMIT = 100_000;

export async function benchPackage(report: Report): Promise<void> {
  const { atOnce, used } = filesOfCdk();
  report.addSeries(GROUP, 'load time of aws-cdk-lib and the package over that of aws-cdk-lib', await loadTime({ needed: used, file: LIBRARY }, LIBRARY_BAR));
  report.add(GROUP, 'files of aws-cdk-lib that the package loads at once, of those that a service needs', `${atOnce.length} of ${used.length}`);
  report.addSeries(GROUP, 'load time of the AWS clients and the function over that of the clients', await loadTime({ needed: CLIENTS, file: BUNDLE }, BUNDLE_BAR));

  const directory = scratchDirectory();
  try {
    addSize(report, 'tarball', pack(directory), TARBALL_LIMIT);
  } finally {
    rmSync(directory, { recursive: true });
  }
  addSize(report, 'function', BUNDLE, BUNDLE_LIMIT);
}

async function loadTime(order: LoadOrder, bar: number): Promise<Series> {
  const series = new Series(bar);
  await repeat([series], LIMIT, async () => {
    const { needed, all } = inNewProcess<LoadReport>('load-process', order);
    series.add(all.cpu / needed.cpu);
  });
  return series;
}

function addSize(report: Report, what: string, file: string, limit: number): void {
  const { size } = statSync(file);
  report.add(GROUP, `bytes of the ${what}`, `${size}`, `less than ${limit}`, size < limit);
}
