import { createHash } from 'node:crypto';
import { declaredPlatform, Platform } from './platform';
import { isObject, isTime, parseJsonOfGo } from '../http/json';
import { HttpResponse } from '../http/message';
import { Engine } from '../verdict/message-context';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

const INDEX_TYPES = [OCI_INDEX, DOCKER_LIST];
const MANIFEST_TYPES = [OCI_MANIFEST, DOCKER_MANIFEST];
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json', 'application/octet-stream'];
/** What old Docker and old gcr.io wrote instead (moby#30083): dockerd runs such an image, containerd makes no container of it. */
const OLD_CONFIG_TYPES = ['application/json', 'text/html', ''];

/** Always all four: without the OCI types distribution 2.8 answers 404, and rewrites Docker manifests to schema 1. */
export const MANIFEST_ACCEPT = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');

/** Far more than any image has platforms: the memory of the function has an end. */
const MOST_ENTRIES = 10_000;

/** What one of the engines refuses, and the other pulls. */
export interface Objection {
  readonly engine: Engine;
  /** Follows "serves". */
  readonly reason: string;
}

/** A manifest or config that a document names. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface Entry extends Descriptor {
  /** `undefined`: its config has it. */
  readonly platform?: Platform;
  readonly objections: readonly Objection[];
}

export type Manifest = { readonly objections: readonly Objection[] } & (
  | { readonly kind: 'index'; readonly entries: readonly Entry[] }
  | Image
);

export interface Image {
  readonly kind: 'image';
  readonly config: Descriptor;
  /** The number of layers. */
  readonly layers: number;
}

/** The answer is the manifest of something that ECS cannot run, or no manifest. */
export class ManifestError extends Error {
  /** The type is what the server says, and nothing that can be shown as it is. */
  constructor(public readonly verdict: 'NOT_AN_IMAGE' | 'PROTOCOL_ERROR', reason: string, public readonly type?: string) {
    super(reason);
    this.name = 'ManifestError';
  }
}

/** The media type without parameters: Artifactory adds a charset. */
export function mediaTypeOf({ headers }: Pick<HttpResponse, 'headers'>): string {
  return (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
}

/** The kind by the header alone; `undefined` if that depends on the body. Throws if it cannot be an image. */
export function kindByMediaType(mediaType: string): Manifest['kind'] | undefined {
  const kind = knownKind(mediaType);
  if (kind !== undefined) {
    return kind;
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
  throw new ManifestError('NOT_AN_IMAGE', 'something else', mediaType);
}

/** Reads a manifest that is served with this media type: the one behind the tag or digest, or what an index leads to. */
export function parseManifest(body: Buffer, headerType: string, place: 'top' | 'child' = 'top'): Manifest {
  const headerKind = kindByMediaType(headerType);
  const json = parseObject(body);
  if (json.fsLayers !== undefined && json.fsLayers !== null) {
    throw new ManifestError('NOT_AN_IMAGE', 'a manifest of schema 1, which containerd no longer pulls');
  }
  const kind = kindByContent(json);
  if (Array.isArray(json.manifests) && json.manifests.length > MOST_ENTRIES) {
    throw new ManifestError('PROTOCOL_ERROR', `an index with more than ${MOST_ENTRIES} entries`);
  }
  const bodyType = typeof json.mediaType === 'string' ? json.mediaType : '';
  // Two clients must never read the same bytes as two different things (CVE-2021-41190).
  if ((headerKind ?? kind) !== kind || (knownKind(bodyType) ?? kind) !== kind) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest whose media type contradicts its content');
  }
  validateTypes(json);
  const objections = [...objectionsToFields(json, kind), ...headerKind === undefined ? [] : objectionsToType(headerType, bodyType)];
  return kind === 'index' ? { kind, objections, entries: entriesOf(json) } : parseImage(json, objections, place === 'top' && headerType !== OCI_MANIFEST);
}

/** The kind by one of the four media types. */
export function knownKind(mediaType: string): Manifest['kind'] | undefined {
  return INDEX_TYPES.includes(mediaType) ? 'index' : MANIFEST_TYPES.includes(mediaType) ? 'image' : undefined;
}

/** containerd refuses the fields of another kind of manifest, even if they are null. */
function objectionsToFields(json: Record<string, unknown>, kind: Manifest['kind']): Objection[] {
  const foreign = ['fsLayers', ...kind === 'index' ? ['config', 'layers'] : ['manifests']];
  return foreign.filter((name) => name in json).map((name) => ({ engine: 'containerd', reason: `a manifest with ${name}, which another kind of manifest has` }));
}

function objectionsToType(headerType: string, bodyType: string): Objection[] {
  const mayBeMissing = headerType !== DOCKER_MANIFEST;
  return bodyType === headerType || (mayBeMissing && bodyType === '')
    ? []
    : [{ engine: 'dockerd', reason: 'a manifest whose mediaType differs from its Content-Type' }];
}

function parseObject(body: Buffer): Record<string, unknown> {
  const json = parseJsonOfGo(body.toString());
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

type Type = (value: unknown) => boolean;
const isText: Type = (value) => typeof value === 'string';
const isList: Type = Array.isArray;
const isTexts: Type = (value) => isObject(value) && Object.values(value).every((text) => text === null || isText(text));
const DESCRIPTOR: Readonly<Record<string, Type>> = {
  mediaType: isText, digest: isText, size: Number.isInteger, annotations: isTexts, platform: isObject,
};
const DOCUMENT: Readonly<Record<string, Type>> = {
  schemaVersion: Number.isInteger,
  mediaType: isText,
  manifests: isList,
  layers: isList,
  config: isObject,
  annotations: isTexts,
};

const CONFIG: Readonly<Record<string, Type>> = {
  os: isText, architecture: isText, variant: isText, created: isTime, rootfs: isObject, config: isObject, history: isList,
};

/** The engines refuse a whole document for one field of another type than they expect. */
function validateTypes(json: Record<string, unknown>): void {
  const { config, manifests } = json;
  const descriptors = [config, ...Array.isArray(manifests) ? manifests : []].filter(isObject);
  const wrong = wrongField(json, DOCUMENT) ?? descriptors.map((one) => wrongField(one, DESCRIPTOR)).find((name) => name !== undefined);
  if (wrong !== undefined) {
    throw new ManifestError('PROTOCOL_ERROR', `a manifest whose ${wrong} has a wrong type`);
  }
}

function wrongField(object: Record<string, unknown>, types: Readonly<Record<string, Type>>): string | undefined {
  return Object.keys(types).find((name) => object[name] !== undefined && object[name] !== null && !types[name](object[name]));
}

function entriesOf(json: Record<string, unknown>): Entry[] {
  const entries = (json.manifests as unknown[]).filter(isObject).map(entryOf);
  // BuildKit puts attestations beside the images, with the platform unknown/unknown.
  if (entries.every(({ platform }) => platform?.os === 'unknown')) {
    throw new ManifestError('NOT_AN_IMAGE', 'an index without any image');
  }
  return entries;
}

/**
 * No annotation and no artifactType decides anything: OCI image-spec 1.1 makes the latter the media type of the config, and ko,
 * GoReleaser and Chainguard write it on every entry.
 */
function entryOf(entry: Record<string, unknown>): Entry {
  const descriptor = descriptorOf(entry);
  const objections: Objection[] = [];
  const object = (reason: string) => objections.push({ engine: 'containerd', reason });
  if (knownKind(descriptor.mediaType) === undefined) {
    object('an index whose entry has no media type of a manifest');
  }
  if (descriptor.size === 0) {
    object('an index whose entry has no size');
  }
  if (!isObject(entry.platform)) {
    return { ...descriptor, objections };
  }
  const { os, architecture, 'os.features': features } = entry.platform;
  if (!os && !architecture) {
    object('an index whose entry has an empty platform');
    return { ...descriptor, objections };
  }
  if (Array.isArray(features) && features.length > 0) {
    object('an index whose entry needs features of the operating system');
  }
  // Without an operating system, that of the machine is meant.
  const platform = declaredPlatform({ ...entry.platform, os: os || 'linux', architecture: architecture || 'unknown' });
  return { ...descriptor, platform, objections };
}

function descriptorOf({ mediaType, digest, size }: Record<string, unknown>): Descriptor {
  return { mediaType: typeof mediaType === 'string' ? mediaType : '', digest: typeof digest === 'string' ? digest : '', size: Number(size ?? 0) };
}

function parseImage(json: Record<string, unknown>, objections: readonly Objection[], isStrict: boolean): Manifest {
  const config = descriptorOf(isObject(json.config) ? json.config : {});
  if (![...CONFIG_TYPES, ...OLD_CONFIG_TYPES].includes(config.mediaType)) {
    // Of OCI's manifests and behind an index, dockerd looks only at how the type begins.
    const isPulled = !isStrict && /^application\/vnd\.(docker|oci\.image)\.(?!ai\.)/i.test(config.mediaType);
    throw new ManifestError(isPulled ? 'PROTOCOL_ERROR' : 'NOT_AN_IMAGE', 'an artifact', config.mediaType);
  }
  if (!isSha256(config.digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'a manifest without a config');
  }
  const own: Objection[] = [
    ...OLD_CONFIG_TYPES.includes(config.mediaType) ? [{ engine: 'containerd' as const, reason: 'a manifest whose config has no media type of an image' }] : [],
    ...config.size === 0 ? [{ engine: 'containerd' as const, reason: 'a manifest whose config has no size' }] : [],
  ];
  return { kind: 'image', config, objections: [...objections, ...own], layers: Array.isArray(json.layers) ? json.layers.length : 0 };
}

/** The config blob of an image with so many layers; its platform is `undefined` if it declares none. */
export function parseConfig(body: Buffer, layers: number): { readonly platform?: Platform; readonly objections: readonly Objection[] } {
  const json = parseObject(body);
  const { rootfs } = json;
  const ids = isObject(rootfs) ? rootfs.diff_ids ?? [] : [];
  const wrong = wrongField(json, CONFIG) ?? (Array.isArray(ids) ? undefined : 'diff_ids');
  if (wrong !== undefined) {
    throw new ManifestError('PROTOCOL_ERROR', `a config whose ${wrong} has a wrong type`);
  }
  if ((ids as unknown[]).length !== layers) {
    throw new ManifestError('PROTOCOL_ERROR', 'a config with other layers than its manifest');
  }
  return { platform: declaredPlatform(json), objections: isObject(rootfs) ? [] : [{ engine: 'dockerd', reason: 'a config without rootfs' }] };
}

export function sha256Digest(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** Whether these bytes have this digest, which can be of another algorithm. */
export function hasDigest(body: Buffer, digest: string): boolean {
  const [algorithm, hex] = digest.split(':');
  return ['sha256', 'sha384', 'sha512'].includes(algorithm) && createHash(algorithm).update(body).digest('hex') === hex;
}

/** Whether a digest is one, in the eyes of the engines. */
export function isDigest(digest: string): boolean {
  return /^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/.test(digest);
}

export function isSha256(digest: string | undefined): digest is string {
  return /^sha256:[0-9a-f]{64}$/.test(digest ?? '');
}
