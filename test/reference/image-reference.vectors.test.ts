import * as upstream from './image-references.vectors.json';
import { ImageReference, registryHostOfPrefix } from '../../src/reference/image-reference';

/*
 * The rows of `image-references.vectors.json` are what the Go module github.com/distribution/reference answers:
 * its own test tables, and further inputs that were run through it. They are compared with this library as follows.
 *
 * normalized       parse(input)
 * any              parse(input); image IDs and bare digests, which it also reads, are the exceptions below
 * dockerRef        parse(input), then the tag is dropped if there is a digest, and `latest` is the default
 * parseNamed       parse(input), refused if it does not print as it was written
 * parse            parse(input), after Docker's normalisation of the row's name, which this function leaves out
 * referenceRegexp  the same, for the name, tag and digest of the row's groups
 * domainRegexp     parse(input + '/x'); the row says whether the input is a host
 *
 * Left out are withName, for names that must not have a tag or a digest, and identifierRegexp, for image IDs:
 * the library has no such functions.
 */
interface Row {
  readonly fn: string;
  readonly input: string;
  readonly ok: boolean;
  readonly domain?: string;
  readonly path?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly canonical?: string;
  readonly groups?: string[];
}

interface Reading {
  readonly host?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

interface Comparison {
  readonly fn: string;
  readonly text: string;
  readonly expected?: Reading;
  readonly actual?: Reading;
  readonly refusal?: string;
}

/** Where the library differs on purpose: which texts, and the name that it reads instead or undefined if it refuses the text. */
interface Rule {
  readonly rule: string;
  readonly because: string;
  readonly applies: (expected: Reading, comparison: Comparison) => boolean;
  readonly refusal?: string;
  readonly texts: Record<string, string | undefined>;
}

const ROWS: Row[] = upstream.vectors;

const address = (host: string) => host.replace(/:[0-9]+$/, '');
const port = (host: string) => /:([0-9]+)$/.exec(host)?.[1];
const isAddressOfUrl = (host: string) => URL.canParse(`https://${host}`) && new URL(`https://${host}`).hostname === host;
const isPort = (digits?: string) => digits === undefined || (Number(digits) > 0 && Number(digits) < 65536);

const RULES: Rule[] = [
  {
    rule: 'hosts are lower-cased',
    because: 'hosts that differ in upper and lower case are one registry, with one secret',
    applies: ({ host = '' }) => /[A-Z]/.test(host) && /[.:]/.test(host) && host !== 'INDEX.DOCKER.IO',
    texts: {
      'Asdf.com/x': 'asdf.com/x',
      'EXAMPLE.COM:5000/repo': 'example.com:5000/repo',
      'Example.com/repo': 'example.com/repo',
      'GHCR.io/owner/image': 'ghcr.io/owner/image',
    },
  },
  {
    rule: 'all hosts of Docker Hub are docker.io',
    because: 'they are one registry, with one secret',
    applies: ({ host = '' }) => ['INDEX.DOCKER.IO', 'docker.io:443', 'registry-1.docker.io', 'registry.hub.docker.com'].includes(host),
    texts: {
      'INDEX.DOCKER.IO/ubuntu': 'docker.io/library/ubuntu',
      'docker.io:443/library/ubuntu': 'docker.io/library/ubuntu',
      'registry-1.docker.io/library/ubuntu:latest': 'docker.io/library/ubuntu',
    },
  },
  {
    rule: 'upper case alone makes no host',
    because: 'it is nearly always a namespace of Docker Hub in the wrong case, and never a host that AWS can reach',
    applies: ({ host = '' }) => /^[^.:]*[A-Z][^.:]*$/.test(host),
    refusal: 'registry host must contain a "." or a port',
    texts: refused([
      'DOCKER/docker', 'Docker/docker', 'FOO/bar', 'Foo/bar', 'LOCALDOMAIN/debian', 'LOCALDOMAIN/fooo', 'LOCALDOMAIN/fooo/bar',
      'LOCALDOMAIN/library/debian', 'Library/ubuntu', 'MYHOST/app', 'eXample/a/b',
    ]),
  },
  {
    rule: 'ports are 1 to 65535',
    because: 'there are no others',
    applies: ({ host = '' }) => !isPort(port(host)),
    refusal: 'port of the registry host must be a number from 1 to 65535',
    texts: refused([
      '192.168.1.1:750050/x', '192.168.1.1:75050/x', '[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:75050/x',
      '[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:750505/x', '[fd00123123123]:75050/x', '[fd00:1:2::3]:75050/x',
      'example.com:0/app', 'example.com:99999999/app',
    ]),
  },
  {
    rule: 'hosts stay the same in a URL',
    because: 'the registry is asked by URL, which makes 127.0.0.1 of 0x7f000001',
    applies: ({ host = '' }) => host !== '' && isPort(port(host)) && !isAddressOfUrl(address(host.toLowerCase())),
    refusal: 'registry host must stay the same in a URL',
    texts: refused(['0x7f000001:5000/app', '[:]:5000/app']),
  },
  {
    rule: 'host and repository have 255 characters together',
    because: 'the OCI distribution specification warns that many clients have this limit',
    applies: ({ host = '', repository = '' }) => `${host}/${repository}`.length > 255,
    refusal: 'host and repository must have at most 255 characters together',
    texts: refused([
      'a/a/a/a/a/a/a/a/a/a/…255', 'a/a/a/a/a/a/a/a/a/a/…278', 'aaaaaaaaaaaaaaaaaaaa…248', 'aaaaaaaaaaaaaaaaaaaa…255', 'aaaaaaaaaaaaaaaaaaaa…316',
      'docker.io/aaaaaaaaaa…265', 'docker.io/x/aaaaaaaa…265', 'example.com/a/a/a/a/…267', 'example.com/aaaaaaaa…271', 'ghcr.io/aaaaaaaaaaaa…464',
    ]),
  },
  {
    rule: 'image IDs are refused',
    because: 'an ID names an image on one machine, no registry knows it',
    applies: (_, { text }) => /^[a-f0-9]{64}$/.test(text),
    refusal: 'image reference must name a repository, not an image ID',
    texts: refused([
      '1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a',
      'dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c',
    ]),
  },
  {
    rule: 'a bare digest is the tag of a repository named sha256',
    because: 'so says `normalized`, the function that is followed where `any` differs from it',
    applies: (_, { fn, text }) => fn === 'any' && /^sha256:[a-f0-9]{64}$/.test(text),
    texts: { 'sha256:dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c': 'docker.io/library/sha256' },
  },
];

function refused(texts: string[]): Record<string, undefined> {
  return Object.fromEntries(texts.map((text) => [text, undefined]));
}

/** Texts that are too long to be written in a table are named by their beginning and length. */
function label(text: string): string {
  return text.length > 150 || /a{30}/.test(text) ? `${text.slice(0, 20)}…${text.length}` : text;
}

/** What `normalized` makes of a name: the first part is a host only if it looks like one. */
function normalise(name: string): Reading {
  const [first, ...rest] = name.split('/');
  const isHost = rest.length > 0 && (first === 'localhost' || /[.:A-Z]/.test(first));
  const host = isHost && first !== 'index.docker.io' ? first : 'docker.io';
  const repository = isHost ? rest.join('/') : name;
  return { host, repository: host === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository };
}

function expectedReading(row: Row): Reading | undefined {
  const { domain, path = '', tag, digest, groups = [] } = row;
  if (!row.ok) {
    return undefined;
  }
  switch (row.fn) {
    case 'domainRegexp': return normalise(`${row.input}/x`);
    case 'referenceRegexp': return { ...normalise(groups[0]), tag: groups[1] || undefined, digest: groups[2] || undefined };
    case 'parse': return { ...normalise(domain ? `${domain}/${path}` : path), tag, digest };
    default: return { host: domain, repository: row.path, tag, digest };
  }
}

function actualReading(row: Row, text: string): Reading {
  const reference = ImageReference.parse(text);
  const { host, repository, tag, digest } = reference;
  if (row.fn === 'parseNamed' && reference.toString() !== text) {
    throw new Error('not canonical');
  }
  if (row.fn === 'dockerRef') {
    return { host, repository, tag: digest ? undefined : tag ?? 'latest', digest };
  }
  return { host, repository, tag, digest };
}

function compare(row: Row): Comparison {
  const text = row.fn === 'domainRegexp' ? `${row.input}/x` : row.input;
  const comparison = { fn: row.fn, text, expected: expectedReading(row) };
  try {
    return { ...comparison, actual: actualReading(row, text) };
  } catch (error) {
    return { ...comparison, refusal: (error as Error).message };
  }
}

const COMPARISONS = ROWS.map(compare);
const DIFFERENCES = COMPARISONS.filter(({ expected, actual }) => JSON.stringify(expected) !== JSON.stringify(actual));

function rulesOf(comparison: Comparison): Rule[] {
  return comparison.expected === undefined ? [] : RULES.filter(({ applies }) => applies(comparison.expected!, comparison));
}

test('the rows are complete', () => {
  const count = (fn: string) => ROWS.filter((row) => row.fn === fn).length;
  expect(Object.fromEntries(Object.keys(upstream.functions).map((fn) => [fn, count(fn)]))).toEqual({
    parse: 313, normalized: 325, dockerRef: 289, any: 296, parseNamed: 8, domainRegexp: 30, referenceRegexp: 20,
  });
  expect(ROWS).toHaveLength(1281);
});

test.each(Object.keys(upstream.functions))('agrees with %s on every row that no rule excepts', (fn) => {
  const unexplained = DIFFERENCES.filter((difference) => difference.fn === fn && rulesOf(difference).length === 0);
  expect(unexplained).toEqual([]);
});

test('no difference has two rules', () => {
  const ambiguous = DIFFERENCES.filter((difference) => rulesOf(difference).length > 1);
  expect(ambiguous.map(({ text }) => label(text))).toEqual([]);
});

describe.each(RULES)('$rule, because $because', (rule) => {
  const concerned = COMPARISONS.filter((comparison) => rulesOf(comparison).includes(rule));

  test('it concerns the listed texts and no others', () => {
    const texts = [...new Set(concerned.map(({ text }) => text))];
    expect(texts.map(label).sort()).toEqual(Object.keys(rule.texts).sort());
  });

  test('each of them still differs, as the list says', () => {
    for (const comparison of concerned) {
      expect(DIFFERENCES).toContain(comparison);
      const name = rule.texts[label(comparison.text)];
      if (name === undefined) {
        expect(comparison.refusal).toContain(rule.refusal);
      } else {
        expect(`${comparison.actual?.host}/${comparison.actual?.repository}`).toBe(name);
      }
    }
  });
});

test('prints the canonical form of upstream', () => {
  const rows = ROWS.filter((row, index) => row.fn === 'normalized' && row.ok && !DIFFERENCES.includes(COMPARISONS[index]));
  expect(rows.map(({ input }) => ImageReference.parse(input).toString())).toEqual(rows.map(({ canonical }) => canonical));
});

test('finds the same host in the part before a token as in the whole reference', () => {
  const accepted = COMPARISONS.filter(({ text, actual }) => actual !== undefined && text.includes('/'));
  for (const { text } of accepted) {
    const { host } = ImageReference.parse(text);
    expect(registryHostOfPrefix(text)).toBe(host);
    expect(registryHostOfPrefix(text.slice(0, text.indexOf('/') + 1))).toBe(host);
  }
});
