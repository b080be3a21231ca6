import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputTimeout, write } from './streams';
import { oneLine, UsageError } from './usage';
import { AppImage, imagesIn } from '../assembly/app-images';
import { Assembly, AssemblyError, readAssembly } from '../assembly/assembly';
import { ImageReference } from '../reference/image-reference';
import { withoutDefaultPort } from '../registries/registries';
import { isObject, parseJson } from '../runtime/check';

/** The images of an app, and what could not be read of it. */
export interface App extends Pick<Assembly, 'unread'> {
  readonly images: readonly AppImage[];
}

/** Reads what `cdk synth` wrote, and warns about what it cannot read. */
export async function readApp(directory: string, signal: AbortSignal): Promise<App> {
  try {
    const assembly = await readAssembly(async (path) => {
      const json = parseJson(await readText(join(directory, path), path, signal));
      return isObject(json) ? json : undefined;
    });
    for (const part of assembly.unread) {
      await write(process.stderr, `warning: the images of ${printable(part)} are not known\n`);
    }
    return { images: imagesIn(assembly), unread: assembly.unread };
  } catch (error) {
    if (error instanceof AssemblyError || error instanceof UsageError) {
      throw new UsageError(`${printable(directory)} cannot be used: ${printable(error.message)}; expected the directory that cdk synth writes, usually cdk.out`);
    }
    throw error;
  }
}

/** However long: the manifest of a large app has dozens of megabytes. */
async function readText(file: string, name: string, signal: AbortSignal): Promise<string> {
  try {
    return await readFile(file, { encoding: 'utf8', signal });
  } catch (error) {
    throw signal.aborted ? new InputTimeout('the app could not be read in time') : new UsageError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** What pulls an image, for people: the path of its construct, and the name of its container. */
export function consumerOf({ path, logicalId, container }: AppImage): string {
  return `${path?.replace(/\/Resource$/, '') ?? logicalId}${container === undefined ? '' : ` (${container})`}`;
}

/** The host of a registry as images have it; undefined if the text is none. */
export function registryHost(text: string): string | undefined {
  try {
    const { host, repository } = ImageReference.parse(`${text}/image`);
    return /^(?:library\/)?image$/.test(repository) ? withoutDefaultPort(host) : undefined;
  } catch {
    return undefined;
  }
}

/** A template can contain anything. */
export function printable(text: string): string {
  return oneLine(text).replace(/\p{C}/gu, '?');
}
