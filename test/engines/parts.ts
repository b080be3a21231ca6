import { Framing } from './framing';
import { HOST } from '../support/check-harness';
import { PASSWORD } from '../support/registry-script';
import { Answer } from '../support/scripted-registry';

/** In what a registry differs from a plain one: a value for each dimension in which it does. */
export type Plan = Readonly<Record<string, string>>;

/** What becomes of the usual answer to a request for content. */
export type Change = (usual: Answer, method: string) => Answer;

/** What a registry is made of. */
export interface Parts {
  readonly challenge: string | string[];
  /** What a request without login is answered; `undefined`: the challenge. */
  readonly anonymous: (method: string, usual: Answer) => Answer | undefined;
  readonly ping?: Answer;
  /** The token service: a request without scope, with POST, and with GET and scope. */
  readonly probe?: Answer;
  readonly post?: Answer;
  readonly token?: Answer;
  /** The manifest or index by its tag, and by its digest. */
  readonly head: Change;
  readonly get: Change;
  readonly byDigest: Change;
  readonly child: Change;
  readonly configAnswer: Change;
  /** What the host that redirects lead to answers; `undefined`: what the registry would. */
  readonly cdn?: Answer;
  readonly contentType?: string;
  readonly manifestType: string;
  readonly indexType: string;
  readonly config: object;
  readonly changeManifest: (manifest: Record<string, unknown>) => object;
  readonly changeText: (text: string) => string;
  /** The entries of an index; `undefined`: there is none. */
  readonly entries?: (child: Record<string, unknown>) => object[];
  /** Whether what the index leads to is an index. */
  readonly nested: boolean;
  readonly framing?: Framing;
  readonly framed: 'manifest' | 'token' | 'config';
  readonly password: string;
  readonly granted: boolean;
  readonly reference: 'tag' | 'digest' | 'tag and digest' | 'name' | 'other digest';
  readonly platform?: string;
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

export function same(usual: Answer): Answer {
  return usual;
}

export const PLAIN: Parts = {
  challenge: `Bearer realm="https://${HOST}/token",service="${HOST}",scope="repository:acme/api:pull"`,
  anonymous: () => undefined,
  head: same,
  get: same,
  byDigest: same,
  child: same,
  configAnswer: same,
  manifestType: OCI_MANIFEST,
  indexType: 'application/vnd.oci.image.index.v1+json',
  config: {},
  changeManifest: (manifest) => manifest,
  changeText: (text) => text,
  nested: false,
  framed: 'manifest',
  password: PASSWORD,
  granted: true,
  reference: 'tag',
  platform: 'linux/amd64',
};
