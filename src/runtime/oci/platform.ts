import { isObject } from '../http/json';

/** Operating system and architecture in the words of the OCI image specification (Go's GOOS and GOARCH). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** containerd's `platforms.Normalize`, as far as ECS has such machines. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** Reads `linux/amd64`. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.toLowerCase().split('/');
  if (!os || !architecture || rest.length > 0) {
    throw new TypeError(`platform must be <os>/<architecture>, got ${JSON.stringify(text)}, expected for example linux/amd64`);
  }
  return { os, architecture: canonicalArchitecture(architecture), variant };
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
  return { os: os.toLowerCase(), architecture: canonicalArchitecture(architecture.toLowerCase()), variant: typeof variant === 'string' && variant ? variant : undefined };
}

function canonicalArchitecture(architecture: string): string {
  return Object.hasOwn(ARCHITECTURES, architecture) ? ARCHITECTURES[architecture] : architecture;
}

/** The variants that the plain architecture runs. An image for x86-64-v3 or ARMv9 needs more than ECS promises. */
const BASE_VARIANTS: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8' };

export function runsOn(image: Platform, wanted: Platform): boolean {
  if (image.os !== wanted.os || image.architecture !== wanted.architecture) {
    return false;
  }
  const base = BASE_VARIANTS[wanted.architecture];
  return (image.variant ?? base) === (wanted.variant ?? base);
}
