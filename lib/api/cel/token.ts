import { type CelFault, mostFaults } from './fault.js';

/** Kinds in the order of the grammar: texts list what is expected in this order. */
const kinds = [
  '<EOF>',
  "'=='",
  "'!='",
  "'in'",
  "'<'",
  "'<='",
  "'>='",
  "'>'",
  "'&&'",
  "'||'",
  "'['",
  "']'",
  "'{'",
  "'}'",
  "'('",
  "')'",
  "'.'",
  "','",
  "'-'",
  "'!'",
  "'?'",
  "':'",
  "'+'",
  "'*'",
  "'/'",
  "'%'",
  "'true'",
  "'false'",
  "'null'",
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
  'ESC_IDENTIFIER',
] as const;

export type TokenKind = (typeof kinds)[number];

const rank = new Map<TokenKind, number>(kinds.map((kind, index) => [kind, index]));

/** `{'(', IDENTIFIER}`, or the one kind alone. */
export const expectedText = (expected: ReadonlySet<TokenKind>): string => {
  const sorted = [...expected].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  return sorted.length === 1 ? (sorted[0] ?? '') : `{${sorted.join(', ')}}`;
};

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in UTF-16 units. */
  readonly at: number;
}

const symbols = new Map<string, TokenKind>(kinds.filter((kind) => kind.startsWith("'")).map((kind) => [kind.slice(1, -1), kind]));
const blank = /(?:[\t \r\n\f]+|\/\/[^\n]*)/y;
const float = /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y;
const integer = /0x[0-9a-fA-F]+|\d+/y;
const symbol = /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const escapedWord = /`[A-Za-z0-9_.\-/ ]+`/y;
const escapes = String.raw`\\(?:[abfnrtv"'\\?\x60]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const quoted = new RegExp(
  [
    String.raw`[bB]?(?:"""(?:${escapes}|[^\\])*?"""`,
    String.raw`'''(?:${escapes}|[^\\])*?'''`,
    String.raw`[rR]"""[\s\S]*?"""`,
    String.raw`[rR]'''[\s\S]*?'''`,
    String.raw`"(?:${escapes}|[^\\"\n\r])*"`,
    String.raw`'(?:${escapes}|[^\\'\n\r])*'`,
    String.raw`[rR]"[^"\n\r]*"`,
    String.raw`[rR]'[^'\n\r]*')`,
  ].join('|'),
  'y',
);

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

// What a lexer has read of a token when it finds that it is none: up to and with the character that does not fit.
const partialEscape = /^(?:[0-3][0-7]?|[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7})?/;
const string = new RegExp(`(["'])(?:${escapes}|(?!\\1)[^\\\\\\n\\r])*`, 'y');

const unreadable = (source: string, at: number): string => {
  const first = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (first === '"' || first === "'") {
    let end = at + (match(string, source, at)?.length ?? 1);
    if (source[end] === '\\') end += 1 + (partialEscape.exec(source.slice(end + 1))?.[0].length ?? 0);
    return source.slice(at, end) + charAt(source, end);
  }
  if (first === '`') {
    const end = at + 1 + (/^[A-Za-z0-9_.\-/ ]*/.exec(source.slice(at + 1))?.[0].length ?? 0);
    return source.slice(at, end) + charAt(source, end);
  }
  return '=&|'.includes(first) ? first + charAt(source, at + 1) : first;
};

const charAt = (source: string, at: number): string => {
  const point = source.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
};

const shown = (text: string): string => text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');

/** The tokens of an expression, blanks left out, with `<EOF>` at the end; what is no token is a fault and skipped, until there are too many. */
export const tokenize = (source: string, faults: CelFault[]): readonly Token[] => {
  const tokens: Token[] = [];
  const { length } = source;
  let at = 0;
  while (at < length && faults.length <= mostFaults) {
    const skipped = match(blank, source, at);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const token = tokenAt(source, at);
    if (token === undefined) {
      const text = unreadable(source, at);
      faults.push({ at, text: `Syntax error: token recognition error at: '${shown(text)}'` });
      at += text.length;
      continue;
    }
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: '<EOF>', text: '<EOF>', at: length });
  return tokens;
};

const tokenAt = (source: string, at: number): Token | undefined => {
  const number = match(float, source, at);
  const whole = match(integer, source, at);
  if (number !== undefined) return { kind: 'NUM_FLOAT', text: number, at };
  if (whole !== undefined) {
    const unsigned = /[uU]/.test(source[at + whole.length] ?? '');
    return unsigned
      ? { kind: 'NUM_UINT', text: source.slice(at, at + whole.length + 1), at }
      : { kind: 'NUM_INT', text: whole, at };
  }
  const text = match(quoted, source, at);
  if (text !== undefined) return { kind: /^[bB]/.test(text) ? 'BYTES' : 'STRING', text, at };
  const name = match(word, source, at);
  if (name !== undefined) return { kind: symbols.get(name) ?? 'IDENTIFIER', text: name, at };
  const escaped = match(escapedWord, source, at);
  if (escaped !== undefined) return { kind: 'ESC_IDENTIFIER', text: escaped, at };
  const sign = match(symbol, source, at);
  const kind = sign === undefined ? undefined : symbols.get(sign);
  return sign === undefined || kind === undefined ? undefined : { kind, text: sign, at };
};
