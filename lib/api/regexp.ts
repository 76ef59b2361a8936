import { RE2JS, RE2JSSyntaxException } from 're2js';
import { categoryName } from './regexp-category.js';

/** A regular expression of the server's: Go's `regexp`, which is RE2. Time grows with the length of a text, whatever the pattern. */
export type Regexp =
  | {
      readonly ok: true;
      /** Whether any part of a text matches. */
      readonly matches: (text: string) => boolean;
      /** The parts of a text that match, from left to right; no more than `most`. */
      readonly findAll: (text: string, most?: number) => readonly string[];
    }
  /** `error parsing regexp: missing closing ): ...`, as Go words it. */
  | { readonly ok: false; readonly error: string };

const findAll = (regexp: RE2JS, text: string, most = Number.POSITIVE_INFINITY): readonly string[] => {
  const found: string[] = [];
  const matcher = regexp.matcher(text);
  for (let last = -1; found.length < most && matcher.find(); last = matcher.end()) {
    // Go passes over an empty match where another one ended.
    if (matcher.end() > matcher.start() || matcher.end() !== last) found.push(text.slice(matcher.start(), matcher.end()));
  }
  return found;
};

const read = (source: string, pattern = source): Regexp => {
  try {
    const regexp = RE2JS.compile(source);
    return { ok: true, matches: (text) => regexp.test(text), findAll: (text, most) => findAll(regexp, text, most) };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const { error: what, input } = error;
    // Too deep or too large is the whole of it, which RE2 does not quote.
    const where = input === source || what.startsWith('expression') ? pattern : (input ?? '');
    return { ok: false, error: `error parsing regexp: ${what}: \`${where}\`` };
  }
};

/** What Go reads and RE2 does not: one name for several groups, and classes by names that are not those of Unicode's tables. */
const respelled = (pattern: string): string =>
  pattern.replace(/\\([pP])\{(\^?)([^}]*)\}|\\[\s\S]|(\(\?P?<\w+>)/g, (written, letter, negation, name, group) => {
    if (group !== undefined) return '(';
    if (letter === undefined) return written;
    const known = `\\${letter}{${negation}${categoryName(name)}}`;
    return read(known).ok ? known : written;
  });

const compile = (pattern: string): Regexp => {
  const plain = read(pattern);
  if (plain.ok) return plain;
  const other = respelled(pattern);
  return other !== pattern && /duplicate capture group name|\\[pP]\{/.test(plain.error) ? read(other, pattern) : plain;
};

const compiled = new Map<string, Regexp>();
/** One takes up to some hundred kilobytes. */
const mostRemembered = 1000;

/** Compiles a pattern as Go's `regexp` does; matches anywhere in a text unless anchored. */
export const compileRegexp = (pattern: string): Regexp => {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern);
  compiled.set(pattern, made);
  const [oldest] = compiled.keys();
  if (compiled.size > mostRemembered && oldest !== undefined) compiled.delete(oldest);
  return made;
};
