/** A regular expression of the server's (RE2 syntax as in Go), translated for JavaScript. */
export type Regexp =
  | {
      readonly ok: true;
      readonly matches: (text: string) => boolean;
      /** Every part of a text that matches. */
      readonly findAll: (text: string) => readonly string[];
    }
  /** `error parsing regexp: missing closing ): ...`, as Go words it. */
  | { readonly ok: false; readonly error: string };

class SyntaxFault extends Error {
  constructor(what: string, where: string) {
    super(`error parsing regexp: ${what}: \`${where}\``);
  }
}

const space = '\\t\\n\\f\\r ';
const posix = new Map([
  ['alnum', '0-9A-Za-z'],
  ['alpha', 'A-Za-z'],
  ['ascii', '\\x00-\\x7F'],
  ['blank', '\\t '],
  ['cntrl', '\\x00-\\x1F\\x7F'],
  ['digit', '0-9'],
  ['graph', '!-~'],
  ['lower', 'a-z'],
  ['print', ' -~'],
  ['punct', '!-\\/:-@\\[-`\\{-~'],
  ['space', `${space}\\v`],
  ['upper', 'A-Z'],
  ['word', '0-9A-Za-z_'],
  ['xdigit', '0-9A-Fa-f'],
]);

const mostRepeats = 1000;

/** Reads RE2 from left to right and writes JavaScript's equivalent. */
class Translation {
  readonly #source: string;
  #at = 0;
  #out = '';
  #open = 0;
  /** The last repetition operator, while nothing follows it. */
  #repetition = '';
  /** Whether there is something that an operator could repeat. */
  #repeatable = false;
  flags = new Set(['u']);

  constructor(source: string) {
    this.#source = source;
  }

  translate(): string {
    while (this.#at < this.#source.length) this.#next();
    if (this.#open > 0) throw new SyntaxFault('missing closing )', this.#source);
    return this.#out;
  }

  #rest(): string {
    return this.#source.slice(this.#at);
  }

  #atom(text: string, length: number): void {
    this.#out += text;
    this.#at += length;
    this.#repeatable = true;
    this.#repetition = '';
  }

  #next(): void {
    const rest = this.#rest();
    const first = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    switch (first) {
      case '(':
        this.#group(rest);
        return;
      case ')':
        if (this.#open-- === 0) throw new SyntaxFault('unexpected )', this.#source);
        this.#atom(')', 1);
        return;
      case '|':
        this.#atom('|', 1);
        this.#repeatable = false;
        return;
      case '*':
      case '+':
      case '?':
        this.#repeat(first + (rest[1] === '?' ? '?' : ''));
        return;
      case '{': {
        const [whole = '', least = '', most = ''] = /^\{(\d+)(?:,(\d*))?\}\??/.exec(rest) ?? [];
        if (whole === '') this.#atom('\\{', 1);
        else if (Number(least) > mostRepeats || (most !== '' && (Number(most) > mostRepeats || Number(most) < Number(least))))
          throw new SyntaxFault('invalid repeat count', whole.replace(/\?$/, ''));
        else this.#repeat(whole);
        return;
      }
      case '[':
        this.#class(rest);
        return;
      case '.':
        this.#atom(this.flags.has('s') ? '[\\s\\S]' : '[^\\n]', 1);
        return;
      case '\\':
        this.#escape(rest);
        return;
      case '}':
      case ']':
        this.#atom(`\\${first}`, 1);
        return;
      default:
        this.#atom(first, first.length);
    }
  }

  #repeat(operator: string): void {
    if (this.#repetition !== '') throw new SyntaxFault('invalid nested repetition operator', this.#repetition + operator);
    if (!this.#repeatable) throw new SyntaxFault('missing argument to repetition operator', operator);
    this.#out += operator;
    this.#at += operator.length;
    this.#repetition = operator;
  }

  #group(rest: string): void {
    this.#open++;
    const open = (text: string, length: number): void => {
      this.#atom(text, length);
      this.#repeatable = false;
    };
    if (rest[1] !== '?') {
      open('(', 1);
      return;
    }
    const name = /^\(\?P?<([^>]*)>/.exec(rest);
    if (/^\(\?P?</.test(rest)) {
      if (name === null) throw new SyntaxFault('invalid named capture', rest);
      if (!/^\w+$/.test(name[1] ?? '')) throw new SyntaxFault('invalid named capture', name[0]);
      open('(', name[0].length);
      return;
    }
    const flags = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
    if (flags === null) throw new SyntaxFault('invalid or unsupported Perl syntax', /^\(\?[imsU-]*./.exec(rest)?.[0] ?? rest);
    // JavaScript has no flags for a part of an expression: they count for all of it.
    for (const flag of flags[1] ?? '') if (flag !== 'U') this.flags.add(flag);
    if (flags[3] === ':') open('(?:', flags[0].length);
    else {
      this.#open--;
      this.#at += flags[0].length;
    }
  }

  #class(rest: string): void {
    let at = 1;
    let out = '[';
    if (rest[at] === '^') {
      out += '^';
      at++;
    }
    for (let first = true; first || rest[at] !== ']'; first = false) {
      if (at >= rest.length) throw new SyntaxFault('missing closing ]', rest);
      const named = /^\[:(\^?)(\w+):\]/.exec(rest.slice(at));
      if (named !== null) {
        const members = named[1] === '' ? posix.get(named[2] ?? '') : undefined;
        if (members === undefined) throw new SyntaxFault('invalid character class range', named[0]);
        out += members;
        at += named[0].length;
        continue;
      }
      const start = at;
      const low = this.#member(rest, at);
      at += low.length;
      if (rest[at] === '-' && rest[at + 1] !== ']' && low.code !== undefined && at + 1 < rest.length) {
        const high = this.#member(rest, at + 1);
        at += 1 + high.length;
        if (high.code === undefined || high.code < low.code)
          throw new SyntaxFault('invalid character class range', rest.slice(start, at));
        out += `${low.text}-${high.text}`;
      } else out += low.text;
    }
    this.#atom(`${out}]`, at + 1);
  }

  /** One member of a class: a character (with its code) or a class of its own. */
  #member(rest: string, at: number): { readonly text: string; readonly length: number; readonly code?: number } {
    const tail = rest.slice(at);
    if (tail === '') throw new SyntaxFault('missing closing ]', rest);
    if (tail[0] === '\\') return this.#escaped(tail, true);
    const code = tail.codePointAt(0) ?? 0;
    const text = String.fromCodePoint(code);
    return { text: /[[\]\\^\-/(){}|&]/.test(text) ? `\\${text}` : text, length: text.length, code };
  }

  #escape(rest: string): void {
    if (rest.startsWith('\\Q')) {
      const end = rest.indexOf('\\E');
      const literal = end < 0 ? rest.slice(2) : rest.slice(2, end);
      this.#atom(literal.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&'), end < 0 ? rest.length : end + 2);
      return;
    }
    if (/^\\[bB]/.test(rest)) this.#atom(rest.slice(0, 2), 2);
    else if (rest.startsWith('\\A')) this.#atom('(?<![\\s\\S])', 2);
    else if (rest.startsWith('\\z')) this.#atom('(?![\\s\\S])', 2);
    else {
      const { text, length } = this.#escaped(rest, false);
      this.#atom(text, length);
    }
  }

  #escaped(tail: string, inClass: boolean): { readonly text: string; readonly length: number; readonly code?: number } {
    if (tail.length < 2) throw new SyntaxFault('trailing backslash at end of expression', '');
    const unicode = /^\\([pP])(?:\{(\^?)([^}]*)\}|([A-Za-z]))/.exec(tail);
    if (unicode !== null) {
      const [whole, letter = '', negation = '', long, short] = unicode;
      const name = long ?? short ?? '';
      const isNegated = (letter === 'P') !== (negation === '^');
      return {
        text: `\\${isNegated ? 'P' : 'p'}{${/^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`}}`,
        length: whole.length,
      };
    }
    const second = tail[1] ?? '';
    if (/[dDwW]/.test(second)) return { text: `\\${second}`, length: 2 };
    if (second === 's') return { text: inClass ? space : `[${space}]`, length: 2 };
    if (second === 'S') return { text: inClass ? '\\S' : `[^${space}]`, length: 2 };
    const hex = /^\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(tail) ?? undefined;
    if (hex !== undefined) return this.#character(Number.parseInt(hex[1] ?? hex[2] ?? '', 16), hex[0].length);
    const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(tail) ?? undefined;
    if (octal !== undefined) return this.#character(Number.parseInt(octal[1] ?? '', 8), octal[0].length);
    const control = 'abfnrtv'.includes(second) && second !== 'b' ? second : '';
    if (control !== '') return this.#character({ a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }[control] ?? 0, 2);
    if (/[A-Za-z0-9]/.test(second) || (tail.codePointAt(1) ?? 0) >= 0x80)
      throw new SyntaxFault('invalid escape sequence', `\\${second}`);
    return this.#character(second.charCodeAt(0), 2);
  }

  #character(code: number, length: number): { readonly text: string; readonly length: number; readonly code: number } {
    return { text: `\\u{${code.toString(16)}}`, length, code };
  }
}

const compile = (pattern: string): Regexp => {
  try {
    const translation = new Translation(pattern);
    const source = translation.translate();
    const regexp = new RegExp(source, [...translation.flags].join(''));
    return {
      ok: true,
      matches: (text) => regexp.test(text),
      findAll: (text) => [...text.matchAll(new RegExp(regexp, `${regexp.flags}g`))].map(([found]) => found),
    };
  } catch (error) {
    if (error instanceof SyntaxFault) return { ok: false, error: error.message };
    // What JavaScript cannot express is not held against anyone.
    return { ok: true, matches: () => true, findAll: () => [] };
  }
};

const compiled = new Map<string, Regexp>();
const mostRemembered = 10_000;

/** Compiles a pattern as Go's `regexp` does; matches anywhere in a text unless anchored. */
export const compileRegexp = (pattern: string): Regexp => {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern);
  if (compiled.size < mostRemembered) compiled.set(pattern, made);
  return made;
};
