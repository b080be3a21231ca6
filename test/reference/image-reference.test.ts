import { stopwatch } from '../../bench/stopwatch';
import { ImageReference, registryHostOfPrefix } from '../../src/reference/image-reference';
import * as fc from '../support/fast-check';

const HASH = '0123456789abcdef'.repeat(4);
const DIGEST = `sha256:${HASH}`;
const CODE = '[cdk-private-registry:invalidImageReference]';
const CREDENTIALS_MESSAGE = 'image reference must not contain a user name or password, and "@" only before a complete digest, '
  + 'got text that is not shown because it can contain a password; write the image alone, like "ghcr.io/acme/api:1.4.2", '
  + `and the password into the registry credentials ${CODE}`;

/** The message that a call fails with; it must be ours and fit for a terminal. */
function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    const { name, message } = error as Error;
    expect(name).toBe('ImageReferenceError');
    expect(message).toMatch(/^[a-z][^\p{C}]{0,2500}[^.] \[cdk-private-registry:invalidImageReference\]$/u);
    return message;
  }
  throw new Error('expected a refusal');
}

describe('parse', () => {
  test.each([
    ['nginx', 'docker.io', 'library/nginx', undefined, undefined],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', undefined],
    ['acme/api', 'docker.io', 'acme/api', undefined, undefined],
    ['docker.io/nginx', 'docker.io', 'library/nginx', undefined, undefined],
    ['library/nginx', 'docker.io', 'library/nginx', undefined, undefined],
    ['ghcr.io/acme/api:1.4.2', 'ghcr.io', 'acme/api', '1.4.2', undefined],
    ['ghcr.io/api', 'ghcr.io', 'api', undefined, undefined],
    [`ghcr.io/acme/api@${DIGEST}`, 'ghcr.io', 'acme/api', undefined, DIGEST],
    [`ghcr.io/acme/api:1.4.2@${DIGEST}`, 'ghcr.io', 'acme/api', '1.4.2', DIGEST],
    ['registry.example.com:5000/a/b/c/d', 'registry.example.com:5000', 'a/b/c/d', undefined, undefined],
    ['localhost/app', 'localhost', 'app', undefined, undefined],
    ['[fd00::1]:5000/app', '[fd00::1]:5000', 'app', undefined, undefined],
    ['xn--mnchen-3ya.example/app', 'xn--mnchen-3ya.example', 'app', undefined, undefined],
    [`${HASH}@${DIGEST}`, 'docker.io', `library/${HASH}`, undefined, DIGEST],
    ['ghcr.io:443/app', 'ghcr.io:443', 'app', undefined, undefined],
    ['host:65535/app', 'host:65535', 'app', undefined, undefined],
  ])('takes %s apart', (text, host, repository, tag, digest) => {
    expect({ ...ImageReference.parse(text) }).toEqual({ host, repository, tag, digest });
  });

  test.each(['host:5000', 'ghcr.io', 'docker.io', 'localhost:8080'])('reads %s without a path as an image of Docker Hub, like Docker', (text) => {
    expect(ImageReference.parse(text).toString()).toBe(`docker.io/library/${text}`);
  });

  test.each(['LOCALHOST/app', 'Ghcr.IO/app', 'REGISTRY:5000/app', '[FD00::1]/app'])('lower-cases the host of %s', (text) => {
    expect(ImageReference.parse(text).toString()).toBe(text.toLowerCase());
  });

  test.each([
    'docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com', 'docker.io:443', 'DOCKER.IO', 'Registry.Hub.Docker.com',
  ])('knows %s as Docker Hub', (host) => {
    expect(ImageReference.parse(`${host}/nginx`).toString()).toBe('docker.io/library/nginx');
    expect(ImageReference.parse(`${host}/acme/api:1`).toString()).toBe('docker.io/acme/api:1');
  });

  test('accepts a tag of 128 characters', () => {
    expect(ImageReference.parse(`nginx:${'a'.repeat(128)}`).tag).toHaveLength(128);
  });

  test('accepts 255 characters of host and repository, and no more', () => {
    for (const text of [`ghcr.io/${'a'.repeat(247)}`, 'a'.repeat(237), `acme/${'a'.repeat(240)}`]) {
      const { host, repository } = ImageReference.parse(text);
      expect(`${host}/${repository}`).toHaveLength(255);
      expect(refusalOf(() => ImageReference.parse(`${text}a`))).toMatch(/^host and repository must have at most 255 characters together, they have 256, got /);
    }
    expect(refusalOf(() => ImageReference.parse('a'.repeat(300)))).toBe(
      'host and repository must have at most 255 characters together, they have 318, '
      + `got "docker.io/library/${'a'.repeat(82)}…" in "${'a'.repeat(100)}…"; push the image to a shorter name ${CODE}`);
  });

  test.each([
    ['', 'image reference must not be empty, got ""; write it like "ghcr.io/acme/api:1.4.2"'],
    ['https://ghcr.io/acme/api', 'image reference must not start with "https://", got "https://ghcr.io/acme/api"; write "ghcr.io/acme/api"'],
    ['Docker://ubuntu', 'image reference must not start with "Docker://", got "Docker://ubuntu"; write "ubuntu"'],
    ['//ghcr.io/a', 'image reference must not start with "//", got "//ghcr.io/a"; write "ghcr.io/a"'],
    ['/acme/api', 'image reference must not start with "/", got "/acme/api"; write "acme/api"'],
    ['https://', 'image reference must not start with "https://", got "https://"; write "ghcr.io/acme/api:1.4.2"'],
    ['nginx\n', 'image reference must not contain spaces or line breaks, got "nginx\\n"; remove them'],
    [' nginx', 'image reference must not contain spaces or line breaks, got " nginx"; remove them'],
    ['nginx\u00a0', 'image reference must not contain spaces or line breaks, got "nginx\\u{a0}"; remove them'],
    [`nginx@${DIGEST}\n`, `image reference must not contain spaces or line breaks, got "nginx@${DIGEST}\\n"; remove them`],
    [HASH, `image reference must name a repository, not an image ID, got "${HASH}"; `
      + 'write the name that the image was pushed to, like "ghcr.io/acme/api:1.4.2"'],
    ['Acme/api', 'registry host must contain a "." or a port unless it is localhost, got "Acme" in "Acme/api"; '
      + 'write the full host name, or lower case only if it is a namespace of Docker Hub'],
    ['my_host.example.com/app', 'registry host must be a name of letters, digits, "-" and ".", or an address (IPv6 in "[]"), and an optional port number, '
      + 'got "my_host.example.com" in "my_host.example.com/app"; write it like "registry.example.com:5000"'],
    ['münchen.example/app', 'registry host must be ASCII, got "münchen.example" in "münchen.example/app"; '
      + 'write an international name in its ASCII form, which starts with "xn--"'],
    ['host:0/app', 'port of the registry host must be a number from 1 to 65535 without leading zeros, got "host:0" in "host:0/app"; '
      + 'write the port that the registry listens on'],
    ['127.1:1/app', 'registry host must stay the same in a URL, got "127.1:1" in "127.1:1/app"; a URL turns it into "127.0.0.1", write that if you mean it'],
    ['999.1.1.1/app', 'registry host must stay the same in a URL, got "999.1.1.1" in "999.1.1.1/app"; it is not valid in a URL, correct it'],
    ['hub.docker.com/r/acme/api', 'registry host must not be the web site of Docker Hub, got "hub.docker.com" in "hub.docker.com/r/acme/api"; write "docker.io/acme/api"'],
    ['Hub.Docker.com/_/nginx:1', 'registry host must not be the web site of Docker Hub, got "Hub.Docker.com" in "Hub.Docker.com/_/nginx:1"; write "docker.io/nginx:1"'],
    ['hub.docker.com/repository/docker/acme/api', 'registry host must not be the web site of Docker Hub, '
      + 'got "hub.docker.com" in "hub.docker.com/repository/docker/acme/api"; write "docker.io/acme/api"'],
    ['hub.docker.com/acme/api', 'registry host must not be the web site of Docker Hub, got "hub.docker.com" in "hub.docker.com/acme/api"; write "docker.io/acme/api"'],
    ['https://hub.docker.com/r/acme/api', 'image reference must not start with "https://", got "https://hub.docker.com/r/acme/api"; write "docker.io/acme/api"'],
    ['gcr.io/example.com:proj/img', 'project of a Google registry must have a "/" after its domain, '
      + 'got "example.com:proj" in "gcr.io/example.com:proj/img"; write "gcr.io/example.com/proj/img"'],
    ['us-docker.pkg.dev/example.com:proj/repo/img:1', 'project of a Google registry must have a "/" after its domain, '
      + 'got "example.com:proj" in "us-docker.pkg.dev/example.com:proj/repo/img:1"; write "us-docker.pkg.dev/example.com/proj/repo/img:1"'],
    ['gcr.io/proj:1/img', 'image tag must be 1 to 128 letters, digits, "_", "." or "-" and must not start with "." or "-", '
      + 'got "1/img" in "gcr.io/proj:1/img"; the first ":" after the host starts the tag, write it like "ghcr.io/acme/api:1.4.2"'],
    ['ghcr.io/example.com:proj/img', 'image tag must be 1 to 128 letters, digits, "_", "." or "-" and must not start with "." or "-", '
      + 'got "proj/img" in "ghcr.io/example.com:proj/img"; the first ":" after the host starts the tag, write it like "ghcr.io/acme/api:1.4.2"'],
    ['ghcr.io/Acme/API:1', 'image repository must be in lower case, got "Acme/API" in "ghcr.io/Acme/API:1"; write "acme/api"'],
    ['ghcr.io/acme//api', 'image repository must be lower-case letters and digits, joined by one ".", "_", "__" or any number of "-", in parts joined by one "/", '
      + 'got "acme//api" in "ghcr.io/acme//api"; write it like "ghcr.io/acme/api:1.4.2"'],
    ['nginx:', 'image tag must be 1 to 128 letters, digits, "_", "." or "-" and must not start with "." or "-", got "" in "nginx:"; '
      + 'the first ":" after the host starts the tag, write it like "ghcr.io/acme/api:1.4.2"'],
    ['nginx@sha256:abc', 'image digest must be "sha256:" and exactly 64 hexadecimal digits in lower case, got "sha256:abc"; copy it as the registry shows it'],
    ['nginx@', 'image digest must be "sha256:" and exactly 64 hexadecimal digits in lower case, got ""; copy it as the registry shows it'],
    [`nginx@sha512:${HASH}${HASH}`, 'image digest must be of the algorithm sha256, which every registry offers, '
      + `got "sha512:${HASH}${HASH.slice(0, 29)}…"; write "sha256:" and 64 hexadecimal digits`],
  ])('fails for %j with a message that helps', (text, message) => {
    expect(refusalOf(() => ImageReference.parse(text))).toBe(`${message} ${CODE}`);
  });

  test('fails for more than 1024 characters', () => {
    const message = `image reference must have at most 1024 characters, got 1025; write it like "ghcr.io/acme/api:1.4.2" ${CODE}`;
    expect(refusalOf(() => ImageReference.parse('a'.repeat(1025)))).toBe(message);
    expect(refusalOf(() => registryHostOfPrefix('a'.repeat(1025)))).toBe(message);
    expect(refusalOf(() => ImageReference.parse('a'.repeat(1024)))).not.toBe(message);
  });

  test.each([
    ['registry host must stay', ['0x7f000001:5000/a', '2130706433:1/a', '127.1/a', '1.2.3.4.5/a', '[:]:5000/a', '[2001:0db8::1]/a', 'xn--a.example/a']],
    ['registry host must be a name', ['[fe80::1%eth0]/a', '-a.example/a', 'a-.example/a', 'a..b/a', 'a.b./a', 'host:/a', 'host:http/a', 'fc00::1:5000/a']],
    ['registry host must contain', ['Foo/bar', 'FOO/bar/baz']],
    ['port of the registry host must', ['host:65536/a', 'host:99999999/a', 'host:080/a', 'localhost:0/a']],
    ['image repository must be in lower case', ['Nginx', 'acme/API', 'localhost/A', 'docker.io/Acme/api:1', `NGINX@${DIGEST}`]],
    ['image repository must be lower-case letters', ['-', ':', 'a/', 'a__/b', 'a___b', 'a..b', 'a._b', 'a/../b', 'a%2fb', 'ﬁle', '$(x)/a', `@${DIGEST}`]],
    ['image tag must', ['a::b', 'a:b:c', 'a:.b', 'a:-b', 'a/a:b/c', 'a:b+c', 'a:b~c', 'a:é', `a:${'b'.repeat(129)}`, `a:@${DIGEST}`]],
    ['image digest must be of the algorithm sha256', [
      `a@sha384:${HASH}`, `a@SHA256:${HASH}`, 'a@sha1:0123456789abcdef0123456789abcdef01234567', 'a@md5:0123456789abcdef0123456789abcdef',
    ]],
    ['image digest must be "sha256:"', [`a@${DIGEST}0`, `a@${DIGEST.toUpperCase().replace('SHA', 'sha')}`, `a@${DIGEST}:tag`, 'a@sha256', 'a@sha256:ghi']],
  ])('fails with "%s" for %j', (beginning, texts) => {
    for (const text of texts) {
      expect(refusalOf(() => ImageReference.parse(text))).toMatch(new RegExp(`^${beginning}`));
    }
  });

  test('shows what cannot be seen', () => {
    expect(refusalOf(() => ImageReference.parse('a\u0000\u001b\u007f\u200b\u202e\ud800\u{e0001}b'))).toContain(
      'got "a\\u0000\\u001b\\u{7f}\\u{200b}\\u{202e}\\ud800\\u{e0001}b"; ');
  });

  test.each([[undefined, 'undefined'], [null, 'null'], [42, 'number'], [{ password: 'hunter2' }, 'object'], [['nginx'], 'object'], [Symbol('nginx'), 'symbol']])(
    'fails for %p from plain JavaScript like for a wrong text', (value, type) => {
      const text = value as unknown as string;
      expect(refusalOf(() => ImageReference.parse(text))).toBe(`image reference must be a string, got ${type}; pass a string ${CODE}`);
      expect(refusalOf(() => registryHostOfPrefix(text))).toBe(`image reference must be a string, got ${type}; pass a string ${CODE}`);
      expect(refusalOf(() => ImageReference.parse('a').withDigest(text))).toBe(`image digest must be a string, got ${type}; pass a string ${CODE}`);
    });
});

describe('passwords', () => {
  test.each([
    'bot:hunter2@ghcr.io/acme/api:1',
    'bot:hunter2@ghcr.io',
    'bot:hunter2@registry:5000',
    `bot:hunter2@ghcr.io/acme/api@${DIGEST}`,
    `hunter2@ghcr.io/acme/api:1@${DIGEST}`,
    'https://bot:hunter2@ghcr.io/acme/api',
    'https://hunter2@ghcr.io/acme/api',
    'https://bot:hunter2%40ghcr.io/acme/api',
    'bot:hunter2%40ghcr.io/acme/api',
    'bot:hunter2＠ghcr.io/acme/api',
    `bot:hunter2＠ghcr.io/acme/api@${DIGEST}`,
    ' bot:hunter2@ghcr.io/acme/api\n',
    'bot:hunter2 @ghcr.io/acme/api',
    'bot:hunter2@münchen.example/Acme/API',
    'bot:hunter2/hunter2@hunter2@ghcr.io/acme/api',
    'bot:hunter2@sha256:5000/acme/api',
    'https://bot:hunter2@sha256:abc',
    'acme/api@latest',
  ])('are not repeated: %s', (text) => {
    expect(refusalOf(() => ImageReference.parse(text))).toBe(CREDENTIALS_MESSAGE);
  });

  test('are not repeated if the text is too long to be looked at', () => {
    expect(refusalOf(() => ImageReference.parse(`bot:hunter2@ghcr.io/${'a'.repeat(1024)}`))).not.toContain('hunter2');
  });

  test('are not repeated if they are taken for a digest', () => {
    for (const text of ['bot:hunter2@ghcr.io', `bot:hunter2@${DIGEST}/acme/api`]) {
      expect(refusalOf(() => ImageReference.parse('a').withDigest(text))).toBe(CREDENTIALS_MESSAGE);
    }
  });
});

describe('withDigest', () => {
  test('pins the image and drops the tag', () => {
    expect(ImageReference.parse('ghcr.io/acme/api:1.4.2').withDigest(DIGEST)).toStrictEqual(ImageReference.parse(`ghcr.io/acme/api@${DIGEST}`));
  });

  test('replaces another digest and leaves the original alone', () => {
    const original = ImageReference.parse(`nginx:1@sha256:${'f'.repeat(64)}`);
    expect(original.withDigest(DIGEST).toString()).toBe(`docker.io/library/nginx@${DIGEST}`);
    expect(original.toString()).toBe(`docker.io/library/nginx:1@sha256:${'f'.repeat(64)}`);
  });

  test.each(['', HASH, 'latest', `@${DIGEST}`, `${DIGEST}\n`, `${DIGEST}0`, `sha512:${HASH}${HASH}`, `nginx@${DIGEST}`])('fails for %j', (digest) => {
    expect(refusalOf(() => ImageReference.parse('nginx').withDigest(digest))).toMatch(/^image (digest|reference) must/);
  });
});

describe('registryHostOfPrefix', () => {
  test.each([
    ['ghcr.io/acme/api:', 'ghcr.io'],
    ['ghcr.io/', 'ghcr.io'],
    ['GHCR.io/Ac', 'ghcr.io'],
    ['acme/api:', 'docker.io'],
    ['docker.io/acme/', 'docker.io'],
    ['registry-1.docker.io/', 'docker.io'],
    ['localhost:5000/', 'localhost:5000'],
    ['ghcr.io/acme/api@', 'ghcr.io'],
    ['ghcr.io/acme/api:1.4.2@sha256:', 'ghcr.io'],
    [`ghcr.io/acme/api@${DIGEST.slice(0, 20)}`, 'ghcr.io'],
    ['', undefined],
    ['ghcr.io', undefined],
    ['nginx:', undefined],
    ['nginx:1@', undefined],
    ['registry.example.com:50', undefined],
  ])('finds in %j the host %s', (prefix, host) => {
    expect(registryHostOfPrefix(prefix)).toBe(host);
  });

  test.each([
    ['https://', 'image reference must not start with "https://", got "https://"; write "ghcr.io/acme/api:1.4.2"'],
    ['https://ghcr.io/acme/api:', 'image reference must not start with "https://", got "https://ghcr.io/acme/api:"; write "ghcr.io/acme/api:"'],
    [' ghcr.io/', 'image reference must not contain spaces or line breaks, got " ghcr.io/"; remove them'],
    ['host:0/', 'port of the registry host must be a number from 1 to 65535 without leading zeros, got "host:0" in "host:0/"; '
      + 'write the port that the registry listens on'],
  ])('fails for %j as parse does', (prefix, message) => {
    expect(refusalOf(() => registryHostOfPrefix(prefix))).toBe(`${message} ${CODE}`);
  });

  test.each(['bot:hunter2@gh', 'bot:hunter2@ghcr.io/acme/api:', 'https://bot:hunter2@', 'bot:hunter2/hunter2@', 'Bot/hunter2@sha256:'])(
    'does not repeat the password of %s', (prefix) => {
      expect(refusalOf(() => registryHostOfPrefix(prefix))).toBe(CREDENTIALS_MESSAGE);
    });
});

describe('whatever the text', () => {
  const anyCharacters = fc.oneof(fc.string({ unit: 'binary', maxLength: 1100 }), fc.string({ unit: 'grapheme', maxLength: 300 }));
  const fragment = fc.constantFrom(
    'a', 'A', '0', 'nginx', 'acme/', 'ghcr.io', 'localhost', 'docker.io/', '/', ':', '.', '-', '--', '_', '__', '@', ':5000', ':65536', '[::1]', '[', ']',
    'sha256:', `@${DIGEST}`, `sha512:${HASH}`, HASH, 'https://', 'bot:pw@', '%40', 'xn--', '0x7f', '127.', ' ', '\n', '\u0000', 'ü', '${Token[TOKEN.1]}',
  );
  const referenceLike = fc.array(fragment, { maxLength: 12 }).map((fragments) => fragments.join(''));
  const repeated = fc.tuple(referenceLike, fragment, fc.integer({ min: 1, max: 100_000 }), referenceLike)
    .map(([start, middle, length, end]) => `${start}${middle.repeat(length / middle.length)}${end}`);
  const anyText = fc.oneof(anyCharacters, referenceLike, repeated, repeated.map((text) => text.slice(0, 1024)));

  const component = fc.stringMatching(/^[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2}$/);
  const host = fc.oneof(
    fc.constantFrom('acme/', 'docker.io/', 'localhost/', 'LocalHost/', 'index.docker.io/', 'DOCKER.IO:443/', '[::1]:5000/', '10.0.0.1/'),
    fc.tuple(fc.stringMatching(/^[A-Za-z0-9]{1,4}(-[A-Za-z0-9]{1,4})?$/), fc.integer({ min: 1, max: 65535 })).map(([name, port]) => `${name}.example:${port}/`),
  );
  const tag = fc.oneof(fc.constant(''), fc.stringMatching(/^:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/));
  const digest = fc.oneof(fc.constant(''), fc.stringMatching(/^@sha256:[0-9a-f]{64}$/));

  test('a reference prints and parses to itself', () => {
    fc.assert(fc.property(host, fc.array(component, { minLength: 1, maxLength: 5 }), tag, digest, (registry, path, tagPart, digestPart) => {
      const text = `${registry}${path.join('/')}${tagPart}${digestPart}`;
      const reference = ImageReference.parse(text);
      expect(ImageReference.parse(reference.toString())).toStrictEqual(reference);
      expect(reference.toString().endsWith(`${tagPart}${digestPart}`)).toBe(true);
      expect(registryHostOfPrefix(text)).toBe(reference.host);
    }), { numRuns: 1000 });
  });

  test('it is a reference or an error of ours', () => {
    fc.assert(fc.property(anyText, (text) => {
      for (const call of [() => ImageReference.parse(text), () => registryHostOfPrefix(text), () => ImageReference.parse('a').withDigest(text)]) {
        const outcome = attempt(call);
        if (outcome instanceof ImageReference) {
          expect(ImageReference.parse(outcome.toString())).toStrictEqual(outcome);
        }
      }
    }), { numRuns: 3000 });
  });

  test('it takes milliseconds', () => {
    fc.assert(fc.property(anyText, (text) => {
      for (const call of [() => ImageReference.parse(text), () => registryHostOfPrefix(text), () => ImageReference.parse('a').withDigest(text)]) {
        // The garbage collector or another process may be in the way once, but not three times.
        expect(Math.min(duration(call), duration(call), duration(call))).toBeLessThan(50);
      }
    }), { numRuns: 300 });
  });

  test('a password is not repeated', () => {
    const scheme = fc.constantFrom('', 'https://', 'docker://', ' ', '//');
    const word = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }), referenceLike);
    const place = fc.constantFrom('ghcr.io', 'ghcr.io/acme/api:1', 'registry:5000/Acme', `[::1]/a@${DIGEST}`, 'münchen.example/', 'x y');
    fc.assert(fc.property(scheme, word, word, place, fc.nat(), (start, user, password, end, cutAt) => {
      const credentials = `${start}${user}:${password}@`;
      fc.pre(credentials.length < 900);
      expect(refusalOf(() => ImageReference.parse(credentials + end))).toBe(CREDENTIALS_MESSAGE);
      expect(refusalOf(() => registryHostOfPrefix(credentials + end.slice(0, 1 + cutAt % end.length)))).toBe(CREDENTIALS_MESSAGE);
    }), { numRuns: 2000 });
  });

  function attempt(call: () => unknown): unknown {
    let outcome: unknown;
    try {
      outcome = call();
    } catch (error) {
      refusalOf(() => {
        throw error;
      });
    }
    return outcome;
  }

  /** In milliseconds of the processor, so that other programs on the machine do not count. */
  function duration(call: () => unknown): number {
    const stop = stopwatch();
    attempt(call);
    return stop();
  }
});
