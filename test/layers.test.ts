import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import * as ts from 'typescript';

const SOURCES = join(__dirname, '..', 'src');

/** The folders from the bottom up, and the folders that each of them imports from. Every one stands further up. */
const LAYERS: Record<string, string[]> = {
  'private': [],
  'reference': [],
  'registries': [],
  'registries/guides': ['registries'],
  'consumers': ['private'],
  'runtime/http': [],
  'runtime/verdict': ['registries', 'runtime/http'],
  'runtime/expiry': ['registries', 'runtime/http', 'runtime/verdict'],
  'runtime/secret': ['runtime/expiry', 'runtime/http', 'runtime/verdict'],
  'runtime/oci': ['reference', 'registries', 'runtime/http', 'runtime/verdict'],
  'runtime': ['reference', 'registries', 'runtime/expiry', 'runtime/http', 'runtime/oci', 'runtime/secret', 'runtime/verdict'],
  'provider': ['private', 'reference', 'registries'],
  'access': ['private'],
  'credentials': ['access', 'private', 'provider'],
  'pull-check': ['access', 'credentials', 'private', 'provider', 'reference', 'registries'],
  'pull-check/handler': ['private', 'pull-check', 'reference', 'runtime'],
  'image': ['access', 'consumers', 'credentials', 'private', 'provider', 'pull-check', 'reference', 'registries'],
  'codebuild': ['access', 'credentials', 'image', 'private', 'provider', 'registries'],
  'registry': ['access', 'codebuild', 'credentials', 'image', 'private', 'provider'],
  'everywhere': ['access', 'consumers', 'credentials', 'image', 'private', 'provider', 'reference', 'registries', 'registry'],
  'watch': ['private', 'pull-check', 'reference', 'registries'],
  'service': ['access', 'credentials', 'image', 'private', 'provider', 'registry', 'watch'],
  'assembly': ['consumers', 'private', 'pull-check', 'reference', 'registries'],
  'cli': ['assembly', 'private', 'reference', 'registries', 'runtime'],
};

const FILES = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'));

/** The files that a file imports, types included. */
const IMPORTS = Object.fromEntries(FILES.map((file) => {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(SOURCES, file), 'utf8'));
  const own = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
  return [file, own.map((name) => `${posix.join(posix.dirname(file), name)}.ts`)];
}));

test('every import leads to a file', () => {
  const missing = Object.values(IMPORTS).flat().filter((file) => !FILES.includes(file));
  expect(missing).toEqual([]);
  expect(Object.values(IMPORTS).flat().length).toBeGreaterThan(100);
});

test('no file imports itself by way of others', () => {
  expect(FILES.map((file) => cycleThrough(file)).filter((cycle) => cycle !== undefined)).toEqual([]);
});

test('each folder imports from the folders of its layer\'s list', () => {
  const arrows: Record<string, string[]> = {};
  for (const [file, imported] of Object.entries(IMPORTS)) {
    const folder = dirname(file);
    const others = imported.map((other) => dirname(other)).filter((other) => other !== folder);
    arrows[folder] = [...new Set([...arrows[folder] ?? [], ...others])].sort();
  }
  const { '.': index, ...folders } = arrows;
  expect(folders).toEqual(LAYERS);
});

test('an arrow leads down', () => {
  const order = Object.keys(LAYERS);
  const upwards = Object.entries(LAYERS).flatMap(([folder, imported]) => (
    imported.filter((other) => order.indexOf(other) >= order.indexOf(folder)).map((other) => `${folder} -> ${other}`)
  ));
  expect(upwards).toEqual([]);
});

function cycleThrough(file: string, path: string[] = [file]): string[] | undefined {
  for (const next of IMPORTS[path[path.length - 1]]) {
    if (next === file) {
      return path;
    }
    if (!path.includes(next)) {
      const cycle = cycleThrough(file, [...path, next]);
      if (cycle) {
        return cycle;
      }
    }
  }
  return undefined;
}
