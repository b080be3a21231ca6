/** A character of a text, and the part of the text that it was decoded from. */
export interface Unit {
  readonly char: string;
  readonly start: number;
  readonly end: number;
}

/** The names that HTML has for characters of ASCII. */
const ENTITIES: Readonly<Record<string, string>> = Object.fromEntries([
  'excl!', 'quot"', 'num#', 'dollar$', 'percnt%', 'amp&', 'apos\'', 'lpar(', 'rpar)', 'ast*', 'plus+', 'comma,', 'period.', 'sol/', 'colon:', 'semi;',
  'lt<', 'equals=', 'gt>', 'quest?', 'commat@', 'lsqb[', 'lbrack[', 'bsol\\', 'rsqb]', 'rbrack]', 'hat^', 'lowbar_', 'grave`', 'lcub{', 'lbrace{',
  'verbar|', 'vert|', 'rcub}', 'rbrace}', 'nbsp ', 'tab\t', 'newline\n',
].map((entity) => [entity.slice(0, -1), entity.slice(-1)]));

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

const ESCAPE = new RegExp([
  '\\[(?<list>[0-9]{1,3}(?:[ ,+]+[0-9]{1,3})+)\\]?',
  '(?<bytes>(?:%[0-9a-f]{2})+)',
  '&#x0*(?<entityHex>[0-9a-f]{1,6});?',
  '&#0*(?<entity>[0-9]{1,7});?',
  '&(?<name>[a-z]+);?',
  '\\\\u\\{0*(?<braced>[0-9a-f]{1,6})\\}',
  '(?:[\\\\%]u(?=[0-9a-f]{4})|\\\\x(?=[0-9a-f]{2}))(?<hex>(?<=u)[0-9a-f]{4}|[0-9a-f]{2})',
  '\\\\(?<octal>[0-3][0-7]{2})',
  '\\\\(?<simple>["\'\\\\/&<>$`!bfnrtv])',
].join('|'), 'gi');

/** The characters of a text, as it is. */
export function unitsOf(text: string): Unit[] {
  return text.split('').map((char, start) => ({ char, start, end: start + 1 }));
}

/** Undoes one layer of escapes: percent, HTML, JSON, lists of bytes, and those of programming languages. */
export function unescapeUnits(units: readonly Unit[]): Unit[] {
  const text = units.map(({ char }) => char).join('');
  const result: Unit[] = [];
  let from = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const plain = meaningOf(match.groups!);
    const last = match.index + match[0].length;
    if (plain !== undefined) {
      const [start, { end }] = [units[match.index].start, units[last - 1]];
      result.push(...units.slice(from, match.index), ...plain.split('').map((char) => ({ char, start, end })));
      from = last;
    }
  }
  return [...result, ...units.slice(from)];
}

type Groups = Readonly<Record<string, string | undefined>>;

function meaningOf({ list, bytes, entityHex, entity, name, braced, hex, octal, simple }: Groups): string | undefined {
  if (list !== undefined) {
    const codes = list.split(/[ ,+]+/).map(Number);
    return codes.every((code) => code < 256) ? decodedBytes(Buffer.from(codes)) : undefined;
  }
  if (bytes !== undefined) {
    return decodedBytes(Buffer.from(bytes.replaceAll('%', ''), 'hex'));
  }
  if (name !== undefined) {
    return ENTITIES[name.toLowerCase()];
  }
  if (simple !== undefined) {
    return CONTROLS[simple] ?? simple;
  }
  const code = entity !== undefined ? Number(entity) : octal !== undefined ? parseInt(octal, 8) : parseInt(entityHex ?? braced ?? hex!, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** As UTF-8, or else as Latin-1. */
function decodedBytes(bytes: Buffer): string {
  const text = bytes.toString();
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text;
}
