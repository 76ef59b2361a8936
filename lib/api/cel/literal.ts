/** Words that are no names, though the grammar reads them as such. */
export const reservedWords: ReadonlySet<string> = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'loop',
  'namespace',
  'null',
  'package',
  'return',
  'true',
  'var',
  'void',
  'while',
]);

const simpleEscapes = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const escapes = /\\(?:([abfnrtv"'\\?`])|([0-3][0-7]{2})|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g;

type Escape = readonly [sequence: string, ...groups: (string | undefined)[]];

const point = ([, , octal, byte, short, long]: Escape): number =>
  octal !== undefined ? Number.parseInt(octal, 8) : Number.parseInt(byte ?? short ?? long ?? '0', 16);

const textOf = (body: string): string =>
  body.replace(escapes, (...groups: string[]) => {
    const [, simple] = groups;
    if (simple !== undefined) return simpleEscapes.get(simple) ?? simple;
    const code = point(groups as unknown as Escape);
    return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
  });

/** Bytes of a bytes literal: `\xff` and `\377` are one byte, characters are UTF-8. */
const bytesOf = (body: string): Uint8Array => {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let at = 0;
  for (const match of body.matchAll(escapes)) {
    bytes.push(...encoder.encode(body.slice(at, match.index)));
    const [sequence, simple, octal, byte] = match;
    if (octal !== undefined || byte !== undefined) bytes.push(point(match as unknown as Escape));
    else bytes.push(...encoder.encode(simple === undefined ? textOf(sequence) : (simpleEscapes.get(simple) ?? simple)));
    at = match.index + sequence.length;
  }
  return Uint8Array.from([...bytes, ...encoder.encode(body.slice(at))]);
};

/** The value of a string or bytes literal as it is written, with its quotes and prefixes. */
export const unquote = (literal: string): string | Uint8Array => {
  const isBytes = /^[bB]/.test(literal);
  const rest = isBytes ? literal.slice(1) : literal;
  const isRaw = /^[rR]/.test(rest);
  const text = isRaw ? rest.slice(1) : rest;
  const quotes = /^(?:"""|''')/.test(text) && text.length >= 6 ? 3 : 1;
  const body = text.slice(quotes, -quotes).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  if (isBytes) return isRaw ? new TextEncoder().encode(body) : bytesOf(body);
  return isRaw ? body : textOf(body);
};
