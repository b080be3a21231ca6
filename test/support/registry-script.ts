import { digestOf, document, errors, Answer, Script, SeenRequest } from './scripted-registry';

export const USERNAME = 'puller-77d1';
/** Each character that a header, URL, JSON or regular expression could stumble over. */
export const PASSWORD = 'p4ss:wörd/+= "\\%$*7f3e';
export const TOKEN = 'tok3n.Eyhb-4f2a_91';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** An image for one platform: its manifest, and the config blob that the manifest names. */
export function imageFor(architecture: string, os: string = 'linux', more: object = {}) {
  const config = JSON.stringify({ os, architecture, rootfs: { type: 'layers', diff_ids: [] }, ...more });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [],
  });
  return { config, manifest, digest: digestOf(manifest), answer: document(OCI_MANIFEST, manifest) };
}

/** The images that an index here names, and that every registry here has. */
export const CHILDREN = Object.fromEntries(['amd64', 'arm64', '386', 'arm', 's390x'].map((architecture) => [architecture, imageFor(architecture, 'linux', { history: [] })]));

/** An index with an entry for each platform (`linux/arm64/v8`), and the attestation that BuildKit adds for each. */
export function indexFor(...platforms: string[]) {
  const entry = (platform: { os: string; architecture: string; variant?: string }, annotations?: object) => {
    const { manifest = '' } = CHILDREN[platform.architecture] ?? {};
    return { mediaType: OCI_MANIFEST, digest: digestOf(manifest), size: Buffer.byteLength(manifest), platform, annotations };
  };
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [
      ...platforms.map((platform) => {
        const [os, architecture, variant] = platform.split('/');
        return entry({ os, architecture, variant });
      }),
      ...platforms.map((platform) => entry(
        { os: 'unknown', architecture: 'unknown' },
        { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': platform },
      )),
    ],
  });
  return { index, digest: digestOf(index), answer: document(OCI_INDEX, index) };
}

export const IMAGE = imageFor('amd64');

type Step = (request: SeenRequest, call: number) => Answer | undefined;

/** What a registry does differently from a plain one with token authentication. `undefined` means: as usual. */
export interface Quirks {
  /** The challenge of the registry; the default is Bearer with a realm on the registry itself. */
  readonly challenge?: string | string[];
  /** Any request at all. */
  readonly any?: Step;
  readonly ping?: Step;
  /** The manifest without Authorization. */
  readonly anonymous?: Step;
  /** A token request without scope; what refuses credentials refuses them with a scope as well. */
  readonly login?: Step;
  /** A token request with a scope. */
  readonly token?: Step;
  /** A token request by POST (OAuth2), which the plain registry does not know. */
  readonly post?: Step;
  /** The manifest with the right Authorization. */
  readonly manifest?: Step;
  /** What an index names. */
  readonly child?: Step;
  readonly config?: Step;
}

/** A registry at `host` that has one image, and does what the specification says unless a quirk says otherwise. */
export function registry(host: string, quirks: Quirks = {}, image: Pick<typeof IMAGE, 'answer'> & { config?: string } = IMAGE): Script {
  const challenge = quirks.challenge ?? `Bearer realm="https://${host}/token",service="${host}",scope="repository:acme/api:pull"`;
  const unauthorized = errors(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
  const basic = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;
  const tokenServer = (request: SeenRequest, call: number) => {
    // Credentials that are refused without a scope are refused with one.
    const login = quirks.login?.(request, call);
    const isRefusal = [401, 403, 413, 431].includes(login?.status ?? 0);
    if (login !== undefined && (isRefusal || !request.query.has('scope'))) {
      return login;
    }
    return request.authorization === basic ? { body: JSON.stringify({ token: TOKEN, expires_in: 300 }) } : errors(401, 'UNAUTHORIZED', 'incorrect username or password');
  };

  const route: Script = (request, call) => {
    if (request.method === 'POST') {
      return quirks.post?.(request, call) ?? errors(405, 'UNSUPPORTED');
    }
    if (!request.path.startsWith('/v2/')) {
      return (request.query.has('scope') ? quirks.token?.(request, call) : undefined) ?? tokenServer(request, call);
    }
    if (request.path === '/v2/') {
      return quirks.ping?.(request, call) ?? unauthorized;
    }
    if (request.authorization === undefined) {
      return quirks.anonymous?.(request, call) ?? unauthorized;
    }
    if (![basic, `Bearer ${TOKEN}`].includes(request.authorization)) {
      return unauthorized;
    }
    const reference = decodeURIComponent(request.path.slice(request.path.lastIndexOf('/') + 1));
    const child = Object.values(CHILDREN).find(({ digest, config }) => [digest, digestOf(config)].includes(reference));
    if (child !== undefined) {
      return quirks.child?.(request, call) ?? (reference === child.digest ? child.answer : { body: child.config });
    }
    return request.path.includes('/manifests/') ? quirks.manifest?.(request, call) ?? image.answer : quirks.config?.(request, call) ?? { body: image.config ?? IMAGE.config };
  };
  return (request, call) => quirks.any?.(request, call) ?? route(request, call);
}
