import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import before from './renames.json';

/*
 * Before the first release ids, names and descriptions changed once, and nothing else of the templates did. With the old ids and names
 * in place of the new ones, every committed template has the hash that it had before (commit 67891dc).
 */
interface Renames {
  readonly was: string;
  /** The new id, or text with an id in it, by the old one. */
  readonly renamed: Record<string, string>;
  /** The old names of policies, by their old ids. */
  readonly policyNames: Record<string, unknown>;
  /** Two policies that were one: that of the pull, and that of the logs, which kept its place. */
  readonly joined?: Array<[pull: string, logs: string]>;
}

const DIRECTORY = join(__dirname, 'templates');
const TEMPLATES = readdirSync(DIRECTORY).flatMap((name) => readdirSync(join(DIRECTORY, name)).map((file) => `${name}/${file}`));

test.each(TEMPLATES)('%s: only ids, names and descriptions are new', (path) => {
  const template = JSON.parse(readFileSync(join(DIRECTORY, path), 'utf8'));
  const renames = (before as unknown as Record<string, Renames>)[path];

  expect(hashOf(restored(template, renames))).toBe(renames.was);
});

function restored(template: any, { renamed, policyNames, joined = [] }: Renames): unknown {
  for (const [pull, logs] of joined) {
    const [first, second] = [pull, logs].map((id) => template.Resources[id].Properties.PolicyDocument.Statement);
    second.unshift(...first);
    delete template.Resources[pull];
  }
  const gone = joined.map(([pull]) => pull);
  const text = JSON.stringify(template, (key, value) => (key === 'DependsOn' && Array.isArray(value) ? value.filter((id) => !gone.includes(id)) : value));
  const longestFirst = Object.entries(renamed).sort(([, one], [, other]) => other.length - one.length);
  const result = JSON.parse(longestFirst.reduce((rest, [old, now]) => rest.replaceAll(`"${now}"`, `"${old}"`), text));
  for (const [id, name] of Object.entries(policyNames)) {
    result.Resources[id].Properties.PolicyName = name;
  }
  for (const { Type, Properties } of Object.values<any>(result.Resources ?? {})) {
    if (Type === 'AWS::IAM::Role' && /^(?:Reads the credentials|Answers CloudFormation)/.test(Properties.Description)) {
      delete Properties.Description;
    }
    if (Type === 'AWS::Lambda::Function' && /^(?:Checks whether images|Answers CloudFormation)/.test(Properties.Description)) {
      Properties.Description = 'Checks whether container images can be pulled from private registries';
    }
  }
  return result;
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
  const sorted = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, item]) => [name, canonical(item, name)]));
}
