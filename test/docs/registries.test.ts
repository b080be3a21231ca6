import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRegistriesDoc } from '../../scripts/registries-doc';
import { RegistryProvider } from '../../src/provider/registry-provider';
import { REGISTRIES } from '../../src/registries/registry-knowledge';

const DOC = readFileSync(join(__dirname, '..', '..', 'docs', 'registries.md'), 'utf8');

test('the document is what the table renders', () => {
  expect(DOC).toBe(renderRegistriesDoc());
});

test('the document says how it is generated', () => {
  expect(DOC.split('\n')[0]).toContain('npx ts-node --project tsconfig.dev.json scripts/registries-doc.ts');
});

test('every way to a provider is in the document', () => {
  const ways = Object.getOwnPropertyNames(RegistryProvider)
    .filter((name) => !['length', 'name', 'prototype', 'forImage'].includes(name));
  expect(ways).toHaveLength(14);
  for (const way of ways) {
    expect(DOC).toMatch(new RegExp(`^RegistryProvider\\.${way}\\b`, 'm'));
  }
});

test.each(REGISTRIES)('the provider that the document shows for $label is that of the registry', (registry) => {
  const provider: RegistryProvider = new Function('RegistryProvider', `return ${registry.example.provider};`)(RegistryProvider);
  expect(provider.usernameHint).toBe(registry.username);
  expect(provider.documentationUrl).toBe(registry.documentation[0]);
  expect(provider.host).toBe(registry.hosts[0] ?? provider.host);
});

test('the secrets in the document are JSON as ECS reads it', () => {
  const secrets = [...DOC.matchAll(/```json\n(.*)\n```/g)].map(([, json]) => JSON.parse(json));
  expect(secrets).toHaveLength(REGISTRIES.length);
  for (const secret of secrets) {
    expect(Object.keys(secret)).toEqual(['username', 'password']);
  }
});

test('every link inside the document has a heading, and every row of the overview as many cells as its head', () => {
  const headings = [...DOC.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^a-z0-9 -]/g, '').replace(/ /g, '-'));
  const links = [...DOC.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links).toHaveLength(REGISTRIES.length);
  expect(headings).toEqual(expect.arrayContaining(links));

  const cells = DOC.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split(/(?<!\\)\|/).length);
  expect(new Set(cells).size).toBe(1);
});
