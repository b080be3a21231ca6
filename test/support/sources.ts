import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The text of the files below a folder of the project whose name ends so, by their paths. */
export function sourcesIn(folder: string, ending: string): Map<string, string> {
  const files = readdirSync(join(ROOT, folder), { recursive: true }) as string[];
  return new Map(files.filter((file) => file.endsWith(ending)).map((file) => [file, readFileSync(join(ROOT, folder, file), 'utf8')]));
}
