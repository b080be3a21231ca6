import { ManifestError, mediaTypeOf, parseManifest, platformOfConfig } from '../../src/runtime/oci/manifest';
import { parsePlatform, platformText, runsOn } from '../../src/runtime/oci/platform';
import * as fc from '../support/fast-check';
import { indexFor } from '../support/registry-script';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function parse(json: unknown, contentType?: string) {
  return parseManifest(Buffer.from(JSON.stringify(json)), contentType);
}

test('an index lists the platforms of its images', () => {
  expect(parseManifest(Buffer.from(indexFor('linux/amd64', 'windows/amd64').index), undefined)).toEqual({
    kind: 'index',
    platforms: [{ os: 'linux', architecture: 'amd64' }, { os: 'windows', architecture: 'amd64' }],
    undeclared: false,
  });
});

test('a manifest of Docker 1.10 whose config has no type of its own', () => {
  expect(parse({ config: { mediaType: 'application/octet-stream', digest: DIGEST }, layers: [] })).toEqual({ kind: 'image', configDigest: DIGEST });
});

describe('an artifactType decides nothing by itself', () => {
  const AMD64 = { os: 'linux', architecture: 'amd64' };
  const UNKNOWN = { os: 'unknown', architecture: 'unknown' };
  const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
  const CONFIG = 'application/vnd.oci.image.config.v1+json';
  const index = (entry: object) => () => parse({ schemaVersion: 2, manifests: [{ digest: DIGEST, size: 1, ...entry }] });

  test.each<[what: string, entry: object, platforms: object[]]>([
    ['of an image config', { mediaType: MANIFEST, artifactType: CONFIG, platform: AMD64 }, [AMD64]],
    ['of another type', { mediaType: MANIFEST, artifactType: 'application/spdx+json', platform: AMD64 }, [AMD64]],
    ['without a mediaType', { artifactType: CONFIG, platform: AMD64 }, [AMD64]],
    ['without a platform', { mediaType: MANIFEST, artifactType: CONFIG }, []],
    ['that is no text', { mediaType: MANIFEST, artifactType: 7, platform: AMD64 }, [AMD64]],
  ])('an entry with one %s is an image', (_, entry, platforms) => {
    expect(index(entry)()).toEqual({ kind: 'index', platforms, undeclared: platforms.length === 0 });
  });

  test.each<[what: string, entry: object]>([
    ['an attestation', { mediaType: MANIFEST, artifactType: CONFIG, platform: AMD64, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }],
    ['an unknown platform', { mediaType: MANIFEST, artifactType: CONFIG, platform: UNKNOWN }],
    ['a mediaType that is none of a manifest', { mediaType: 'application/x', artifactType: CONFIG, platform: AMD64 }],
  ])('an entry with one and %s is no image', (_, entry) => {
    expect(index(entry)).toThrow(expect.objectContaining({ verdict: 'NOT_AN_IMAGE' }));
  });

  test.each([CONFIG, 'application/spdx+json', 7])('nor does that of a manifest (%s)', (artifactType) => {
    const manifest = (mediaType: string) => () => parse({ artifactType, config: { mediaType, digest: DIGEST }, layers: [] });
    expect(manifest(CONFIG)()).toEqual({ kind: 'image', configDigest: DIGEST });
    expect(manifest('application/vnd.cncf.helm.config.v1+json')).toThrow(expect.objectContaining({ verdict: 'NOT_AN_IMAGE' }));
  });
});

test.each<[what: string, json: unknown, contentType: string | undefined, verdict: string]>([
  ['an index of artifacts', { manifests: [{ mediaType: 'application/spdx+json', digest: DIGEST }, { mediaType: 'application/x', digest: DIGEST }] }, undefined, 'NOT_AN_IMAGE'],
  ['an index of nothing', { manifests: [] }, undefined, 'NOT_AN_IMAGE'],
  ['an index of nonsense', { manifests: [null, 7, 'x'] }, undefined, 'NOT_AN_IMAGE'],
  ['a plugin', { config: { mediaType: 'application/vnd.docker.plugin.v1+json', digest: DIGEST }, layers: [] }, undefined, 'NOT_AN_IMAGE'],
  ['no config', { layers: [] }, undefined, 'PROTOCOL_ERROR'],
  ['a config with a digest that is a path', { config: { digest: '../../../secrets' }, layers: [] }, undefined, 'PROTOCOL_ERROR'],
  ['an array', [], undefined, 'PROTOCOL_ERROR'],
  ['null', null, undefined, 'PROTOCOL_ERROR'],
  ['schema 1 by its mediaType', { layers: [], mediaType: 'application/vnd.docker.distribution.manifest.v1+json' }, undefined, 'NOT_AN_IMAGE'],
  ['a mediaType of something else', { layers: [], mediaType: 'image/png' }, undefined, 'NOT_AN_IMAGE'],
  ['an index that calls itself an image', { manifests: [], mediaType: 'application/vnd.oci.image.manifest.v1+json' }, undefined, 'PROTOCOL_ERROR'],
])('%s is no image', (_, json, contentType, verdict) => {
  expect(() => parse(json, contentType)).toThrow(ManifestError);
  expect(() => parse(json, contentType)).toThrow(expect.objectContaining({ verdict }));
});

test('a config may not say its platform', () => {
  const platform = (json: unknown) => platformOfConfig(Buffer.from(JSON.stringify(json)));
  expect(platform({ os: 'Linux', architecture: 'aarch64', variant: 'v8' })).toEqual({ os: 'linux', architecture: 'arm64', variant: 'v8' });
  expect(platform({ os: 'linux' })).toBeUndefined();
  expect(platform({ os: '', architecture: 'amd64' })).toBeUndefined();
  expect(platform({ os: 'linux', architecture: 'constructor', variant: 7 })).toEqual({ os: 'linux', architecture: 'constructor' });
});

test('media types come without parameters and in lower case', () => {
  expect(mediaTypeOf('Application/JSON; charset=ISO-8859-1')).toBe('application/json');
  expect(mediaTypeOf(undefined)).toBe('');
});

test.each<[image: string, wanted: string, runs: boolean]>([
  ['linux/amd64', 'linux/amd64', true], ['linux/x86_64', 'linux/amd64', true], ['linux/amd64/v1', 'linux/amd64', true], ['linux/amd64/v2', 'linux/amd64', false],
  ['linux/arm64', 'linux/arm64', true], ['linux/arm64/v8', 'linux/arm64', true], ['linux/arm64/v9', 'linux/arm64', false], ['linux/arm64', 'linux/arm64/v8', true],
  ['linux/arm64', 'linux/amd64', false], ['windows/amd64', 'linux/amd64', false], ['linux/s390x', 'linux/s390x', true],
])('%s on %s: %s', (image, wanted, runs) => {
  expect(runsOn(parsePlatform(image), parsePlatform(wanted))).toBe(runs);
});

test('a platform that is none is an error that shows it', () => {
  expect(platformText(parsePlatform('Linux/AArch64/v8'))).toBe('linux/arm64/v8');
  for (const text of ['', 'linux', 'linux/', '/amd64', 'linux/arm/v7/x']) {
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
  const contentType = fc.constantFrom(undefined, '', 'application/json', 'application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json', 'x');
  const ownErrorsOnly = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      expect(error).toBeInstanceOf(ManifestError);
    }
  };
  fc.assert(fc.property(body, contentType, (text, type) => {
    ownErrorsOnly(() => parseManifest(Buffer.from(text), type));
    ownErrorsOnly(() => platformOfConfig(Buffer.from(text)));
  }), { numRuns: 3_000 });
});
