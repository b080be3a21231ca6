import { ManifestError, mediaTypeOf, parseConfig, parseManifest } from '../../src/runtime/oci/manifest';
import { fitOf, parsePlatform, platformText, preferenceOf, Fit } from '../../src/runtime/oci/platform';
import * as fc from '../support/fast-check';
import { indexFor } from '../support/registry-script';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function parse(json: unknown, contentType: string = '') {
  return parseManifest(Buffer.from(JSON.stringify(json)), contentType);
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const AMD64 = { os: 'linux', architecture: 'amd64' };

test('an index lists the platforms of its images', () => {
  const manifest = parseManifest(Buffer.from(indexFor('linux/amd64', 'windows/amd64').index), '');
  expect(manifest.kind === 'index' && manifest.entries.map(({ platform }) => platform && platformText(platform))).toEqual([
    'linux/amd64', 'windows/amd64', 'unknown/unknown', 'unknown/unknown',
  ]);
});

test.each<[mediaType: string, engines: string[]]>([
  [CONFIG, []], ['application/octet-stream', []], ['application/json', ['containerd']], ['text/html', ['containerd']], ['', ['containerd']],
])('a config of the type %p: %p object', (mediaType, engines) => {
  const manifest = parse({ config: { mediaType, digest: DIGEST, size: 7 }, layers: [] });
  expect(manifest).toMatchObject({ kind: 'image', config: { digest: DIGEST, size: 7 } });
  expect(manifest.objections.map(({ engine }) => engine)).toEqual(engines);
});

test.each<[what: string, entry: object, objections: number, platform?: object]>([
  ['an artifactType of an image config', { artifactType: CONFIG, platform: AMD64 }, 0, AMD64],
  ['an artifactType of another type', { artifactType: 'application/spdx+json', platform: AMD64 }, 0, AMD64],
  ['no platform', {}, 0],
  ['an empty platform', { platform: {} }, 1],
  ['no operating system', { platform: { architecture: 'amd64' } }, 0, AMD64],
  ['no mediaType', { mediaType: undefined, platform: AMD64 }, 1, AMD64],
  ['no size', { size: undefined, platform: AMD64 }, 1, AMD64],
  ['features', { platform: { ...AMD64, 'os.features': ['x'] } }, 1, AMD64],
  ['an annotation of an attestation', { platform: AMD64, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }, 0, AMD64],
])('an entry with %s', (...[, entry, objections, platform]) => {
  const manifest = parse({ schemaVersion: 2, manifests: [{ mediaType: MANIFEST, digest: DIGEST, size: 1, ...entry }] });
  const [found] = manifest.kind === 'index' ? manifest.entries : [];
  expect(found).toMatchObject({ digest: DIGEST, objections: { length: objections } });
  expect(found.platform).toEqual(platform);
});

test('schemaVersion 1 in a manifest of today is pulled', () => {
  expect(parse({ schemaVersion: 1, config: { mediaType: CONFIG, digest: DIGEST, size: 1 }, layers: [] })).toMatchObject({ kind: 'image', objections: [] });
});

test.each([{ schemaVersion: '2' }, { layers: {} }, { annotations: { pulls: 7 } }, { config: { mediaType: CONFIG, digest: DIGEST, size: '7' } }])('Go refuses %j', (part) => {
  expect(() => parse({ config: { mediaType: CONFIG, digest: DIGEST, size: 1 }, layers: [], ...part })).toThrow(/has a wrong type/);
});

test.each(['"schemaVersion":2.0', '"schemaVersion":2e0', '"config":{"size":1.0}'])('Go refuses %s', (part) => {
  const text = `{"config":{"mediaType":"${CONFIG}","digest":"${DIGEST}","size":1},"layers":[],${part}}`;
  expect(() => parseManifest(Buffer.from(text), '')).toThrow(/has a wrong type/);
});

test.each([{ manifests: null }, { fsLayers: null }])('containerd refuses an image with %j', (part) => {
  const manifest = parse({ config: { mediaType: CONFIG, digest: DIGEST, size: 1 }, layers: [], ...part });
  expect(manifest.objections).toEqual([{ engine: 'containerd', reason: `a manifest with ${Object.keys(part)}, which another kind of manifest has` }]);
});

test.each([{ config: null }, { layers: null }, { fsLayers: null }])('containerd refuses an index with %j', (part) => {
  const manifest = parse({ manifests: [{ mediaType: MANIFEST, digest: DIGEST, size: 1 }], ...part });
  expect(manifest.objections).toMatchObject([{ engine: 'containerd' }]);
});

test.each<[what: string, json: unknown, contentType: string, verdict: string]>([
  ['an index of nothing', { manifests: [] }, '', 'NOT_AN_IMAGE'],
  ['an index of nonsense', { manifests: [null, 7, 'x'] }, '', 'NOT_AN_IMAGE'],
  ['a plugin', { config: { mediaType: 'application/vnd.docker.plugin.v1+json', digest: DIGEST }, layers: [] }, '', 'NOT_AN_IMAGE'],
  ['no config', { layers: [] }, '', 'PROTOCOL_ERROR'],
  ['a config with a digest that is a path', { config: { digest: '../../../secrets' }, layers: [] }, '', 'PROTOCOL_ERROR'],
  ['an array', [], '', 'PROTOCOL_ERROR'],
  ['null', null, '', 'PROTOCOL_ERROR'],
  ['schema 1', { schemaVersion: 1, fsLayers: [] }, '', 'NOT_AN_IMAGE'],
  ['an index that calls itself an image', { manifests: [], mediaType: 'application/vnd.oci.image.manifest.v1+json' }, '', 'PROTOCOL_ERROR'],
])('%s is no image', (_, json, contentType, verdict) => {
  expect(() => parse(json, contentType)).toThrow(ManifestError);
  expect(() => parse(json, contentType)).toThrow(expect.objectContaining({ verdict }));
});

test('a config may not say its platform', () => {
  const platform = (json: unknown) => parseConfig(Buffer.from(JSON.stringify(json)), 0).platform;
  expect(platform({ os: 'Linux', architecture: 'aarch64', variant: 'v8' })).toEqual({ os: 'linux', architecture: 'arm64', variant: 'v8' });
  expect(platform({ os: 'linux' })).toBeUndefined();
  expect(platform({ os: '', architecture: 'amd64' })).toBeUndefined();
  expect(platform({ os: 'linux', architecture: 'constructor' })).toEqual({ os: 'linux', architecture: 'constructor' });
  expect(() => platform({ os: 'linux', architecture: 7 })).toThrow('a config whose architecture has a wrong type');
  expect(() => platform({ ...AMD64, created: 'yesterday' })).toThrow('a config whose created has a wrong type');
});

test('a config has the layers of its manifest, and for dockerd a rootfs', () => {
  const parseWith = (json: unknown, layers: number) => parseConfig(Buffer.from(JSON.stringify(json)), layers).objections.map(({ engine }) => engine);
  expect(parseWith({ ...AMD64, rootfs: { type: 'layers', diff_ids: [DIGEST] } }, 1)).toEqual([]);
  expect(parseWith({ ...AMD64, rootfs: null }, 0)).toEqual(['dockerd']);
  expect(() => parseWith({ ...AMD64, rootfs: { diff_ids: [DIGEST] } }, 2)).toThrow('a config with other layers than its manifest');
  expect(() => parseWith(AMD64, 1)).toThrow('a config with other layers than its manifest');
  expect(() => parseWith({ ...AMD64, rootfs: { diff_ids: 'all' } }, 1)).toThrow('a config whose diff_ids has a wrong type');
});

test.each<[what: string, type: string, place: 'top' | 'child', verdict: string]>([
  ['Docker\'s manifest', 'application/vnd.docker.distribution.manifest.v2+json', 'top', 'NOT_AN_IMAGE'],
  ['OCI\'s manifest', MANIFEST, 'top', 'PROTOCOL_ERROR'],
  ['Docker\'s manifest behind an index', 'application/vnd.docker.distribution.manifest.v2+json', 'child', 'PROTOCOL_ERROR'],
])('a plugin in %s is as sure a no as dockerd is strict', (_, type, place, verdict) => {
  const json = { mediaType: type, config: { mediaType: 'application/vnd.docker.plugin.v1+json', digest: DIGEST, size: 1 }, layers: [] };
  expect(() => parseManifest(Buffer.from(JSON.stringify(json)), type, place)).toThrow(expect.objectContaining({ verdict }));
});

test('media types come without parameters and in lower case', () => {
  expect(mediaTypeOf({ headers: { 'content-type': 'Application/JSON; charset=ISO-8859-1' } })).toBe('application/json');
  expect(mediaTypeOf({ headers: {} })).toBe('');
});

test.each<[image: string, wanted: string, place: number, fit: Fit]>([
  ['linux/amd64', 'linux/amd64', 0, 'runs'], ['linux/x86-64', 'linux/amd64', 0, 'runs'], ['linux/x86_64/v1', 'linux/amd64', 0, 'runs'],
  ['linux/386', 'linux/amd64', 1, 'runs'], ['linux/i386', 'linux/amd64', 1, 'runs'], ['linux/amd64/v2', 'linux/amd64', -1, 'open'],
  ['linux/amd64/v2', 'linux/amd64/v3', 1, 'runs'], ['linux/arm64/v8', 'linux/arm64', 0, 'runs'], ['linux/aarch64', 'linux/arm64/v8', 0, 'runs'],
  ['linux/arm64/v9', 'linux/arm64', -1, 'open'], ['linux/arm', 'linux/arm64', 2, 'runs'], ['linux/armel', 'linux/arm64', 3, 'runs'],
  ['linux/arm64', 'linux/amd64', -1, 'fails'], ['windows/amd64', 'linux/amd64', -1, 'fails'], ['linux/386', 'linux/arm64', -1, 'fails'],
  ['linux/s390x', 'linux/s390x', 0, 'runs'],
])('%s on %s: %d, %s', (image, wanted, place, fit) => {
  expect(preferenceOf(parsePlatform(image), parsePlatform(wanted))).toBe(place);
  expect(fitOf(parsePlatform(image), parsePlatform(wanted))).toBe(fit);
});

test.each([
  'linux/amd64', 'linux/amd64/v3', 'linux/arm64', 'linux/arm64/v8', 'linux/arm64/v8.2', 'linux/arm64/v9', 'linux/arm/v6', 'linux/arm/v7', 'linux/386', 'linux/ppc64le',
  'linux/s390x', 'linux/riscv64', 'linux/mips64le', 'linux/loong64', 'windows/amd64', 'windows/arm64',
])('%s is a platform', (text) => {
  expect(platformText(parsePlatform(text))).toBe(text);
});

test('a platform that is none is an error that shows it', () => {
  expect(platformText(parsePlatform('Linux/AArch64/v8'))).toBe('linux/arm64/v8');
  for (const text of [
    '', 'linux', 'linux/', '/amd64', '/linux/amd64', 'linux//amd64', 'linux/arm/v7/x', 'linux/amd64,arm64', 'linux/amd64,linux/arm64', 'linux/amd46', 'linux/amd64 ',
    ' linux/amd64', 'linux/amd64\n', 'linus/amd64', 'darwin/arm64', 'amd64/linux', 'linux/arm64v8', 'linux/amd64/v8', 'linux/arm/v9', 'linux/s390x/v1',
  ]) {
    expect(() => parsePlatform(text)).toThrow(`platform must be <os>/<architecture>, got ${JSON.stringify(text)}`);
  }
});

test('takes any manifest and config without another error than its own', () => {
  const known = fc.constantFrom(
    'schemaVersion', 'mediaType', 'manifests', 'config', 'layers', 'digest', 'platform', 'os', 'architecture', 'variant', 'annotations',
    'vnd.docker.reference.type', 'artifactType', '__proto__',
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('unknown', 'linux', DIGEST, 'application/vnd.oci.image.index.v1+json', 1, null, ''),
      fc.jsonValue(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(known, tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const body = fc.oneof(fc.string({ unit: 'binary' }), tree.map((value) => JSON.stringify(value)), fc.dictionary(known, tree).map((value) => JSON.stringify(value)));
  const contentType = fc.constantFrom('', 'application/json', 'application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json', 'x');
  const ownErrorsOnly = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      expect(error).toBeInstanceOf(ManifestError);
    }
  };
  fc.assert(fc.property(body, contentType, (text, type) => {
    ownErrorsOnly(() => parseManifest(Buffer.from(text), type));
    ownErrorsOnly(() => parseConfig(Buffer.from(text), 0));
  }), { numRuns: 3_000 });
});
