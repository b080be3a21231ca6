import { createHash } from 'node:crypto';
import { declaredPlatform, Platform } from './platform';
import { isObject, parseJson } from '../http/json';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

const INDEX_TYPES = [OCI_INDEX, DOCKER_LIST];
const MANIFEST_TYPES = [OCI_MANIFEST, DOCKER_MANIFEST];
/** The last one is what Docker 1.10 pushed; registries still serve such images. */
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json', 'application/octet-stream'];

/** Always all four: without the OCI types distribution 2.8 answers 404, and rewrites Docker manifests to schema 1. */
export const MANIFEST_ACCEPT = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');

export type Manifest =
  | { readonly kind: 'index'; readonly platforms: readonly Platform[]; readonly undeclared: boolean }
  | { readonly kind: 'image'; readonly configDigest: string };

/** The answer is the manifest of something that ECS cannot run, or no manifest. */
export class ManifestError extends Error {
  constructor(public readonly verdict: 'NOT_AN_IMAGE' | 'PROTOCOL_ERROR', reason: string) {
    super(reason);
    this.name = 'ManifestError';
  }
}

/** The media type without parameters: Artifactory adds a charset. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0].trim().toLowerCase();
}

/** The kind by the header alone; `undefined` if that depends on the body. Throws if it cannot be an image. */
export function kindByMediaType(mediaType: string): Manifest['kind'] | undefined {
  if (INDEX_TYPES.includes(mediaType)) {
    return 'index';
  }
  if (MANIFEST_TYPES.includes(mediaType)) {
    return 'image';
  }
  if (/^application\/vnd\.docker\.distribution\.manifest\.v1\b/.test(mediaType)) {
    throw new ManifestError('NOT_AN_IMAGE', 'a manifest of schema 1, which containerd no longer pulls');
  }
  if (mediaType === 'text/html') {
    throw new ManifestError('PROTOCOL_ERROR', 'an HTML page');
  }
  if (/^(application\/(json|octet-stream)|text\/plain|)$/.test(mediaType)) {
    return undefined;
  }
  throw new ManifestError('NOT_AN_IMAGE', `a ${mediaType}`);
}

export function parseManifest(body: Buffer, contentType: string | undefined): Manifest {
  const headerType = mediaTypeOf(contentType);
  kindByMediaType(headerType);
  const json = parseObject(body);
  if (json.schemaVersion === 1) {
    throw new ManifestError('NOT_AN_IMAGE', 'a manifest of schema 1, which containerd no longer pulls');
  }
  const kind = kindByContent(json);
  const bodyType = typeof json.mediaType === 'string' ? json.mediaType.toLowerCase() : headerType;
  // Two clients must never read the same bytes as two different things (CVE-2021-41190).
  if ((kindByMediaType(headerType) ?? kind) !== kind || (kindByMediaType(bodyType) ?? kind) !== kind) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest whose media type contradicts its content');
  }
  if (kindByMediaType(headerType) !== undefined && bodyType !== headerType) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest whose mediaType differs from its Content-Type');
  }
  return kind === 'index' ? parseIndex(json) : parseImage(json);
}

function parseObject(body: Buffer): Record<string, unknown> {
  const json = parseJson(body.toString());
  if (json === undefined) {
    throw new ManifestError('PROTOCOL_ERROR', 'something that is not JSON');
  }
  if (!isObject(json)) {
    throw new ManifestError('PROTOCOL_ERROR', 'JSON that is not a manifest');
  }
  return json;
}

function kindByContent(json: Record<string, unknown>): Manifest['kind'] {
  const index = Array.isArray(json.manifests);
  const image = isObject(json.config) || Array.isArray(json.layers);
  if (index === image) {
    throw new ManifestError('PROTOCOL_ERROR', index ? 'a manifest that is an index as well' : 'JSON that is not a manifest');
  }
  return index ? 'index' : 'image';
}

function parseIndex(json: Record<string, unknown>): Manifest {
  const entries = (json.manifests as unknown[]).filter(isObject).filter(isRunnable);
  const platforms = entries.map((entry) => declaredPlatform(entry.platform));
  if (entries.length === 0) {
    throw new ManifestError('NOT_AN_IMAGE', 'an index without any image');
  }
  return {
    kind: 'index',
    platforms: platforms.filter((p): p is Platform => p !== undefined),
    undeclared: platforms.includes(undefined),
  };
}

/**
 * BuildKit puts attestations beside the images, with the platform unknown/unknown. An artifactType decides nothing: OCI image-spec 1.1
 * makes it the media type of the config, and ko, GoReleaser and Chainguard write it on every entry.
 */
function isRunnable(entry: Record<string, unknown>): boolean {
  const annotations = isObject(entry.annotations) ? entry.annotations : {};
  const platform = isObject(entry.platform) ? entry.platform : {};
  const mediaType = typeof entry.mediaType === 'string' ? entry.mediaType : OCI_MANIFEST;
  return annotations['vnd.docker.reference.type'] !== 'attestation-manifest' && platform.os !== 'unknown'
    && [...INDEX_TYPES, ...MANIFEST_TYPES].includes(mediaType);
}

function parseImage(json: Record<string, unknown>): Manifest {
  const config = isObject(json.config) ? json.config : {};
  if (typeof config.mediaType === 'string' && !CONFIG_TYPES.includes(config.mediaType)) {
    throw new ManifestError('NOT_AN_IMAGE', `an artifact (${config.mediaType})`);
  }
  if (typeof config.digest !== 'string' || !isSha256(config.digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest without a config');
  }
  return { kind: 'image', configDigest: config.digest };
}

/** The platform in the config blob of an image; `undefined` if it declares none. */
export function platformOfConfig(body: Buffer): Platform | undefined {
  return declaredPlatform(parseObject(body));
}

export function sha256Digest(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

export function isSha256(digest: string | undefined): digest is string {
  return /^sha256:[0-9a-f]{64}$/.test(digest ?? '');
}
