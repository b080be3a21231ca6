import { join } from 'node:path';
import { filesOfCdk } from './files';
import { LoadOrder, LoadReport } from './load-process';
import { Report } from './report';
import { repeat, Series } from './series';
import { inNewProcess, LIBRARY } from './workers';
import { REPOSITORY } from '../scripts/run';

const GROUP = 'Load time';
const LIMIT = { pairs: 24, seconds: 40 };
const LIBRARY_BAR = 1.1;
/** Keeps the function from growing unnoticed. */
const BUNDLE_BAR = 1.2;
const BUNDLE = join(REPOSITORY, 'assets', 'pull-check', 'handler', 'index', 'index.js');
/** In the Lambda runtime; the bundle leaves them out. */
const CLIENTS = ['cloudformation', 'lambda', 'secrets-manager'].map((name) => require.resolve(`@aws-sdk/client-${name}`));

export async function benchLoad(report: Report): Promise<void> {
  report.addSeries(GROUP, 'aws-cdk-lib and the package over aws-cdk-lib', await loadTime({ needed: filesOfCdk(), file: LIBRARY }, LIBRARY_BAR));
  report.addSeries(GROUP, 'the AWS clients and the function over the clients', await loadTime({ needed: CLIENTS, file: BUNDLE }, BUNDLE_BAR));
}

async function loadTime(order: LoadOrder, bar: number): Promise<Series> {
  const series = new Series(bar);
  await repeat([series], LIMIT, async () => {
    const { needed, all } = inNewProcess<LoadReport>('load-process', order);
    series.add(all / needed);
  });
  return series;
}
