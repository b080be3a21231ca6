import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES, snapshotOf, snapshots, synthesize, Templates, templatesIn } from './cases';
import { ENV } from '../support/synth';

/** Without the hashes of bundles. */
function comparable(templates: Templates): Templates {
  return JSON.parse(JSON.stringify(templates).replace(/[0-9a-f]{64}/g, 'HASH'));
}

test('there are cases, and each has a snapshot and the other way round', () => {
  expect(CASES.length).toBeGreaterThan(0);
  expect(snapshots().sort()).toEqual(CASES.map(snapshotOf).sort());
});

describe.each(CASES)('%s', (name) => {
  test('the templates are the committed ones, with those of the assertions, which integ-runner does not compare', () => {
    const templates = synthesize(name, { CDK_INTEG_ACCOUNT: '12345678', CDK_INTEG_REGION: 'test-region' });

    expect(Object.keys(templates)).toHaveLength(2);
    expect(comparable(templates)).toEqual(comparable(templatesIn(snapshotOf(name))));
  });

  test('the snapshot says nothing of who made it', () => {
    const files = readdirSync(snapshotOf(name)).filter((file) => file.endsWith('.json') && file !== 'tree.json');
    const text = files.map((file) => readFileSync(join(snapshotOf(name), file), 'utf8')).join('\n');

    expect(files).toEqual(expect.arrayContaining(['integ.json', 'manifest.json']));
    expect((text.match(/\b\d{12}\b/g) ?? []).filter((account) => account !== ENV.account)).toEqual([]);
    expect(text).not.toMatch(/"(?:[A-Z]:\\|\/)[^"]*(?:node_modules|\.ts\b)/);
    expect(text).not.toContain(process.cwd());
  });
});
