import { gzipSync } from 'node:zlib';
import { frame } from './framing';
import { Change, Parts, Plan, PLAIN } from './parts';
import { HOST } from '../support/check-harness';
import { TOKEN } from '../support/registry-script';
import { digestOf, errors, Answer } from '../support/scripted-registry';

/**
 * In what a registry can differ from a plain one, one dimension each, with the values that it can have. A value changes the
 * parts that the registry is made of.
 */
export type Dimensions = Readonly<Record<string, Readonly<Record<string, (parts: Parts) => Partial<Parts>>>>>;

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';

const HTML: Answer = { headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Hello</title>' };
const JSON_TYPE = { 'content-type': 'application/json' };
const OTHER_DIGEST = digestOf('something else');

type Values = Dimensions[string];

function mapValues<From>(values: Readonly<Record<string, From>>, to: (value: From) => (parts: Parts) => Partial<Parts>): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}

/** Refusals as registries write them, and as what stands in front of them does. */
const REFUSALS: Readonly<Record<string, Answer>> = {
  '400': errors(400, 'UNSUPPORTED'),
  '401': errors(401, 'UNAUTHORIZED'),
  '403': errors(403, 'DENIED', 'requested access to the resource is denied'),
  '403 in HTML': { ...HTML, status: 403 },
  '403 in plain text': { status: 403, headers: { 'content-type': 'text/plain' }, body: 'RBAC: access denied' },
  '403 without a body': { status: 403 },
  '403 in foreign JSON': { status: 403, headers: JSON_TYPE, body: '{"message":"Forbidden"}' },
  '404': errors(404, 'NAME_UNKNOWN'),
  '404 in plain text': { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found' },
  '405': errors(405, 'UNSUPPORTED'),
  '412': errors(412, 'PROJECTPOLICYVIOLATION'),
  '422': { status: 422, headers: JSON_TYPE, body: '{}' },
  '429': errors(429, 'TOOMANYREQUESTS'),
  '500': errors(500, 'UNKNOWN'),
  '501': { status: 501 },
  '503': { status: 503, body: 'no healthy upstream' },
  'HTML': HTML,
  'nothing': {},
  'cut': { fault: 'cut' },
};

function refusals(...names: string[]): Readonly<Record<string, Answer>> {
  return Object.fromEntries(Object.entries(REFUSALS).filter(([name]) => names.length === 0 || names.includes(name)));
}

function bearer(parameters: string): string {
  return `Bearer realm="https://${HOST}/token",${parameters}`;
}

const SERVICE = `service="${HOST}"`;
const SCOPE = 'scope="repository:acme/api:pull"';

const CHALLENGES: Readonly<Record<string, string | string[]>> = {
  'Basic': 'Basic realm="Registry"',
  'BASIC without a realm': 'BASIC',
  'Basic, then Bearer': [`Basic realm="${HOST}"`, bearer(`${SERVICE},${SCOPE}`)],
  'Bearer, then Basic': [bearer(`${SERVICE},${SCOPE}`), `Basic realm="${HOST}"`],
  'both in one header': `${bearer(`${SERVICE},${SCOPE}`)},Basic realm="${HOST}"`,
  'lower case': bearer(`${SERVICE},${SCOPE}`).replace('Bearer', 'bearer'),
  'no scope': bearer(SERVICE),
  'an empty scope': bearer(`${SERVICE},scope=""`),
  'the scope *': bearer(`${SERVICE},scope="*"`),
  'pull and push': bearer(`${SERVICE},scope="repository:acme/api:pull,push"`),
  'another repository': bearer(`${SERVICE},scope="repository:library/api:pull"`),
  'two scopes': bearer(`${SERVICE},scope="repository:acme/api:pull repository:acme/base:pull"`),
  'no service': bearer(SCOPE),
  'no quotes': `Bearer realm=https://${HOST}/token,${SERVICE},${SCOPE}`,
  'blanks': `Bearer realm = "https://${HOST}/token" , ${SERVICE} , ${SCOPE}`,
  'an error': bearer(`${SERVICE},${SCOPE},error="invalid_token"`),
  'a relative realm': `Bearer realm="/token",${SERVICE},${SCOPE}`,
  'a realm with a query': `Bearer realm="https://${HOST}/token?tenant=7",${SERVICE},${SCOPE}`,
  'no realm': `Bearer ${SERVICE},${SCOPE}`,
  'a realm twice': `Bearer realm="https://${HOST}/token",realm="https://${HOST}/token",${SERVICE}`,
  'Negotiate, then Bearer': ['Negotiate', bearer(`${SERVICE},${SCOPE}`)],
  'Negotiate': 'Negotiate',
  'malformed': 'Bearer realm="',
};

const TOKEN_BODIES: Readonly<Record<string, string>> = {
  'access_token only': JSON.stringify({ access_token: TOKEN }),
  'both alike': JSON.stringify({ token: TOKEN, access_token: TOKEN }),
  'token differs': JSON.stringify({ token: 'other', access_token: TOKEN }),
  'access_token differs': JSON.stringify({ token: TOKEN, access_token: 'other' }),
  'access_token empty': JSON.stringify({ token: TOKEN, access_token: '' }),
  'names in capitals': JSON.stringify({ TOKEN }),
  'token twice': `{"token":"other","token":"${TOKEN}"}`,
  'token twice, the last in capitals': `{"token":"other","Token":"${TOKEN}"}`,
  'token null after it': `{"token":"${TOKEN}","Token":null}`,
  'token a number': '{"token":7}',
  'token a number, access_token': JSON.stringify({ token: 7, access_token: TOKEN }),
  'expires_in a string': JSON.stringify({ token: TOKEN, expires_in: '300' }),
  'expires_in a fraction': JSON.stringify({ token: TOKEN, expires_in: 300.5 }),
  'expires_in null': JSON.stringify({ token: TOKEN, expires_in: null }),
  'expires_in negative': JSON.stringify({ token: TOKEN, expires_in: -1 }),
  'issued_at without a zone': JSON.stringify({ token: TOKEN, issued_at: '2026-11-01T10:00:00' }),
  'issued_at a number': JSON.stringify({ token: TOKEN, issued_at: 1793000000 }),
  'issued_at empty': JSON.stringify({ token: TOKEN, issued_at: '' }),
  'refresh_token a number': JSON.stringify({ token: TOKEN, refresh_token: 7 }),
  'scope a list': JSON.stringify({ token: TOKEN, scope: ['pull'] }),
  'an array': JSON.stringify([{ token: TOKEN }]),
  'something behind it': `${JSON.stringify({ token: TOKEN })} trailing`,
  'a byte order mark': `\uFEFF${JSON.stringify({ token: TOKEN })}`,
  'blanks around it': `\n ${JSON.stringify({ token: TOKEN })}\n`,
  'no token': '{}',
  'an error with 200': '{"errors":[{"code":"DENIED"}]}',
  'no JSON': 'hello',
};

function withDigest(digest?: string): Change {
  return (usual) => {
    const { 'docker-content-digest': _, ...headers } = usual.headers ?? {};
    return { ...usual, headers: digest === undefined ? headers : { ...headers, 'docker-content-digest': digest } };
  };
}

const CONTENT_CHANGES: Readonly<Record<string, Change>> = {
  'no digest': withDigest(),
  'a digest that is none': withDigest('sha256:abc'),
  'a digest of sha512': withDigest(`sha512:${'a'.repeat(128)}`),
  'another digest': withDigest(OTHER_DIGEST),
  'application/json': (usual) => ({ ...usual, headers: { ...usual.headers, 'content-type': 'application/json' } }),
  'no length': (usual, method) => frame(usual, 'chunked', method),
};

function changed(key: 'head' | 'get' | 'byDigest' | 'child' | 'configAnswer', changes: Readonly<Record<string, Change>>): Values {
  return mapValues(changes, (value) => () => ({ [key]: value }));
}

function answered(key: 'head' | 'get' | 'byDigest' | 'child' | 'configAnswer', answers: Readonly<Record<string, Answer>>): Values {
  return mapValues(answers, (answer) => () => ({ [key]: () => answer }));
}

function manifestOf(changes: (manifest: Record<string, unknown>, config: Record<string, unknown>) => object): (parts: Parts) => Partial<Parts> {
  return () => ({ changeManifest: (manifest) => changes(manifest, manifest.config as Record<string, unknown>) });
}

function configType(mediaType: string): (parts: Parts) => Partial<Parts> {
  return manifestOf((manifest, config) => ({ ...manifest, config: { ...config, mediaType } }));
}

function dockerType(mediaType: string): (parts: Parts) => Partial<Parts> {
  return () => ({
    manifestType: DOCKER_MANIFEST,
    changeManifest: (manifest) => ({ ...manifest, config: { ...manifest.config as object, mediaType } }),
  });
}

const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const CDN = 'https://cdn.example.net/blob?X-Signature=abc';
const CDN_CONFIG = 'https://cdn.example.net/config?X-Signature=abc';

function entries(list: (child: Record<string, unknown>) => object[]): (parts: Parts) => Partial<Parts> {
  return () => ({ entries: list });
}

function platforms(...list: object[]): (parts: Parts) => Partial<Parts> {
  return entries((child) => list.map((platform) => ({ ...child, platform })));
}

function redirected(key: 'manifest' | 'configAnswer', cdn?: Answer, status = 307, location = CDN): (parts: Parts) => Partial<Parts> {
  const answer = () => ({ status, headers: { location } });
  return key === 'configAnswer' ? () => ({ configAnswer: answer, cdn }) : () => ({ head: answer, get: answer, byDigest: answer, cdn });
}

const STORAGE_REFUSES: Answer = { status: 403, headers: { 'content-type': 'application/xml' }, body: '<Error><Code>AccessDenied</Code></Error>' };

/** What only an index has, with the plainest of them where the plan has none. */
function inIndex(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [
    name, (parts: Parts) => ({ ...platforms(AMD64, ARM64)(parts), ...parts.entries && { entries: parts.entries }, ...value(parts) }),
  ]));
}

export const DIMENSIONS: Dimensions = {
  'challenge': mapValues(CHALLENGES, (challenge) => () => ({ challenge })),
  'without login': {
    ...mapValues(refusals('400', '401', '403', '403 in HTML', '404', '404 in plain text', '405', '429', '500', 'HTML', 'cut'), (answer) => () => ({ anonymous: () => answer })),
    'public': () => ({ anonymous: (_, usual) => usual }),
    'HEAD public': () => ({ anonymous: (method, usual) => method === 'HEAD' ? usual : undefined }),
    'GET public': () => ({ anonymous: (method, usual) => method === 'HEAD' ? undefined : usual }),
    'HEAD 404': () => ({ anonymous: (method) => method === 'HEAD' ? REFUSALS['404'] : undefined }),
    'HEAD 405': () => ({ anonymous: (method) => method === 'HEAD' ? REFUSALS['405'] : undefined }),
  },
  '/v2/': {
    ...mapValues(refusals('401', '403', '404', '405', '429', '500', 'HTML', 'nothing', 'cut'), (answer) => () => ({ ping: answer })),
    '200': () => ({ ping: { headers: JSON_TYPE, body: '{}' } }),
    'Basic': () => ({ ping: errors(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="Registry"' }) }),
    'another token service': () => ({ ping: errors(401, 'UNAUTHORIZED', '', { 'www-authenticate': `Bearer realm="https://${HOST}/elsewhere",service="other"` }) }),
    'redirects to a page': () => ({ ping: { status: 302, headers: { location: 'https://cdn.example.net/' } }, cdn: HTML }),
  },
  'login probe': mapValues(refusals('400', '401', '403', '403 in HTML', '403 in plain text', '404', '405', '500', 'HTML', 'nothing'), (answer) => () => ({ probe: answer })),
  'token by POST': {
    ...mapValues(refusals(), (answer) => () => ({ post: answer })),
    'access_token': () => ({ post: { headers: JSON_TYPE, body: JSON.stringify({ access_token: TOKEN, expires_in: 300 }) } }),
    'token': () => ({ post: { headers: JSON_TYPE, body: JSON.stringify({ token: TOKEN }) } }),
    'redirects to a page': () => ({ post: { status: 302, headers: { location: 'https://cdn.example.net/' } }, cdn: HTML }),
  },
  'token by GET': {
    ...mapValues(refusals(), (answer) => () => ({ token: answer })),
    'redirects to itself': () => ({ token: { status: 307, headers: { location: `https://${HOST}/moved` } } }),
  },
  'POST only': {
    yes: () => ({
      probe: REFUSALS['405'], token: REFUSALS['405'], post: { headers: JSON_TYPE, body: JSON.stringify({ access_token: TOKEN }) },
    }),
  },
  'token': {
    ...mapValues(TOKEN_BODIES, (body) => () => ({ token: { headers: JSON_TYPE, body } })),
    'as text/html': () => ({ token: { headers: { 'content-type': 'text/html' }, body: JSON.stringify({ token: TOKEN }) } }),
    'compressed': () => ({ token: { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: gzipSync(JSON.stringify({ token: TOKEN })) } }),
    'by POST, any body': () => ({ post: { headers: JSON_TYPE, body: JSON.stringify({ access_token: TOKEN, expires_in: '300' }) } }),
  },
  'HEAD': {
    ...answered('head', refusals('400', '401', '403', '403 without a body', '404', '405', '429', '500', '501', '503', 'HTML', 'nothing', 'cut')),
    ...changed('head', CONTENT_CHANGES),
  },
  'GET': {
    ...answered('get', refusals('400', '401', '403', '404', '404 in plain text', '405', '412', '429', '500', '503', 'HTML', 'nothing', 'cut')),
    ...changed('get', CONTENT_CHANGES),
  },
  'HEAD and GET': {
    ...mapValues(refusals(), (answer) => () => ({ head: () => answer, get: () => answer, byDigest: () => answer })),
    ...mapValues(CONTENT_CHANGES, (value) => () => ({ head: value, get: value, byDigest: value })),
  },
  'manifest by digest': { ...answered('byDigest', refusals('401', '403', '404', '500', 'HTML')), ...changed('byDigest', CONTENT_CHANGES) },
  'redirect': {
    'manifest to storage': redirected('manifest'),
    'manifest, 301': redirected('manifest', undefined, 301),
    'manifest, 303': redirected('manifest', undefined, 303),
    'manifest, 308': redirected('manifest', undefined, 308),
    'manifest within the registry': redirected('manifest', undefined, 307, '/moved/manifest'),
    'manifest to itself': redirected('manifest', undefined, 307, `https://${HOST}/v2/acme/api/manifests/1.4.2`),
    'manifest to plain HTTP': redirected('manifest', undefined, 307, 'http://cdn.example.net/blob'),
    'manifest to nowhere': redirected('manifest', undefined, 307, ''),
    'manifest, storage refuses': redirected('manifest', STORAGE_REFUSES),
    'manifest, storage has none': redirected('manifest', { status: 404 }),
    'manifest, storage wants a login': redirected('manifest', errors(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' })),
    'manifest, storage has a page': redirected('manifest', HTML),
    'config to storage': redirected('configAnswer', undefined, 307, CDN_CONFIG),
    'config, storage refuses': redirected('configAnswer', STORAGE_REFUSES, 307, CDN_CONFIG),
  },
  'content type': mapValues({
    'application/json': 'application/json',
    'application/octet-stream': 'application/octet-stream',
    'text/plain': 'text/plain; charset=utf-8',
    'text/html': 'text/html',
    'empty': '',
    'with a charset': `${OCI_MANIFEST}; charset=ISO-8859-1`,
    'in capitals': OCI_MANIFEST.toUpperCase(),
    'Docker\'s for OCI\'s': DOCKER_MANIFEST,
    'an index\'s': OCI_INDEX,
    'of schema 1': 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'unknown': 'application/vnd.acme.thing+json',
  }, (contentType) => () => ({ contentType })),
  'manifest': {
    'Docker\'s': dockerType(DOCKER_CONFIG),
    'Docker\'s, config octet-stream': dockerType('application/octet-stream'),
    'Docker\'s, config application/json': dockerType('application/json'),
    'Docker\'s, config text/html': dockerType('text/html'),
    'Docker\'s, config without a type': dockerType(''),
    'Docker\'s, a plugin': dockerType('application/vnd.docker.plugin.v1+json'),
    'Docker\'s, config OCI': dockerType(OCI_CONFIG),
    'Docker\'s, without mediaType': () => ({ manifestType: DOCKER_MANIFEST, changeManifest: (manifest) => ({ ...manifest, mediaType: undefined }) }),
    'config octet-stream': configType('application/octet-stream'),
    'config application/json': configType('application/json'),
    'config text/html': configType('text/html'),
    'config Docker\'s': configType(DOCKER_CONFIG),
    'config without a type': manifestOf((manifest, config) => ({ ...manifest, config: { ...config, mediaType: undefined } })),
    'a Helm chart': configType('application/vnd.cncf.helm.config.v1+json'),
    'WASM': configType('application/vnd.wasm.config.v0+json'),
    'an empty config': configType('application/vnd.oci.empty.v1+json'),
    'an AI model': configType('application/vnd.docker.ai.model.config.v0.1+json'),
    'artifactType of an image': manifestOf((manifest) => ({ ...manifest, artifactType: OCI_CONFIG })),
    'artifactType of another thing': manifestOf((manifest) => ({ ...manifest, artifactType: 'application/vnd.acme.thing' })),
    'no mediaType': manifestOf((manifest) => ({ ...manifest, mediaType: undefined })),
    'mediaType of an index': manifestOf((manifest) => ({ ...manifest, mediaType: OCI_INDEX })),
    'mediaType unknown': manifestOf((manifest) => ({ ...manifest, mediaType: 'application/vnd.acme.thing+json' })),
    'mediaType in capitals': manifestOf((manifest) => ({ ...manifest, mediaType: OCI_MANIFEST.toUpperCase() })),
    'no schemaVersion': manifestOf((manifest) => ({ ...manifest, schemaVersion: undefined })),
    'schemaVersion 1': manifestOf((manifest) => ({ ...manifest, schemaVersion: 1 })),
    'schemaVersion a string': manifestOf((manifest) => ({ ...manifest, schemaVersion: '2' })),
    'no config': manifestOf((manifest) => ({ ...manifest, config: undefined })),
    'no layers': manifestOf((manifest) => ({ ...manifest, layers: undefined })),
    'layers null': manifestOf((manifest) => ({ ...manifest, layers: null })),
    'layers an object': manifestOf((manifest) => ({ ...manifest, layers: {} })),
    'config size 0': manifestOf((manifest, config) => ({ ...manifest, config: { ...config, size: 0 } })),
    'config size wrong': manifestOf((manifest, config) => ({ ...manifest, config: { ...config, size: 7 } })),
    'config size a string': manifestOf((manifest, config) => ({ ...manifest, config: { ...config, size: '7' } })),
    'config digest malformed': manifestOf((manifest, config) => ({ ...manifest, config: { ...config, digest: 'sha256:abc' } })),
    'an index as well': manifestOf((manifest) => ({ ...manifest, manifests: [] })),
    'names in capitals': manifestOf(({ config, ...manifest }) => ({ ...manifest, Config: config })),
    'annotations null': manifestOf((manifest) => ({ ...manifest, annotations: null })),
    'annotations with a number': manifestOf((manifest) => ({ ...manifest, annotations: { pulls: 7 } })),
    'schema 1': () => ({ changeManifest: () => ({ schemaVersion: 1, fsLayers: [] }) }),
    'an array': () => ({ changeManifest: () => [] }),
    'no JSON': () => ({ changeText: () => 'hello' }),
    'a byte order mark': () => ({ changeText: (text) => `\uFEFF${text}` }),
    'something behind it': () => ({ changeText: (text) => `${text} trailing` }),
    'blanks around it': () => ({ changeText: (text) => `\n${text}\n` }),
  },
  'index': {
    'OCI\'s': platforms(AMD64, ARM64),
    'Docker\'s': () => ({ indexType: DOCKER_LIST, entries: (child) => [{ ...child, platform: AMD64 }] }),
    'artifactType of an image': entries((child) => [{ ...child, artifactType: OCI_CONFIG, platform: AMD64 }]),
    'artifactType of another thing': entries((child) => [{ ...child, artifactType: 'application/vnd.acme.thing', platform: AMD64 }]),
    'x86-64': platforms({ os: 'linux', architecture: 'x86-64' }),
    'x86_64': platforms({ os: 'linux', architecture: 'x86_64' }),
    'capitals': platforms({ os: 'Linux', architecture: 'AMD64' }),
    'amd64/v1': platforms({ ...AMD64, variant: 'v1' }),
    'amd64/v2': platforms({ ...AMD64, variant: 'v2' }),
    'amd64/v3 first': platforms({ ...AMD64, variant: 'v3' }, AMD64),
    '386 only': platforms({ os: 'linux', architecture: '386' }),
    'arm64 only': platforms(ARM64),
    'arm64/v9': platforms(AMD64, { ...ARM64, variant: 'v9' }),
    'aarch64': platforms({ os: 'linux', architecture: 'aarch64' }),
    'arm/v7 only': platforms({ os: 'linux', architecture: 'arm', variant: 'v7' }),
    'Windows only': platforms({ os: 'windows', architecture: 'amd64' }),
    'os.version': platforms({ ...AMD64, 'os.version': '10.0' }),
    'os.features': platforms({ ...AMD64, 'os.features': ['x'] }),
    'no platform': entries((child) => [child]),
    'no platform, and others': entries((child) => [child, { ...child, platform: ARM64 }]),
    'an empty platform': platforms({}),
    'a platform without os': platforms({ architecture: 'amd64' }),
    'a platform without architecture': platforms({ os: 'linux' }),
    'unknown only': platforms({ os: 'unknown', architecture: 'unknown' }),
    'an attestation first': entries((child) => [
      { ...child, digest: OTHER_DIGEST, platform: { os: 'unknown', architecture: 'unknown' }, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
      { ...child, platform: AMD64 },
    ]),
    'an attestation with the platform': entries((child) => [{ ...child, platform: AMD64, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }]),
    'the first of two is missing': entries((child) => [{ ...child, digest: OTHER_DIGEST, platform: AMD64 }, { ...child, platform: AMD64 }]),
    'empty': entries(() => []),
    'entry without mediaType': entries((child) => [{ ...child, mediaType: undefined, platform: AMD64 }]),
    'entry of another mediaType': entries((child) => [{ ...child, mediaType: DOCKER_MANIFEST, platform: AMD64 }]),
    'entry of no manifest\'s mediaType': entries((child) => [{ ...child, mediaType: 'application/vnd.acme.thing', platform: AMD64 }]),
    'entry size 0': entries((child) => [{ ...child, size: 0, platform: AMD64 }]),
    'entry size wrong': entries((child) => [{ ...child, size: 7, platform: AMD64 }]),
    'entry digest malformed': entries((child) => [{ ...child, digest: 'sha256:abc', platform: AMD64 }]),
    'nested': () => ({ nested: true, entries: (child) => [{ ...child, platform: AMD64 }] }),
    'nested without a platform': () => ({ nested: true, entries: (child) => [child] }),
  },
  'child': inIndex({
    ...answered('child', refusals('401', '403', '404', '429', '500', 'HTML', 'nothing', 'cut')),
    ...changed('child', {
      ...CONTENT_CHANGES,
      'other bytes': (usual) => ({ ...usual, body: `${usual.body?.toString()} ` }),
      'HEAD refused': (usual, method) => method === 'HEAD' ? REFUSALS['405'] : usual,
    }),
  }),
  'config': mapValues({
    'another processor': { os: 'linux', architecture: 's390x' },
    'arm64': ARM64,
    '386': { os: 'linux', architecture: '386' },
    'x86_64': { os: 'linux', architecture: 'x86_64' },
    'amd64/v3': { ...AMD64, variant: 'v3' },
    'Windows': { os: 'windows', architecture: 'amd64' },
    'no processor': { os: 'linux' },
    'no os': { architecture: 'amd64' },
    'no rootfs': { ...AMD64, rootfs: undefined },
    'rootfs null': { ...AMD64, rootfs: null },
    'more layers than the manifest': { ...AMD64, rootfs: { type: 'layers', diff_ids: [OTHER_DIGEST] } },
    'created malformed': { ...AMD64, created: 'yesterday' },
    'history null': { ...AMD64, history: null },
    'config null': { ...AMD64, config: null },
    'empty': { os: undefined, architecture: undefined, rootfs: undefined },
    'names in capitals': { os: undefined, architecture: undefined, OS: 'linux', Architecture: 'amd64' },
    'a number': { os: 'linux', architecture: 7 },
  }, (config) => () => ({ config })),
  'config blob': {
    ...answered('configAnswer', refusals('401', '403', '404', '429', '500', '503', 'HTML', 'nothing', 'cut')),
    ...changed('configAnswer', { 'other bytes': (usual) => ({ ...usual, body: `${usual.body?.toString()} ` }) }),
  },
  'framing': mapValues<Parts['framing']>({
    'chunked': 'chunked',
    'up to the end of the connection': 'until-close',
    'HTTP/1.0': 'http-1.0',
    'an interim answer': 'interim',
    'length too long': 'too-long',
    'length too short': 'too-short',
    'bare line feeds': 'bare-lf',
    'a header without a colon': 'bad-header',
    'a folded header': 'folded',
    'two lengths': 'two-lengths',
    'a status without a reason': 'no-reason',
    'compressed': 'gzip',
  }, (framing) => () => ({ framing })),
  'framing of': {
    'the token': ({ framing = 'chunked' }) => ({ framing, framed: 'token' }),
    'the config': ({ framing = 'chunked' }) => ({ framing, framed: 'config' }),
  },
  'login': { 'wrong': () => ({ password: 'wr0ng-9c1e' }), 'no scope granted': () => ({ granted: false }) },
  'image': {
    'by digest': () => ({ reference: 'digest' }),
    'by tag and digest': () => ({ reference: 'tag and digest' }),
    'without a tag': () => ({ reference: 'name' }),
    'of another digest': () => ({ reference: 'other digest' }),
  },
  'task': { 'linux/arm64': () => ({ platform: 'linux/arm64' }), 'platform not known': () => ({ platform: undefined }) },
};

/** The parts of the registry that a plan describes. */
export function partsOf(plan: Plan): Parts {
  return Object.entries(plan).reduce((parts, [dimension, value]) => ({ ...parts, ...DIMENSIONS[dimension][value](parts) }), PLAIN);
}
