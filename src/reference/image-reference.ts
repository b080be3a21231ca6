const DOCKER_HUB = 'docker.io';
const DOCKER_HUB_ALIASES = ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com', 'docker.io:443'];

const DOCKER_HUB_WEB_SITE = /^hub\.docker\.com\/(?:(?:r|_|repository\/docker)\/)?/i;

// Their projects can have a domain before a colon, which an image has before a slash.
const GOOGLE_HOST = /^(?:(?:us|eu|asia)\.)?gcr\.io$|^[a-z0-9-]+-docker\.pkg\.dev$/;

const MAX_TEXT_LENGTH = 1024;
const MAX_NAME_LENGTH = 255;
const MAX_SHOWN_LENGTH = 100;

// The grammar of https://github.com/distribution/reference; hosts are matched in lower case. No part can match
// the same text in two ways, so that matching takes linear time.
const HOST_PART = '[a-z0-9]+(?:-+[a-z0-9]+)*';
const HOST_NAME = `${HOST_PART}(?:\\.${HOST_PART})*`;
const IPV6_ADDRESS = '\\[[a-f0-9:]+\\]';
const HOST = new RegExp(`^(${HOST_NAME}|${IPV6_ADDRESS})(?::([0-9]+))?$`);

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/;

const SHA256 = 'sha256:[a-f0-9]{64}';
const DIGEST = new RegExp(`^${SHA256}$`);
const IMAGE_ID = /^[a-f0-9]{64}$/;

// What can follow an "@": a digest, the beginning of one, or a mistaken one. With anything else there, above all
// a host and its port, the text before the "@" can be a password.
const DIGEST_ATTEMPT = /^(?:sha[0-9]*(?::[\w:.-]*)?|[\w+.-]+:[a-f0-9]{32,})?\s*$/i;
const PINNED = new RegExp(`@${SHA256}$`);
const CREDENTIALS_MARK = /[@\uff20]|%40/;

const SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/)?\/+/i;
const EXAMPLE = '"ghcr.io/acme/api:1.4.2"';

/**
 * The parts of a container image name: the registry, the repository, and the tag or digest.
 *
 * Follows the grammar and the normalisation of [distribution/reference](https://github.com/distribution/reference),
 * as Docker does: `nginx` is `docker.io/library/nginx`. Stricter where no registry could be
 * asked, for example about ports, and about hosts that a URL turns into another host.
 */
export class ImageReference {
  /**
   * Parses an image name as you write it in a Dockerfile or a task definition.
   *
   * Throws an error named `ImageReferenceError` that says what to write instead if the text is not a valid
   * [reference](https://github.com/distribution/reference). The error never repeats text that can contain a password.
   *
   * @param text the image name, for example `ghcr.io/acme/api:1.4.2`; it must not contain unresolved CDK tokens
   */
  public static parse(text: string): ImageReference {
    checkText(text);
    if (text === '') {
      throw invalid(text, 'image reference must not be empty', text, `write it like ${EXAMPLE}`);
    }
    const [name, digest] = cut(text, '@');
    if (digest !== undefined) {
      checkDigest(digest);
    }
    if (IMAGE_ID.test(text)) {
      throw invalid(text, 'image reference must name a repository, not an image ID', text, `write the name that the image was pushed to, like ${EXAMPLE}`);
    }
    const { host, path } = splitHost(name, text);
    const [givenRepository, tag] = cut(path, ':');
    checkRepository(givenRepository, text);
    if (tag !== undefined && !TAG.test(tag)) {
      throw invalidTag(text, host, givenRepository, tag);
    }
    const repository = host === DOCKER_HUB && !givenRepository.includes('/') ? `library/${givenRepository}` : givenRepository;
    const fullName = `${host}/${repository}`;
    if (fullName.length > MAX_NAME_LENGTH) {
      throw invalid(text, `host and repository must have at most ${MAX_NAME_LENGTH} characters together, they have ${fullName.length}`, fullName,
        'push the image to a shorter name');
    }
    return new ImageReference(host, repository, tag, digest);
  }

  /**
   * The host of the registry, in lower case and with its port if one was given; `docker.io` for Docker Hub.
   *
   * See "domain" in the [grammar](https://github.com/distribution/reference).
   */
  public readonly host: string;

  /**
   * The repository in the registry, with the `library/` that Docker's official images have.
   *
   * The `<name>` of the [OCI distribution specification](https://github.com/opencontainers/distribution-spec/blob/main/spec.md).
   */
  public readonly repository: string;

  /**
   * The tag, if the reference has one. Next to a digest it is information only: the digest alone decides what is pulled.
   *
   * See "tag" in the [grammar](https://github.com/distribution/reference).
   */
  public readonly tag?: string;

  /**
   * The digest of the manifest, if the reference has one: `sha256:` and 64 hexadecimal digits.
   *
   * See "digest" in the [OCI distribution specification](https://github.com/opencontainers/distribution-spec/blob/main/spec.md).
   */
  public readonly digest?: string;

  private constructor(host: string, repository: string, tag?: string, digest?: string) {
    this.host = host;
    this.repository = repository;
    this.tag = tag;
    this.digest = digest;
  }

  /**
   * The same image pinned to a digest. The tag is dropped because the digest alone decides what is pulled.
   *
   * Throws an error named `ImageReferenceError` if the text is not a sha256 digest as the
   * [OCI distribution specification](https://github.com/opencontainers/distribution-spec/blob/main/spec.md) defines it.
   *
   * @param digest `sha256:` and 64 hexadecimal digits in lower case
   */
  public withDigest(digest: string): ImageReference {
    checkType('image digest', digest);
    checkDigest(digest);
    return new ImageReference(this.host, this.repository, undefined, digest);
  }

  /**
   * The canonical form `host/repository[:tag][@digest]`, which names the host and `library/` also for Docker Hub.
   *
   * See "reference" in the [grammar](https://github.com/distribution/reference).
   */
  public toString(): string {
    const tag = this.tag === undefined ? '' : `:${this.tag}`;
    const digest = this.digest === undefined ? '' : `@${this.digest}`;
    return `${this.host}/${this.repository}${tag}${digest}`;
  }
}

/**
 * The registry's host, if the literal text before the first unresolved CDK token tells it.
 *
 * Undefined without a `/`, since `nginx:` can continue with a tag or with the port of a registry. Throws the errors of
 * `ImageReference.parse` for a host, scheme, password or space that no continuation can make right.
 */
export function registryHostOfPrefix(prefix: string): string | undefined {
  checkText(prefix);
  return prefix.includes('/') ? splitHost(prefix, prefix).host : undefined;
}

function checkText(text: string): void {
  checkType('image reference', text);
  if (text.length > MAX_TEXT_LENGTH) {
    throw imageReferenceError(`image reference must have at most ${MAX_TEXT_LENGTH} characters, got ${text.length}; write it like ${EXAMPLE}`);
  }
  const afterAt = cut(text, '@')[1];
  if (afterAt !== undefined && !DIGEST_ATTEMPT.test(afterAt)) {
    throw credentialsError();
  }
  if (/\s/.test(text)) {
    throw invalid(text, 'image reference must not contain spaces or line breaks', text, 'remove them');
  }
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme !== undefined) {
    const rest = text.slice(scheme.length);
    throw invalid(text, `image reference must not start with ${shown(scheme)}`, text, `write ${rest === '' ? EXAMPLE : shown(atDockerHub(rest))}`);
  }
}

function checkType(subject: string, value: unknown): void {
  if (typeof value !== 'string') {
    throw imageReferenceError(`${subject} must be a string, got ${value === null ? 'null' : typeof value}; pass a string`);
  }
}

function checkDigest(digest: string): void {
  if (DIGEST.test(digest)) {
    return;
  }
  const [algorithm, hash] = cut(digest, ':');
  if (hash !== undefined && algorithm !== 'sha256') {
    throw invalid(digest, 'image digest must be of the algorithm sha256, which every registry offers', digest,
      'write "sha256:" and 64 hexadecimal digits');
  }
  throw invalid(digest, 'image digest must be "sha256:" and exactly 64 hexadecimal digits in lower case', digest,
    'copy it as the registry shows it');
}

function checkRepository(repository: string, text: string): void {
  if (REPOSITORY.test(repository)) {
    return;
  }
  if (REPOSITORY.test(repository.toLowerCase())) {
    throw invalid(text, 'image repository must be in lower case', repository, `write ${shown(repository.toLowerCase())}`);
  }
  throw invalid(text, 'image repository must be lower-case letters and digits, joined by one ".", "_", "__" or any number of "-", in parts joined by one "/"',
    repository, `write it like ${EXAMPLE}`);
}

function invalidTag(text: string, host: string, repository: string, tag: string): Error {
  if (GOOGLE_HOST.test(host) && /^[^/]+\.[^/]+$/.test(repository) && tag.includes('/')) {
    return invalid(text, 'project of a Google registry must have a "/" after its domain', `${repository}:${tag.split('/')[0]}`,
      `write ${shown(text.replace(`/${repository}:`, () => `/${repository}/`))}`);
  }
  return invalid(text, 'image tag must be 1 to 128 letters, digits, "_", "." or "-" and must not start with "." or "-"', tag,
    `the first ":" after the host starts the tag, write it like ${EXAMPLE}`);
}

/** The first part of a name is a host only if it looks like one, otherwise it is a namespace of Docker Hub. */
function splitHost(name: string, text: string): { readonly host: string; readonly path: string } {
  const [first, rest] = cut(name, '/');
  const isHost = first === 'localhost' || /[.:A-Z]/.test(first);
  if (DOCKER_HUB_WEB_SITE.test(name)) {
    throw invalid(text, 'registry host must not be the web site of Docker Hub', first, `write ${shown(atDockerHub(text))}`);
  }
  return rest !== undefined && isHost ? { host: normaliseHost(first, text), path: rest } : { host: DOCKER_HUB, path: name };
}

function normaliseHost(given: string, text: string): string {
  if (/[^\x00-\x7f]/.test(given)) {
    throw invalid(text, 'registry host must be ASCII', given, 'write an international name in its ASCII form, which starts with "xn--"');
  }
  const host = given.toLowerCase();
  const [, address, port] = HOST.exec(host) ?? [];
  if (address === undefined) {
    throw invalid(text, 'registry host must be a name of letters, digits, "-" and ".", or an address (IPv6 in "[]"), and an optional port number', given,
      'write it like "registry.example.com:5000"');
  }
  if (port === undefined && address !== 'localhost' && !/[.:]/.test(address)) {
    throw invalid(text, 'registry host must contain a "." or a port unless it is localhost', given,
      'write the full host name, or lower case only if it is a namespace of Docker Hub');
  }
  if (port !== undefined && (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65535)) {
    throw invalid(text, 'port of the registry host must be a number from 1 to 65535 without leading zeros', given,
      'write the port that the registry listens on');
  }
  // A URL turns 0x7f000001 and 127.1 into 127.0.0.1: the host that is checked here would not be the host that is asked later.
  const url = `https://${address}/v2/`;
  const asked = URL.canParse(url) ? new URL(url).hostname : undefined;
  if (asked !== address) {
    throw invalid(text, 'registry host must stay the same in a URL', given,
      asked === undefined ? 'it is not valid in a URL, correct it' : `a URL turns it into ${shown(asked)}, write that if you mean it`);
  }
  return DOCKER_HUB_ALIASES.includes(host) ? DOCKER_HUB : host;
}

/** A page of Docker Hub's web site as its image; any other text as it is. */
function atDockerHub(text: string): string {
  return text.replace(DOCKER_HUB_WEB_SITE, `${DOCKER_HUB}/`);
}

/** The text before and after the first separator; without one, there is nothing after it. */
function cut(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}

/** What is wrong, the part it is wrong with, and what to do. */
function invalid(text: string, problem: string, part: string, advice: string): Error {
  // For every fault: a text with another fault can contain a password too.
  if (CREDENTIALS_MARK.test(text.trim().replace(PINNED, ''))) {
    return credentialsError();
  }
  const context = part === text ? '' : ` in ${shown(text)}`;
  return imageReferenceError(`${problem}, got ${shown(part)}${context}; ${advice}`);
}

function credentialsError(): Error {
  return imageReferenceError('image reference must not contain a user name or password, and "@" only before a complete digest, '
    + `got text that is not shown because it can contain a password; write the image alone, like ${EXAMPLE}, and the password into the registry credentials`);
}

function imageReferenceError(message: string): Error {
  const error = new Error(`${message} [cdk-private-registry:invalidImageReference]`);
  error.name = 'ImageReferenceError';
  return error;
}

/** JSON, shortened; invisible characters are escaped, since they are hard to find otherwise. */
function shown(text: string): string {
  const short = text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
  return JSON.stringify(short).replace(/(?! )[\p{C}\p{Z}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
