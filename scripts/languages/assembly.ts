import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The template of a stack, as it was written, but for one value: in `CDKMetadata` the CDK lists which libraries were loaded, and
 * the language is among them.
 */
export function templateIn(assembly: string, stack: string): string {
  const text = readFileSync(join(assembly, `${stack}.template.json`), 'utf8');
  const withoutAnalytics = text.replace(/("Analytics": )"[^"]*"/, '$1"..."');
  if (withoutAnalytics === text) {
    throw new Error(`the template of ${stack} has no CDKMetadata`);
  }
  return withoutAnalytics;
}

/** The files of all assets, by their path. The name of a folder is the hash of what is in it. */
export function assetsIn(assembly: string): Map<string, Buffer> {
  const files = readdirSync(assembly, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(assembly.length + 1))
    .filter((file) => file.startsWith('asset.'));
  return new Map(files.sort().map((file) => [file, readFileSync(join(assembly, file))]));
}

/** The version of aws-cdk-lib that an app was synthesized with. */
export function versionIn(assembly: string): string {
  return JSON.parse(readFileSync(join(assembly, 'tree.json'), 'utf8')).tree.constructInfo.version;
}

/** The first line that two texts don't share. */
export function differenceBetween(actual: string, expected: string): string {
  const [actualLines, expectedLines] = [actual.split('\n'), expected.split('\n')];
  const line = actualLines.findIndex((text, index) => text !== expectedLines[index]);
  return `line ${line + 1}\n  is        ${actualLines[line]}\n  should be ${expectedLines[line]}`;
}
