import { describeBehaviours, HOST, Behaviour } from '../support/check-harness';
import { CHILDREN, imageFor, indexFor, registry } from '../support/registry-script';
import { digestOf, document, errors } from '../support/scripted-registry';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
const AMD64 = { platform: 'linux/amd64' };
const ARM = imageFor('arm64');
const MULTI = indexFor('linux/amd64', 'linux/arm64/v8');

const OLD = document(OCI_MANIFEST, imageFor('amd64').manifest.replace('application/vnd.oci.image.config.v1+json', 'text/html'));

function artifact(mediaType: string) {
  return document(OCI_MANIFEST, JSON.stringify({ schemaVersion: 2, config: { mediaType, digest: digestOf('{}'), size: 2 }, layers: [] }));
}

describeBehaviours('what the manifest says', [
  {
    name: 'an index with the platform: one GET, and whether the image is there',
    input: AMD64,
    script: registry(HOST, {}, MULTI),
    verdict: 'OK',
    requests: 'manifest login token manifest manifest child',
    message: /, linux\/amd64\)$/,
    also: (result) => {
      expect(result.platforms).toEqual(['linux/amd64', 'linux/arm64/v8']);
      expect(result.digest).toBe(MULTI.digest);
    },
  },
  {
    name: 'arm64 is satisfied by the variant v8',
    input: { platform: 'linux/arm64' },
    script: registry(HOST, {}, MULTI),
    verdict: 'OK',
  },
  {
    name: 'two platforms: one index, and whether both images are there',
    input: { platform: ['linux/amd64', 'linux/arm64'] },
    script: registry(HOST, {}, MULTI),
    verdict: 'OK',
    requests: 'manifest login token manifest manifest child child',
    message: /, linux\/amd64, linux\/arm64\)$/,
  },
  {
    name: 'two platforms of one image: one request',
    input: { platform: ['linux/arm64', 'linux/arm64/v8'] },
    script: registry(HOST, {}, MULTI),
    verdict: 'OK',
    requests: 'manifest login token manifest manifest child',
  },
  {
    name: 'two platforms, one of which is missing',
    input: { platform: ['linux/amd64', 'linux/arm64'], location: 'function' },
    script: registry(HOST, {}, indexFor('linux/amd64', 'linux/s390x')),
    verdict: 'PLATFORM_MISSING',
    requests: 'manifest login token manifest manifest',
    message: /is for linux\/amd64, linux\/s390x, but linux\/arm64 is needed .*; build it with docker build --platform linux\/amd64,linux\/arm64,/,
  },
  {
    name: 'two platforms, both of which are missing',
    input: { platform: ['linux/amd64', 'linux/arm64'], location: 'function' },
    script: registry(HOST, {}, indexFor('linux/s390x')),
    verdict: 'PLATFORM_MISSING',
    message: /is for linux\/s390x, but linux\/amd64 and linux\/arm64 are needed/,
  },
  {
    name: 'a single image for one of two platforms',
    input: { platform: ['linux/amd64', 'linux/arm64'] },
    script: registry(HOST),
    verdict: 'PLATFORM_MISSING',
    requests: 'manifest login token manifest manifest config',
    message: /is for linux\/amd64, but linux\/arm64 is needed/,
  },
  {
    name: 'an index without the platform; attestations are no platforms',
    input: { ...AMD64, location: 'function' },
    script: registry(HOST, {}, indexFor('linux/arm64', 'linux/arm/v7')),
    verdict: 'PLATFORM_MISSING',
    definite: true,
    message: /is for linux\/arm64, linux\/arm\/v7, but linux\/amd64 is needed .*docker build --platform linux\/amd64, or set runtimePlatform/,
  },
  {
    name: 'x86-64-v3 is more than a plain amd64 machine has',
    input: AMD64,
    script: registry(HOST, {}, indexFor('linux/amd64/v3')),
    verdict: 'PLATFORM_MISSING',
  },
  {
    name: 'an index of attestations alone',
    input: AMD64,
    script: registry(HOST, {}, indexFor()),
    verdict: 'NOT_AN_IMAGE',
  },
  {
    name: 'an index whose entries don\'t say their platform: the config does',
    input: AMD64,
    quirks: {
      manifest: () => document(OCI_INDEX, JSON.stringify({
        manifests: [{ mediaType: OCI_MANIFEST, digest: CHILDREN.amd64.digest, size: CHILDREN.amd64.manifest.length }],
      })),
    },
    verdict: 'OK',
  },
  {
    name: 'an index of ko, GoReleaser or Chainguard, with an artifactType on every entry',
    input: AMD64,
    quirks: {
      manifest: () => document(OCI_INDEX, JSON.stringify({
        schemaVersion: 2,
        manifests: ['amd64', 'arm64'].map((architecture) => ({
          mediaType: OCI_MANIFEST,
          artifactType: 'application/vnd.oci.image.config.v1+json',
          digest: CHILDREN[architecture].digest,
          size: CHILDREN[architecture].manifest.length,
          platform: { os: 'linux', architecture },
        })),
      })),
    },
    verdict: 'OK',
    also: (result) => expect(result.platforms).toEqual(['linux/amd64', 'linux/arm64']),
  },
  {
    name: 'an index whose image was cleaned up',
    input: AMD64,
    script: registry(HOST, { child: () => errors(404, 'MANIFEST_UNKNOWN') }, MULTI),
    verdict: 'IMAGE_INCOMPLETE',
    definite: true,
    requests: 'manifest login token manifest manifest child child child child child',
    message: /names an image for linux\/amd64 that is gone \(HTTP 404 .*exempt what an index names from the clean-up/,
  },
  {
    name: 'an index whose image a proxy cache does not have',
    input: { ...AMD64, registry: 'nexus' },
    script: registry(HOST, { child: () => errors(404, 'MANIFEST_UNKNOWN') }, MULTI),
    verdict: 'IMAGE_INCOMPLETE',
    definite: false,
  },
  ...[
    { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' }, { status: 307, headers: { location: 'https://blobs.example.net/x' } },
  ].map((answer): Behaviour => ({
    name: `an index whose image a proxy or another host does not have: ${answer.status}`,
    input: AMD64,
    script: registry(HOST, { any: ({ host }) => host === HOST ? undefined : errors(404, 'MANIFEST_UNKNOWN'), child: () => answer }, MULTI),
    verdict: 'PROTOCOL_ERROR',
  })),
  {
    name: 'a child of another type than the index says is read',
    input: AMD64,
    script: registry(HOST, { child: ({ method }) => method === 'HEAD' ? { ...CHILDREN.amd64.answer, headers: { 'content-type': 'text/plain' } } : undefined }, MULTI),
    verdict: 'OK',
    requests: 'manifest login token manifest manifest child child',
  },
  {
    name: 'a Content-Type in capitals: containerd compares letters',
    input: { ...AMD64, engine: 'containerd' },
    quirks: { manifest: () => ({ ...imageFor('amd64').answer, headers: { 'content-type': OCI_MANIFEST.toUpperCase(), 'docker-content-digest': imageFor('amd64').digest } }) },
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    message: /containerd, the engine of Fargate, cannot pull from .*, which serves the manifest with the Content-Type/,
  },
  ...[undefined, 'containerd' as const].map((engine): Behaviour => ({
    name: `another type for HEAD than for GET: containerd looks at HEAD (${engine})`,
    input: { engine },
    quirks: { manifest: ({ method }) => method === 'GET' ? undefined : document('binary/octet-stream', imageFor('amd64').manifest) },
    verdict: 'PROTOCOL_ERROR',
    message: /containerd, the engine of Fargate, cannot pull from .*, which serves the manifest with the Content-Type binary\/octet-stream/,
  })),
  {
    name: 'another type for HEAD than for GET: dockerd looks at GET',
    input: { ...AMD64, engine: 'dockerd' },
    quirks: { manifest: ({ method }) => method === 'GET' ? undefined : { ...imageFor('amd64').answer, headers: { 'content-type': 'application/vnd.acme.thing+json', 'docker-content-digest': imageFor('amd64').digest } } },
    verdict: 'OK',
  },
  {
    name: 'a config with other layers than the manifest',
    input: AMD64,
    script: registry(HOST, {}, imageFor('amd64', 'linux', { rootfs: { type: 'layers', diff_ids: [CHILDREN.arm64.digest] } })),
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    message: /a config with other layers than its manifest/,
  },
  {
    name: 'a child that HEAD is refused',
    input: AMD64,
    script: registry(HOST, { child: ({ method }) => method === 'HEAD' ? errors(405, 'UNSUPPORTED') : undefined }, MULTI),
    verdict: 'OK',
    requests: 'manifest login token manifest manifest child child',
  },
  {
    name: 'an image for x86-64-v3: the machine can be one',
    input: AMD64,
    script: registry(HOST, { config: () => undefined }, imageFor('amd64', 'linux', { variant: 'v3' })),
    verdict: 'PLATFORM_MISSING',
    definite: false,
    message: /is for linux\/amd64\/v3, but linux\/amd64 is needed/,
  },
  {
    name: 'amd64 runs 386, as containerd knows',
    input: AMD64,
    script: registry(HOST, {}, indexFor('linux/386')),
    verdict: 'OK',
  },
  {
    name: 'a config with the media type of old Docker: dockerd runs it',
    input: { ...AMD64, engine: 'dockerd' },
    script: registry(HOST, {}, { answer: OLD, config: imageFor('amd64').config }),
    verdict: 'OK',
    requests: 'ping login token manifest manifest config',
  },
  {
    name: 'a config with the media type of old Docker: containerd does not run it, as far as is known',
    input: { ...AMD64, engine: 'containerd' },
    script: registry(HOST, {}, { answer: OLD, config: imageFor('amd64').config }),
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    message: /containerd, the engine of Fargate, refuses what .* serves: a manifest whose config has no media type of an image/,
  },
  {
    name: 'a single-platform image says its platform in the config blob',
    input: AMD64,
    verdict: 'OK',
    requests: 'manifest login token manifest manifest config',
  },
  {
    name: 'an image that was built on a Mac',
    input: AMD64,
    script: registry(HOST, {}, ARM),
    verdict: 'PLATFORM_MISSING',
    message: /is for linux\/arm64, but linux\/amd64 is needed/,
  },
  {
    name: 'a config blob in another place: the token does not go there',
    input: AMD64,
    quirks: {
      any: (request) => request.host === 'cdn.example.net' ? { body: imageFor('amd64').config } : undefined,
      config: () => ({ status: 307, headers: { location: 'https://cdn.example.net/blob?X-Signature=abc' } }),
    },
    verdict: 'OK',
    requests: 'manifest login token manifest manifest config config',
    also: (_, seen) => expect(seen.at(-1)?.authorization).toBeUndefined(),
  },
  {
    name: 'a config blob that is not there',
    input: AMD64,
    quirks: { config: () => errors(404, 'BLOB_UNKNOWN') },
    verdict: 'PROTOCOL_ERROR',
    definite: false,
    message: /its config cannot be read \(HTTP 404/,
  },
  {
    name: 'a config blob with other bytes',
    input: AMD64,
    quirks: { config: () => ({ body: '{"os":"linux","architecture":"amd64"}' }) },
    verdict: 'PROTOCOL_ERROR',
  },
  {
    name: 'schema 1, seen in the header',
    quirks: { manifest: () => ({ headers: { 'content-type': SCHEMA_1 }, body: '{"schemaVersion":1}' }) },
    verdict: 'NOT_AN_IMAGE',
    message: /schema 1/,
  },
  {
    name: 'schema 1 with a digest',
    quirks: { manifest: () => document(SCHEMA_1, '{"schemaVersion":1,"fsLayers":[]}') },
    verdict: 'NOT_AN_IMAGE',
    requests: 'manifest login token manifest manifest',
  },
  {
    name: 'schema 1, seen in the body',
    quirks: { manifest: () => ({ headers: { 'content-type': 'application/json' }, body: '{"schemaVersion":1,"fsLayers":[]}' }) },
    verdict: 'NOT_AN_IMAGE',
    message: /schema 1/,
  },
  {
    name: 'a Helm chart',
    input: AMD64,
    quirks: { manifest: () => artifact('application/vnd.cncf.helm.config.v1+json') },
    verdict: 'NOT_AN_IMAGE',
    message: /an artifact \(application\/vnd\.cncf\.helm\.config\.v1\+json\); name an image/,
  },
  {
    name: 'an artifact with its own media type',
    quirks: { manifest: () => ({ headers: { 'content-type': 'application/vnd.acme.thing+json' }, body: '{}' }) },
    verdict: 'NOT_AN_IMAGE',
  },
  {
    name: 'a Content-Type that contradicts the manifest',
    input: AMD64,
    quirks: { manifest: () => document(OCI_INDEX, ARM.manifest) },
    verdict: 'PROTOCOL_ERROR',
    message: /contradicts/,
  },
  {
    name: 'a mediaType that differs from the Content-Type',
    input: AMD64,
    quirks: { manifest: () => document('application/vnd.docker.distribution.manifest.v2+json', ARM.manifest) },
    verdict: 'PROTOCOL_ERROR',
    message: /differs/,
  },
  {
    name: 'a manifest that is an index as well',
    input: AMD64,
    quirks: { manifest: () => document(OCI_INDEX, JSON.stringify({ manifests: [], config: {}, layers: [] })) },
    verdict: 'PROTOCOL_ERROR',
  },
  {
    name: 'Artifactory adds a charset to the Content-Type',
    input: AMD64,
    quirks: { manifest: () => ({ ...imageFor('amd64').answer, headers: { 'content-type': `${OCI_MANIFEST}; charset=ISO-8859-1` } }) },
    verdict: 'OK',
  },
]);
