import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from './app';
import { Cloud } from './cloud';

/** One of test/e2e/apps as a user would have it: with the packed library, and with what there is already. */
export function appOf(cloud: Cloud, name: string, given: object): App {
  const source = readFileSync(join(__dirname, '../apps', `${name}.ts`), 'utf8');
  const app = App.of(cloud, source.replaceAll('\'../../../src\'', '\'cdk-private-registry\''));
  writeFileSync(join(app.directory, 'given.json'), JSON.stringify(given));
  return app;
}
