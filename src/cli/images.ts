import { App, consumerOf, printable, readApp, registryHost } from './app';
import { IMAGES_OPTIONS, parseOptions } from './options';
import { write } from './streams';
import { USAGE, UsageError } from './usage';
import { AppImage } from '../assembly/app-images';
import { isKnown } from '../assembly/template';
import { registryOfHost, withoutDefaultPort } from '../registries/registries';
import { intendedHost } from '../registries/spelling';

const TIMEOUT = 300_000;
const COLUMNS = ['STACK', 'CONSUMER', 'IMAGE', 'REGISTRY', 'CREDENTIALS'];

/** Lists the images of an app. The exit code is 1 if one of a required host certainly has no credentials, else 2 if that is not known of one. */
export async function images(args: string[]): Promise<number> {
  const { values, positionals: [directory, ...others] } = parseOptions(args, IMAGES_OPTIONS);
  if (values.help) {
    await write(process.stdout, USAGE);
    return 0;
  }
  if (directory === undefined || others.length > 0) {
    throw new UsageError(`${directory === undefined ? 'no directory' : 'more than one argument'} is given, expected the directory that cdk synth writes, usually cdk.out`);
  }
  const required = new Set((values.require ?? []).flatMap((hosts) => hosts.split(',')).map(asHost));
  const app = await readApp(directory, AbortSignal.timeout(TIMEOUT));
  if (app.images.length === 0) {
    await write(process.stderr, 'no resource of this app pulls an image\n');
  }
  await write(process.stdout, values.json ? app.images.map(jsonLine).join('') : tableOf(app.images));
  return required.size === 0 ? 0 : judge(app, required);
}

function asHost(text: string): string {
  const host = registryHost(text.trim());
  if (host === undefined) {
    throw new UsageError(`--require has ${JSON.stringify(printable(text))}, expected hosts of registries, separated by commas, for example ghcr.io,docker.io`);
  }
  return host;
}

function jsonLine({ stack, path, logicalId, type, container, image, host, authentication, secret }: AppImage): string {
  return `${JSON.stringify({ stack, path, logicalId, type, container, image, host, authentication, secret })}\n`;
}

function tableOf(all: readonly AppImage[]): string {
  const rows = all.map((image) => {
    const { stack, authentication, secret, host = authentication === 'role' ? '-' : '?' } = image;
    const consumer = consumerOf(image);
    return [stack, consumer.startsWith(`${stack}/`) ? consumer.slice(stack.length + 1) : consumer, image.image, host, secret === undefined ? authentication : `secret ${secret}`];
  });
  const printed = [COLUMNS, ...rows].map((row) => row.map(printable));
  const widths = COLUMNS.map((_, column) => printed.reduce((width, row) => Math.max(width, row[column].length), 0));
  return rows.length === 0 ? '' : printed.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()}\n`).join('');
}

/** Says what is wrong with the images of the required hosts, and returns the exit code. */
async function judge({ images: all, unread }: App, required: ReadonlySet<string>): Promise<number> {
  const authenticated = new Set(all.filter(({ authentication }) => authentication === 'secret').map(keyOf));
  const missing: string[] = [];
  const unclear: string[] = [];
  for (const image of all.filter(({ host }) => host === undefined || required.has(withoutDefaultPort(host)))) {
    const { authentication, host, pulls, macro } = image;
    const subject = `${image.image} of ${consumerOf(image)} in ${image.stack}`;
    if (authentication === '?') {
      const withoutHost = isKnown(image.image) ? 'is not a valid name of an image' : 'can be in any registry';
      unclear.push(`${subject} ${host === undefined ? withoutHost : `is for ${image.type}, which pulls ${pulls}`}`);
    } else if (authentication === 'none' && authenticated.has(keyOf(image))) {
      unclear.push(`${subject} has credentials only under some conditions`);
    } else if (authentication === 'none' && macro !== undefined) {
      unclear.push(`${subject} can get credentials from the macro ${macro}`);
    } else if (authentication === 'none') {
      missing.push(subject);
    }
  }
  unclear.push(...unread.map((part) => `the images of ${part}`), ...unknownOf(all, required));
  await write(process.stderr, [
    ...missing.map((text) => `no credentials: ${printable(text)}\n`),
    ...unclear.map((text) => `cannot tell: ${printable(text)}\n`),
    ...missing.length > 0 ? ['to add credentials, use PrivateRegistryImage for an image, or PrivateRegistries.of() for all in a scope\n'] : [],
  ].join(''));
  return missing.length > 0 ? 1 : unclear.length > 0 ? 2 : 0;
}

/** The same container with the same image, under whatever conditions. */
function keyOf({ stack, logicalId, container, image }: AppImage): string {
  return JSON.stringify([stack, logicalId, container, image]);
}

/** A host that no image and no known registry has is often a typing error. */
function unknownOf(all: readonly AppImage[], required: ReadonlySet<string>): string[] {
  const hosts = new Set(all.map(({ host }) => host && withoutDefaultPort(host)));
  return [...required].filter((host) => !hosts.has(host) && registryOfHost(host) === undefined).map((host) => {
    const intended = intendedHost(host);
    return `no image of this app is in ${host}, and no registry is known there${intended === undefined ? '; check the spelling, or omit the host' : `; did you mean ${intended}?`}`;
  });
}
