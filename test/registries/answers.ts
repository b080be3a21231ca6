import { AccessName } from './lab';
import { Software } from './registries';

export type Authorization = 'basic' | 'wrong-basic' | 'token' | 'token-without-right' | 'expired-token' | 'token-of-another-issuer' | 'garbage';

/** One request, as curl could send it. */
export interface Question {
  readonly name: string;
  readonly access: AccessName;
  readonly method?: string;
  /** Below `/v2/`. */
  readonly path: string;
  /** Without it, the four media types that the check asks for. */
  readonly accept?: string;
  readonly authorization?: Authorization;
  /** Status, error code, challenge: one for all, or what each software says. */
  readonly answer: string | Readonly<Record<Software['name'], string>>;
}

const APP = 'team/app/manifests';
const ZERO = `sha256:${'0'.repeat(64)}`;
const ANYTHING = '*/*';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

const UNAUTHORIZED = '401, UNAUTHORIZED: authentication required';
const BASIC = 'Basic realm="Lab"';
const BEARER = 'Bearer realm="<realm>",service="lab-registry"';
const PULL = `${BEARER},scope="repository:team/app:pull"`;
const INVALID = `${UNAUTHORIZED}, ${PULL},error="invalid_token"`;
const NO_MANIFEST = '404, MANIFEST_UNKNOWN: manifest unknown';
const NO_OCI_MANIFEST = '404, MANIFEST_UNKNOWN: OCI manifest found, but accept header does not support OCI manifests';
const NO_OCI_INDEX = '404, MANIFEST_UNKNOWN: OCI index found, but accept header does not support OCI indexes';

/** How registries answer that are all "distribution": what is alike, and what version 3 does differently. */
export const QUESTIONS: readonly Question[] = [
  // Who asks?
  {
    name: 'the root, open to all',
    access: 'open',
    path: '',
    answer: { 'distribution 2.8': '200, application/json; charset=utf-8', 'distribution 3': '200, application/json' },
  },
  { name: 'the root, Basic', access: 'basic', path: '', answer: `${UNAUTHORIZED}, ${BASIC}` },
  { name: 'the root, Bearer', access: 'token', path: '', answer: `${UNAUTHORIZED}, ${BEARER}` },
  {
    name: 'the root, with a token for another purpose',
    access: 'token',
    path: '',
    authorization: 'token-without-right',
    answer: { 'distribution 2.8': '200, application/json; charset=utf-8', 'distribution 3': '200, application/json' },
  },
  { name: 'a manifest without credentials, Basic', access: 'basic', path: `${APP}/multi`, answer: `${UNAUTHORIZED}, ${BASIC}` },
  {
    name: 'its HEAD, Basic',
    access: 'basic',
    method: 'HEAD',
    path: `${APP}/multi`,
    answer: { 'distribution 2.8': `401, application/json; charset=utf-8, ${BASIC}`, 'distribution 3': `401, application/json, ${BASIC}` },
  },
  { name: 'a manifest with a wrong password', access: 'basic', path: `${APP}/multi`, authorization: 'wrong-basic', answer: `${UNAUTHORIZED}, ${BASIC}` },
  { name: 'a manifest with a token, where Basic is wanted', access: 'basic', path: `${APP}/multi`, authorization: 'garbage', answer: `${UNAUTHORIZED}, ${BASIC}` },
  { name: 'a manifest with right credentials', access: 'basic', path: `${APP}/multi`, authorization: 'basic', answer: `200, ${OCI_INDEX}, with digest` },
  { name: 'a manifest without credentials, Bearer', access: 'token', path: `${APP}/multi`, answer: `${UNAUTHORIZED}, ${PULL}` },
  {
    name: 'its HEAD, Bearer',
    access: 'token',
    method: 'HEAD',
    path: `${APP}/multi`,
    answer: { 'distribution 2.8': `401, application/json; charset=utf-8, ${PULL}`, 'distribution 3': `401, application/json, ${PULL}` },
  },
  { name: 'a manifest with a token', access: 'token', path: `${APP}/multi`, authorization: 'token', answer: `200, ${OCI_INDEX}, with digest` },
  { name: 'a manifest with a token without the right', access: 'token', path: `${APP}/multi`, authorization: 'token-without-right', answer: `${UNAUTHORIZED}, ${PULL},error="insufficient_scope"` },
  { name: 'a manifest with an expired token', access: 'token', path: `${APP}/multi`, authorization: 'expired-token', answer: INVALID },
  {
    name: 'a manifest with a token that another key has signed',
    access: 'token',
    path: `${APP}/multi`,
    authorization: 'token-of-another-issuer',
    answer: { 'distribution 2.8': INVALID, 'distribution 3': `${UNAUTHORIZED}, ${PULL}` },
  },
  { name: 'a manifest with something that is no token', access: 'token', path: `${APP}/multi`, authorization: 'garbage', answer: INVALID },
  { name: 'a manifest with a password, where a token is wanted', access: 'token', path: `${APP}/multi`, authorization: 'basic', answer: `${UNAUTHORIZED}, ${PULL}` },

  // What is not there?
  { name: 'a tag that does not exist', access: 'open', path: `${APP}/none`, answer: NO_MANIFEST },
  { name: 'a repository that does not exist', access: 'open', path: 'team/none/manifests/1', answer: NO_MANIFEST },
  { name: 'a repository that does not exist, with a token', access: 'token', path: 'team/none/manifests/1', authorization: 'token', answer: NO_MANIFEST },
  { name: 'a repository whose name is not allowed', access: 'open', path: 'UPPER/x/manifests/1', answer: NO_MANIFEST },
  { name: 'tags of a repository that does not exist', access: 'open', path: 'team/none/tags/list', answer: '404, NAME_UNKNOWN: repository name not known to registry' },
  { name: 'a digest that does not exist', access: 'open', path: `${APP}/${ZERO}`, answer: NO_MANIFEST },
  {
    name: 'a digest that is too short',
    access: 'open',
    path: `${APP}/sha256:00`,
    answer: { 'distribution 2.8': '500, UNKNOWN: unknown error', 'distribution 3': '400, DIGEST_INVALID: provided digest did not match uploaded content' },
  },
  { name: 'a blob that does not exist', access: 'open', path: `team/app/blobs/${ZERO}`, answer: '404, BLOB_UNKNOWN: blob unknown to registry' },
  { name: 'the referrers of a manifest', access: 'open', path: `team/app/referrers/${ZERO}`, answer: '404, text/plain; charset=utf-8' },

  // What does the client understand?
  {
    name: 'an index, for a client that takes anything',
    access: 'open',
    path: `${APP}/multi`,
    accept: ANYTHING,
    answer: { 'distribution 2.8': NO_OCI_INDEX, 'distribution 3': `200, ${OCI_INDEX}, with digest` },
  },
  {
    name: 'an index, for a client of Docker\'s manifests',
    access: 'open',
    path: `${APP}/multi`,
    accept: DOCKER_MANIFEST,
    answer: { 'distribution 2.8': NO_OCI_INDEX, 'distribution 3': `200, ${OCI_INDEX}, with digest` },
  },
  { name: 'an OCI manifest, for a client that takes anything', access: 'open', path: `${APP}/amd64`, accept: ANYTHING, answer: NO_OCI_MANIFEST },
  {
    name: 'a manifest of Docker\'s, for a client that takes anything',
    access: 'open',
    path: `${APP}/docker`,
    accept: ANYTHING,
    answer: {
      'distribution 2.8': '200, application/vnd.docker.distribution.manifest.v1+prettyjws, with digest',
      'distribution 3': `200, ${DOCKER_MANIFEST}, with digest`,
    },
  },
  {
    name: 'a manifest list, for a client that takes anything',
    access: 'open',
    path: `${APP}/docker-list`,
    accept: ANYTHING,
    answer: {
      'distribution 2.8': '200, application/vnd.docker.distribution.manifest.v1+prettyjws, with digest',
      'distribution 3': '400, MANIFEST_INVALID: Schema 2 manifest not supported by client',
    },
  },
  { name: 'a manifest list, for a client of Docker\'s manifests', access: 'open', path: `${APP}/docker-list`, accept: DOCKER_MANIFEST, answer: `200, ${DOCKER_MANIFEST}, with digest` },
  { name: 'an artifact', access: 'open', path: `${APP}/artifact`, answer: '200, application/vnd.oci.image.manifest.v1+json, with digest' },
];
