import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { runExample } from './example';
import { codeBlocks, deadLinks, documentAt } from './markdown';
import { RegistryProvider } from '../../src';
import { ERROR_IDS, WARNING_IDS } from '../../src/private/errors';
import { ADDED_BY_PULL_CHECK, ExpectedDifference, IMAGE_DIFFERENCES, SERVICE_DIFFERENCES } from '../contract/moving-over.differences';
import { SILENT_FAILURES } from '../contract/silent-failures';
import { warningIdsOf } from '../support/synth';

const README = documentAt('README.md');

describe('examples', () => {
  const examples = codeBlocks(README, 'ts').map(({ heading, code }, index) => ({ heading: `${index + 1}, ${heading}`, code }));

  test.each(examples)('$heading: synthesizes, and warns about nothing but what its text says', ({ heading, code }) => {
    const stacks = stacksOf(runExample(code));
    stacks.forEach((stack) => Template.fromStack(stack));

    const expected = heading.includes('central security account') ? ['crossAccountSecret'] : [];
    expect(stacks.flatMap(warningIdsOf)).toEqual(expected);
  });

  test.each(codeBlocks(README, 'diff'))('$heading: no logical id and no type changes, and nothing is added but the check', ({ code }) => {
    const [before, after] = ['+', '-'].map((sign) => {
      const lines = code.split('\n').filter((line) => !line.startsWith(sign)).map((line) => line.slice(1));
      const stack = runExample(`declare const secret: secretsmanager.ISecret;\n${lines.join('\n')}`);
      return Object.entries(Template.fromStack(stack).toJSON().Resources).map(([id, { Type }]: any) => `${id} ${Type}`);
    });
    expect(after).toEqual(expect.arrayContaining(before));
    const added = after.filter((resource) => !before.includes(resource)).map((resource) => resource.split(' ')[1]);
    expect([...new Set(added)].sort()).toEqual([...ADDED_BY_PULL_CHECK].sort());
  });
});

describe('tables', () => {
  test('"Why not just fromRegistry?" has the rows that the contract tests have', () => {
    const evidence = evidenceByRow();
    const table = SILENT_FAILURES.map(({ id, situation, raw, ours }) => (
      `| ${situation} | ${raw} | ${ours} | [${evidence[id]?.label}](test/contract/${evidence[id]?.file}) |`
    ));
    expect(README).toContain(['| Situation | aws-cdk-lib alone | With this library | Test |', '| --- | --- | --- | --- |', ...table].join('\n'));
  });

  test('what differs on moving over is what the contract test allows to differ', () => {
    const rows = (differences: ExpectedDifference[]) => [...new Set(differences.map((difference) => {
      const same = differences.filter(({ type, path, why }) => type === difference.type && path === difference.path && why === difference.why);
      return `| \`${difference.type}\` | ${lastOf(difference.path)} | ${values(same, 'raw')} | ${values(same, 'ours')} | ${difference.why} |`;
    }))];
    const table = ['| Resource | Property | Before | After | Why |', '| --- | --- | --- | --- | --- |', ...rows(SERVICE_DIFFERENCES), ''].join('\n');

    expect(README).toContain(table);

    const types = [...new Set(IMAGE_DIFFERENCES.map(({ type }) => `\`${type}\``))];
    expect(README).toContain(`The rows of ${types.slice(0, -1).join(', ')} and ${types.slice(-1)} are all that differs if you only change the image`);
    expect(table).toContain(`| --- | --- | --- | --- | --- |\n${rows(IMAGE_DIFFERENCES).join('\n')}\n`);
    expect(SERVICE_DIFFERENCES.slice(IMAGE_DIFFERENCES.length).filter(({ type }) => types.includes(`\`${type}\``))).toEqual([]);
  });

  test('what the check adds on moving over is what the contract test allows it to add', () => {
    const types = ADDED_BY_PULL_CHECK.filter((type) => type.startsWith('AWS::')).map((type) => `\`${type}\``);
    expect(README).toContain(`The pull check adds to each stack that has an image to check ${types.slice(0, -1).join(', ')} and ${types.slice(-1)}, and a \`Custom::PrivateRegistryPullCheck\` for each image.`);
  });

  test('every option of the check has a row', () => {
    const [placement] = /interface PullCheckPlacement \{[^}]*\}/.exec(documentAt('src/pull-check/pull-check-function.ts'))!;
    const structs = `${placement}${documentAt('src/pull-check/pull-check-options.ts')}`;
    const options = [...structs.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, option]) => option);
    const [, table] = README.split('| `pullCheck` | What it is | Default |');
    const documented = table.split('\n\n')[0].split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, option]) => option));
    expect(documented.sort()).toEqual(options.sort());
  });

  test('every option of the command line is named', () => {
    const options = [...documentAt('src/cli/main.ts').matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(options.length).toBeGreaterThan(8);
    expect(options.filter((option) => !README.includes(option))).toEqual([]);
  });

  test('every way to a provider has a recipe', () => {
    const ways = Object.getOwnPropertyNames(RegistryProvider).filter((name) => !['length', 'name', 'prototype', 'forImage'].includes(name));
    expect(ways.filter((way) => !new RegExp(`^\\| \\[[^|]* \\| \`${way}\\b`, 'm').test(README))).toEqual([]);
  });

  test('every row has as many cells as the head of its table', () => {
    const tables = README.split('\n\n').filter((paragraph) => paragraph.startsWith('|'));
    const uneven = tables.filter((table) => new Set(table.trim().split('\n').map((line) => line.split(/(?<!\\)\|/).length)).size !== 1);
    expect(uneven).toEqual([]);
  });
});

test('every id of an error or a warning exists', () => {
  const ids: readonly string[] = [...ERROR_IDS, ...WARNING_IDS];
  const mentioned = [...README.matchAll(/(?:cdk-private-registry:|\[`)(\w+)(?=`\]\(docs\/errors\.md|')/g)].map(([, id]) => id);
  expect(mentioned).not.toEqual([]);
  expect(mentioned.filter((id) => !ids.includes(id))).toEqual([]);
});

test.each(['README.md', 'CONTRIBUTING.md', 'docs/errors.md', 'docs/architecture.md', 'docs/registries.md', 'docs/security.md'])('every link in %s leads somewhere', (path) => {
  expect(deadLinks(path)).toEqual([]);
});

test('the example in Python is the first one of a new service', () => {
  const [python] = codeBlocks(README, 'python');
  const { code } = codeBlocks(README, 'ts').find(({ heading }) => heading === 'A new service')!;
  const valuesIn = (text: string) => text.match(/(?<=['"])(?:ghcr|arn)[^'"]+|\d+(?=,\n)/g);
  expect(valuesIn(python.code)).toEqual(valuesIn(code));
});

/** The test file that each row of the table is proven in. */
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

function stacksOf(stack: Stack): Stack[] {
  return (stack.node.root as App).node.findAll().filter(Stack.isStack);
}
