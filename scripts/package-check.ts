/**
 * Builds what is generated and what is published, and checks both:
 *
 *     npm run verify:package
 */
import { deepStrictEqual } from 'node:assert';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Checks } from './checks';
import { compareWithLastTag } from './compatibility';
import { compile, pack, REPOSITORY, run, scratchDirectory } from './run';

const MAX_BYTES = 420_000;
const PUBLISHED = /^(lib\/.+\.(js|d\.ts)|assets\/.+\/index\.js|bin\/cdk-private-registry|\.jsii|package\.json|README\.md|LICENSE|API\.md)$/;
const REQUIRED = [
  '.jsii', 'API.md', 'LICENSE', 'README.md', 'assets/pull-check/handler/index/index.js', 'bin/cdk-private-registry', 'lib/index.d.ts', 'lib/index.js',
  'package.json',
];

function main(): void {
  const checks = new Checks();
  checks.check('npm ci has nothing to warn about, such as a development tool that needs a newer Node.js', () => {
    deepStrictEqual(run('npm', ['ci', '--dry-run']).split('\n').filter((line) => line.startsWith('npm warn')), []);
  });
  checks.check('the files that projen generates are current', () => leavesTreeUnchanged(() => run('projen', ['default'])));
  checks.check('jsii compiles without a warning', compile);
  checks.check('the public API breaks nothing of the last release', compareWithLastTag);
  checks.check('API.md is current', () => leavesTreeUnchanged(() => run('projen', ['docgen'])));
  checks.check('awslint has no finding', noFindings);
  checks.check('the examples of the README and of the docstrings compile', () => leavesTreeUnchanged(() => run('projen', ['rosetta'])));

  const directory = scratchDirectory();
  try {
    checkTarball(checks, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
  checks.finish();
}

function checkTarball(checks: Checks, directory: string): void {
  let tarball = '';
  checks.check('npm packs it', () => {
    tarball = pack(directory);
  });

  checks.check(`the tarball is smaller than ${MAX_BYTES / 1000} kB`, () => {
    const size = statSync(tarball).size;
    if (size >= MAX_BYTES) {
      throw new Error(`${size} bytes`);
    }
    return `${(size / 1000).toFixed(1)} kB`;
  });

  checks.check('it has the compiled code and the documents, and nothing else', () => {
    const files = filesOf(tarball);
    deepStrictEqual(files.filter((file) => !PUBLISHED.test(file)), [], 'files that should not be published');
    deepStrictEqual(REQUIRED.filter((file) => !files.includes(file)), [], 'files that are missing');
    return `${files.length} files`;
  });

  checks.check('it has no runtime dependency', () => {
    const { dependencies, bundledDependencies, bundleDependencies, optionalDependencies } = json(tarball, 'package.json');
    deepStrictEqual({ ...dependencies, ...optionalDependencies }, {});
    deepStrictEqual([...bundledDependencies ?? [], ...bundleDependencies ?? []], []);
  });

  checks.check('package.json and .jsii agree', () => {
    const [manifest, assembly] = [json(tarball, 'package.json'), json(tarball, '.jsii')];
    for (const field of ['name', 'version', 'license', 'description']) {
      deepStrictEqual(assembly[field], manifest[field], `${field}: ${assembly[field]} in .jsii, ${manifest[field]} in package.json`);
    }
    deepStrictEqual(assembly.dependencies, manifest.peerDependencies, 'the peers differ');
    return `${manifest.name} ${manifest.version}, ${manifest.license}`;
  });
}

/** Changes that nobody has committed yet are no fault; what a generator adds to them is. */
function leavesTreeUnchanged(generate: () => void): void {
  const before = changes();
  generate();
  const after = changes();
  const changed = [...after.keys()].filter((file) => after.get(file) !== before.get(file));
  if (changed.length > 0) {
    throw new Error(`these files were not current, commit them: ${changed.join(', ')}`);
  }
}

/** The files that differ from the last commit, each with its content. */
function changes(): Map<string, string> {
  const files = run('git', ['ls-files', '--modified', '--others', '--exclude-standard', '-z']).split('\0').filter(Boolean);
  return new Map(files.map((file) => [file, contentOf(join(REPOSITORY, file))]));
}

function contentOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : '';
}

function noFindings(): void {
  // awslint exits 0 on warnings.
  const findings = run('projen', ['awslint']).split('\n').filter((line) => line.includes('[awslint:'));
  if (findings.length > 0) {
    throw new Error(findings.join('\n'));
  }
}

function filesOf(tarball: string): string[] {
  return run('tar', ['-tzf', tarball]).split('\n').filter(Boolean).map((file) => file.replace(/^package\//, ''));
}

function json(tarball: string, file: string): any {
  return JSON.parse(run('tar', ['-xzOf', tarball, `package/${file}`]));
}

main();
