import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRegistriesDoc } from '../../scripts/registries-doc';
import { RegistryProvider } from '../../src/provider/registry-provider';
import { GUIDES } from '../../src/registries/guides/guides';
import { REGISTRIES } from '../../src/registries/registries';

const DOC = readFileSync(join(__dirname, '..', '..', 'docs', 'registries.md'), 'utf8');

test('the document is what the guides render', () => {
  expect(DOC).toBe(renderRegistriesDoc());
});

test('the document says how it is generated', () => {
  expect(DOC.split('\n')[0]).toContain('npx ts-node --project tsconfig.dev.json scripts/registries-doc.ts');
});

test('every way to a provider is in the document', () => {
  const ways = Object.getOwnPropertyNames(RegistryProvider)
    .filter((name) => !['length', 'name', 'prototype', 'forImage'].includes(name));
  expect(ways).toHaveLength(23);
  for (const way of ways) {
    expect(DOC).toMatch(new RegExp(`^RegistryProvider\\.${way}\\b`, 'm'));
  }
});

test('every registry that accepts credentials has a guide', () => {
  const keys = REGISTRIES.map(({ key }) => key).filter((key) => !['ecr', 'ecr-public'].includes(key));
  expect(GUIDES.map(({ registry }) => registry.key)).toEqual(keys);
});

test.each(GUIDES)('the provider that the document shows for $registry.label is that of the registry', ({ registry, example }) => {
  const provider: RegistryProvider = new Function('RegistryProvider', `return ${example.provider};`)(RegistryProvider);
  expect(provider._key).toBe(registry.key);
  expect(provider.usernameHint).toBe(registry.usernameHint);
  expect(provider.host).toBe(registry.hosts[0] ?? provider.host);
});

test.each(GUIDES)('$registry.label is explained in plain words, without a real credential', ({ registry, expiry, steps, documentation, example }) => {
  for (const text of [registry.usernameHint, registry.passwordHint, expiry]) {
    expect(text).toMatch(/^\S.*[^.\s]$/);
  }
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.length).toBeLessThanOrEqual(3);
  expect(example.password).toMatch(/^<[^<>]+>$/);
  for (const url of documentation) {
    expect(new URL(url).protocol).toBe('https:');
  }
});

test('the overview says what is known about IPv6 and the pull-through cache', () => {
  const withCell = (index: number, text: string) => [...DOC.matchAll(/^\| \[(.*?)\]\(.*\|$/gm)]
    .filter(([row]) => row.split(/(?<!\\)\|/).at(index)!.trim() === text).map(([, label]) => label);
  expect(withCell(-2, 'no')).toEqual(['GitHub Container Registry', 'GitLab.com']);
  expect(withCell(-2, 'yes')).toEqual([]);
  // ECR asks Quay without credentials.
  expect(withCell(-3, 'public images only')).toEqual(['Quay.io']);
  expect(withCell(-3, 'yes')).toEqual(['Docker Hub', 'GitHub Container Registry', 'GitLab.com', 'Chainguard', 'Azure Container Registry']);
});

test('the guide of GitHub names the kinds of tokens that do not work', () => {
  expect(DOC).toMatch(/^- Fine-grained personal access tokens \(`github_pat_\.\.\.`\)/m);
  expect(DOC).toMatch(/^- Tokens of a GitHub App \(`ghs_\.\.\.`\)/m);
});

test('the secrets in the document are JSON as ECS reads it', () => {
  const secrets = [...DOC.matchAll(/```json\n(.*)\n```/g)].map(([, json]) => JSON.parse(json));
  expect(secrets).toHaveLength(GUIDES.length);
  for (const secret of secrets) {
    expect(Object.keys(secret)).toEqual(['username', 'password']);
  }
});

test('every link inside the document has a heading, and every row of the overview as many cells as its head', () => {
  const headings = [...DOC.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^a-z0-9 -]/g, '').replace(/ /g, '-'));
  const links = [...DOC.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links).toHaveLength(GUIDES.length);
  expect(headings).toEqual(expect.arrayContaining(links));

  const cells = DOC.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split(/(?<!\\)\|/).length);
  expect(new Set(cells).size).toBe(1);
});
