import { isObject } from '../http/json';

/** Operating system and architecture in the words of the OCI image specification (Go's GOOS and GOARCH). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** containerd's `platforms.Normalize`: the names that it knows besides Go's. */
const ARCHITECTURES: Readonly<Record<string, Omit<Platform, 'os'>>> = {
  'x86_64': { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  'i386': { architecture: '386' },
  'aarch64': { architecture: 'arm64' },
  'armhf': { architecture: 'arm', variant: 'v7' },
  'armel': { architecture: 'arm', variant: 'v6' },
};

/** The variants that the plain architecture means. */
const BASE_VARIANTS: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/** What Go compiles for, without the systems that ECS does not have. */
const KNOWN = new RegExp('^(?:linux|windows)/(?:386|loong64|mips(?:64)?(?:le)?|ppc64(?:le)?|riscv64|s390x|'
  + 'amd64(?:/v?[1-4])?|arm(?:/v?[5-8])?|arm64(?:/v?[89](?:\\.[0-9])?)?)$');

/** Programs of 32 bits, which many processors of 64 bits run as well. */
const SMALLER: Readonly<Record<string, string>> = { amd64: '386', arm64: 'arm' };

/** Reads `linux/amd64`. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.toLowerCase().split('/');
  const platform = { os, variant, ...architectureOf(architecture ?? '') };
  if (!os || !architecture || rest.length > 0 || !KNOWN.test(platformText(platform))) {
    throw new TypeError(`platform must be <os>/<architecture>, got ${JSON.stringify(text)}, expected one such as linux/amd64, linux/arm64 or windows/amd64`);
  }
  return platform;
}

export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}

/** The platform that an index entry or an image config declares. */
export function declaredPlatform(value: unknown): Platform | undefined {
  const { os, architecture, variant } = isObject(value) ? value : {};
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') {
    return undefined;
  }
  return { os: os.toLowerCase(), variant: typeof variant === 'string' && variant ? variant : undefined, ...architectureOf(architecture.toLowerCase()) };
}

function architectureOf(architecture: string): Omit<Platform, 'os'> {
  return Object.hasOwn(ARCHITECTURES, architecture) ? ARCHITECTURES[architecture] : { architecture };
}

/**
 * The place of a platform among those that containerd's `platforms.Only(wanted)` matches, best first; -1 if it matches none. amd64 also
 * runs 386, arm64 also runs older variants and arm.
 */
export function preferenceOf(image: Platform, wanted: Platform): number {
  return image.os === wanted.os ? runnableOn(wanted).indexOf(`${image.architecture}/${variantOf(image)}`) : -1;
}

/** `linux/amd64/v3` on amd64, or 386 on arm64, cannot be told from here: the machine can be better than its platform says. */
export type Fit = 'runs' | 'fails' | 'open';

/** Whether a machine runs a single image, which its engine pulls for every processor. */
export function fitOf(image: Platform, wanted: Platform): Fit {
  if (preferenceOf(image, wanted) >= 0) {
    return 'runs';
  }
  const family = [wanted.architecture, SMALLER[wanted.architecture]];
  return image.os === wanted.os && family.includes(image.architecture) ? 'open' : 'fails';
}

function variantOf({ architecture, variant = '' }: Platform): string {
  const version = /^v?(\d+)(\.0)?$/.exec(variant.toLowerCase())?.[1];
  return version === undefined ? variant.toLowerCase() || (BASE_VARIANTS[architecture] ?? '') : `v${version}`;
}

function runnableOn(wanted: Platform): string[] {
  const variant = variantOf(wanted);
  const own = `${wanted.architecture}/${variant}`;
  switch (wanted.architecture) {
    case 'amd64': return [...versions('amd64', variant, 1), '386/'];
    case 'arm64': return [...new Set([own, ...versions('arm64', variant, 8), ...versions('arm', 'v8', 5)])];
    case 'arm': return versions('arm', variant, 5);
    default: return [own];
  }
}

function versions(architecture: string, highest: string, lowest: number): string[] {
  const top = Number(highest.slice(1).split('.')[0]);
  return Array.from({ length: Math.max(top - lowest + 1, 0) }, (_, index) => `${architecture}/v${top - index}`);
}
