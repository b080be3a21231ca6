import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allDocuments, documentAt } from './markdown';
import { RegistryProvider } from '../../src';
import { USAGE } from '../../src/cli/usage';
import { ERROR_IDS, WARNING_IDS } from '../../src/private/errors';
import { VERDICTS } from '../../src/runtime/verdict/verdict';
import { ADDED_BY_PULL_CHECK, ExpectedDifference, IMAGE_DIFFERENCES, SERVICE_DIFFERENCES } from '../contract/moving-over.differences';
import { SILENT_FAILURES as SITUATIONS } from '../contract/silent-failures';
import { EVENT_SHAPES } from '../watch/event-shapes';

const README = documentAt('README.md');
const COMPARISON = documentAt('docs/comparison.md');
const MOVING_OVER = documentAt('docs/moving-over.md');
const PULL_CHECK = documentAt('docs/pull-check.md');
const WATCHDOG = documentAt('docs/watchdog.md');
const API = documentAt('API.md');

test('the comparison with fromRegistry has the rows that the contract tests have', () => {
  const evidence = evidenceByRow();
  const table = SITUATIONS.map(({ id, situation, raw, ours }) => (
    `| ${situation} | ${raw} | ${ours} | [${evidence[id]?.label}](../test/contract/${evidence[id]?.file}) |`
  ));
  expect(COMPARISON).toContain(['| Situation | aws-cdk-lib alone | With this library | Test |', '| --- | --- | --- | --- |', ...table, ''].join('\n'));
});

test('the events that a rule for failed pulls reports are those that the matcher of AWS is asked about', () => {
  const rows = EVENT_SHAPES.map(({ what, matches }) => `| ${what[0].toUpperCase()}${what.slice(1)} | ${matches ? 'yes' : 'no'} |`);
  expect(WATCHDOG).toContain(['| Event | Reported |', '| --- | --- |', ...rows, ''].join('\n'));
});

test('what differs on moving over is what the contract test allows to differ', () => {
  const rows = (differences: ExpectedDifference[]) => [...new Set(differences.map((difference) => {
    const same = differences.filter(({ type, path, why }) => type === difference.type && path === difference.path && why === difference.why);
    return `| \`${difference.type}\` | ${lastOf(difference.path)} | ${values(same, 'raw')} | ${values(same, 'ours')} | ${difference.why} |`;
  }))];
  const table = ['| Resource | Property | Before | After | Why |', '| --- | --- | --- | --- | --- |', ...rows(SERVICE_DIFFERENCES), ''].join('\n');

  expect(MOVING_OVER).toContain(table);

  const types = [...new Set(IMAGE_DIFFERENCES.map(({ type }) => `\`${type}\``))];
  expect(MOVING_OVER).toContain(`The rows of ${types.slice(0, -1).join(', ')} and ${types.slice(-1)} are all that differs if you only change the image`);
  expect(table).toContain(`| --- | --- | --- | --- | --- |\n${rows(IMAGE_DIFFERENCES).join('\n')}\n`);
  expect(SERVICE_DIFFERENCES.slice(IMAGE_DIFFERENCES.length).filter(({ type }) => types.includes(`\`${type}\``))).toEqual([]);
});

test('what the check adds on moving over is what the contract test allows it to add', () => {
  const types = ADDED_BY_PULL_CHECK.filter((type) => type.startsWith('AWS::')).map((type) => `\`${type}\``);
  expect(MOVING_OVER).toContain(`The pull check adds to each stack that has an image to check ${types.slice(0, -1).join(', ')} and ${types.slice(-1)}, and a \`Custom::PrivateRegistryPullCheck\` for each image.`);
});

test('every option of the check has a row', () => {
  const options = new Set([...API.matchAll(/#cdk-private-registry\.PullCheckOptions\.property\.(\w+)"/g)].map(([, option]) => option));
  const [, table] = PULL_CHECK.split('| `pullCheck` | Meaning | Default |');
  const documented = table.split('\n\n')[0].split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, option]) => option));
  expect(documented.sort()).toEqual([...options].sort());
});

test('every option of the command line is named in the README', () => {
  const options = [...USAGE.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
  expect(options.length).toBeGreaterThan(8);
  expect(options.filter((option) => !README.includes(option))).toEqual([]);
});

test('every provider of the README exists, with one row each', () => {
  const ways = Object.getOwnPropertyNames(RegistryProvider);
  const [, table] = README.split('| Registry | `RegistryProvider` |');
  const named = table.split('\n\n')[0].split('\n').slice(2).map((line) => [...line.split('|')[2].matchAll(/`(\w+)/g)].map(([, way]) => way));
  expect(named).toHaveLength(8);
  expect(named.flat().filter((way) => !ways.includes(way))).toEqual([]);
});

test('every verdict next to a message of ECS exists', () => {
  const [, table] = documentAt('docs/troubleshooting.md').split('| The message contains | Cause | Do | Verdict |');
  const named = table.split('\n\n')[0].split('\n').flatMap((line) => [...(line.split('|')[4] ?? '').matchAll(/`(\w+)`/g)].map(([, verdict]) => verdict));
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((verdict) => !(VERDICTS as readonly string[]).includes(verdict))).toEqual([]);
});

test.each(allDocuments())('%s: every row has as many cells as the head of its table', (path) => {
  const tables = documentAt(path).split('\n\n').filter((paragraph) => paragraph.startsWith('|'));
  const uneven = tables.filter((table) => new Set(table.trim().split('\n').map((line) => line.split(/(?<!\\)\|/).length)).size !== 1);
  expect(uneven).toEqual([]);
});

test.each(allDocuments())('%s: every id of an error or a warning exists', (path) => {
  const ids: readonly string[] = [...ERROR_IDS, ...WARNING_IDS, 'pullCheckMode'];
  const mentioned = [...documentAt(path).matchAll(/cdk-private-registry:(?!\/)([a-z]\w+)/g)].map(([, id]) => id);
  expect(mentioned.filter((id) => !ids.includes(id))).toEqual([]);
});

/** The test file that each row of the comparison is proven in. */
function evidenceByRow(): Record<string, { file: string; label: string }> {
  const directory = join(__dirname, '..', 'contract');
  const files = readdirSync(directory).filter((file) => /^nothing-fails-silently.*\.test\.ts$/.test(file));
  return Object.fromEntries(files.flatMap((file) => (
    [...documentAt(`test/contract/${file}`).matchAll(/\brow\('(\w+)'\)/g)].map(([, id]) => [id, { file, label: /silently\.?(.*)\.test/.exec(file)![1] }])
  )));
}

function lastOf(path: string): string {
  return `\`${path.replace(/^Properties\./, '').replace('DeploymentConfiguration.', '').replace('NetworkConfiguration.AwsvpcConfiguration.', '')}\``;
}

function values(differences: ExpectedDifference[], side: 'raw' | 'ours'): string {
  const texts = differences.flatMap((difference) => difference[side] ?? []);
  return [...new Set(texts.map((text) => `\`${text.replace(/^(Allow \S+) on .*$/, '$1')}\``))].join(', ');
}
