import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import renames from './renames.json';

/*
 * Before the first release ids and names changed once, and nothing else of the templates did. With the old ids in place of the new
 * ones, every committed template has the hash that it had before (commit 67891dc).
 */
const DIRECTORY = join(__dirname, 'templates');
const TEMPLATES = readdirSync(DIRECTORY).flatMap((name) => readdirSync(join(DIRECTORY, name)).map((file) => `${name}/${file}`));

test.each(TEMPLATES)('%s: only ids and names are new', (path) => {
  const { was, renamed } = (renames as Record<string, { was: string; renamed: Record<string, string> }>)[path];
  const template = readFileSync(join(DIRECTORY, path), 'utf8');

  expect(hashOf(withOldIds(template, renamed))).toBe(was);
});

function withOldIds(template: string, renamed: Record<string, string>): unknown {
  const longestFirst = Object.entries(renamed).sort(([, one], [, other]) => other.length - one.length);
  return JSON.parse(longestFirst.reduce((text, [before, now]) => text.replaceAll(`"${now}"`, `"${before}"`), template));
}

function hashOf(template: unknown): string {
  return createHash('sha256').update(JSON.stringify(canonical(template))).digest('hex').slice(0, 16);
}

/** With keys in the order of the alphabet, and so DependsOn: its order follows the ids. */
function canonical(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) {
    return key === 'DependsOn' ? [...value].sort() : value.map((item) => canonical(item));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, item]) => [name, canonical(item, name)]));
}
