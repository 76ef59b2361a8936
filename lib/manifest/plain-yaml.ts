import { notePlace, type Places } from './parsed.js';
import { limits } from './problem.js';
import { keyOf, put, resolvePlain } from './scalar.js';

/** Given up: the text uses more of YAML than this reader knows, or is wrong. */
const beyond = Symbol('beyond plain YAML');
const giveUp = (): never => {
  throw beyond;
};

const plainKey = /[A-Za-z0-9_./$][^\n:#"'{}[\],&*!|>%@`\t]*(?=:(?:[ \n]|$))/y;
const flowPlain = /-*[A-Za-z0-9_./$][\w./@%+=*$-]*/y;
const literalHeader = /\|(2?)([-+]?) *\n/y;
const comment = /[ ]#/;
const notInPlain = /[\t]|:(?: |$)/;

/**
 * Reads the YAML that manifests are mostly written in: block maps and lists, one-line scalars, literal blocks, flow collections
 * (hence JSON). A twin of `readFullYaml` for that part of the language, about twenty times faster; whatever it does not
 * know for certain it leaves to the other.
 */
class PlainReader {
  readonly #text: string;
  readonly #end: number;
  readonly #places: Places | undefined;
  #at: number;
  /** Column of the content at `#at` when it is the first of its line, or of what follows `- `. -1 at the end. */
  #indent = -1;
  #depth = 0;

  constructor(text: string, start: number, end: number, places: Places | undefined) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
    this.#places = places;
  }

  document(): unknown {
    this.#nextContent();
    if (this.#indent < 0) return null;
    const value = this.#node(-1);
    if (this.#indent >= 0) giveUp();
    return value;
  }

  /** From the start of a line to the next content; skips blank lines and comments. */
  #nextContent(): void {
    let line = this.#at;
    while (line < this.#end) {
      let at = line;
      while (this.#text.charCodeAt(at) === 32) at++;
      const code = this.#text.charCodeAt(at);
      if (at >= this.#end) break;
      if (code === 9) giveUp();
      if (code === 10) line = at + 1;
      else if (code === 35) line = this.#lineEnd(at) + 1;
      else {
        this.#at = at;
        this.#indent = at - line;
        return;
      }
    }
    this.#at = this.#end;
    this.#indent = -1;
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end < 0 || end > this.#end ? this.#end : end;
  }

  /** After a value: nothing but a comment may follow on its line; goes on to the next content. */
  #finishLine(): void {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === 32) at++;
    const code = text.charCodeAt(at);
    if (at < this.#end && code !== 10 && !(code === 35 && text.charCodeAt(at - 1) === 32)) giveUp();
    this.#at = this.#lineEnd(at) + 1;
    this.#nextContent();
  }

  #enter(): void {
    if (++this.#depth > limits.depth) giveUp();
  }

  /** The value at `#at`; `parent` is the column of the collection that it belongs to. */
  #node(parent: number): unknown {
    const code = this.#text.charCodeAt(this.#at);
    if (code === 45 && this.#isSpace(this.#at + 1)) return this.#sequence(this.#indent);
    if (code === 34 || code === 39) {
      const start = this.#at;
      this.#quoted(code);
      const isKey = this.#text.charCodeAt(this.#at) === 58;
      this.#at = start;
      return isKey ? this.#mapping(this.#indent) : this.#scalar(parent);
    }
    plainKey.lastIndex = this.#at;
    return plainKey.test(this.#text) && plainKey.lastIndex < this.#end ? this.#mapping(this.#indent) : this.#scalar(parent);
  }

  #isSpace(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    return code === 32 || code === 10 || code === 9 || at >= this.#end;
  }

  #mapping(indent: number): Record<string, unknown> {
    this.#enter();
    const map: Record<string, unknown> = {};
    do {
      const start = this.#at;
      const key = this.#key();
      if (Object.hasOwn(map, key)) giveUp();
      notePlace(this.#places, map, key, start);
      put(map, key, this.#afterIndicator(indent, true));
    } while (this.#indent === indent);
    if (this.#indent > indent) giveUp();
    this.#depth--;
    return map;
  }

  /** A key with its colon. */
  #key(): string {
    const code = this.#text.charCodeAt(this.#at);
    const start = this.#at;
    if (code === 34 || code === 39) {
      const key = this.#quoted(code);
      if (this.#text.charCodeAt(this.#at) !== 58 || !this.#isSpace(this.#at + 1) || this.#at - start > 1000) giveUp();
      this.#at++;
      return key;
    }
    plainKey.lastIndex = start;
    if (!plainKey.test(this.#text) || plainKey.lastIndex > this.#end || plainKey.lastIndex - start > 1000) giveUp();
    this.#at = plainKey.lastIndex + 1;
    return keyOf(resolvePlain(this.#text.slice(start, plainKey.lastIndex).trimEnd())) ?? giveUp();
  }

  #sequence(indent: number): unknown[] {
    this.#enter();
    const list: unknown[] = [];
    while (this.#indent === indent && this.#text.charCodeAt(this.#at) === 45 && this.#isSpace(this.#at + 1)) {
      this.#at++;
      if (this.#places !== undefined) notePlace(this.#places, list, list.length, this.#itemStart());
      list.push(this.#afterIndicator(indent, false));
    }
    if (this.#indent > indent) giveUp();
    this.#depth--;
    return list;
  }

  /** Where the item begins whose dash was just read; the dash where the item is below it. */
  #itemStart(): number {
    let at = this.#at;
    while (this.#text.charCodeAt(at) === 32) at++;
    return this.#isSpace(at) ? this.#at - 1 : at;
  }

  /** The value after `key:` or `-`, on the same line or below. */
  #afterIndicator(indent: number, ofKey: boolean): unknown {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === 32) at++;
    const code = text.charCodeAt(at);
    if (at >= this.#end || code === 10 || (code === 35 && at > this.#at)) {
      this.#at = this.#lineEnd(at) + 1;
      this.#nextContent();
      const below = this.#indent > indent;
      const compact = ofKey && this.#indent === indent && text.charCodeAt(this.#at) === 45 && this.#isSpace(this.#at + 1);
      if (!below && !compact) return null;
      return this.#node(indent);
    }
    const column = indent + at - this.#at + 1;
    this.#at = at;
    if (ofKey) return this.#scalar(indent);
    this.#indent = column;
    return this.#node(indent);
  }

  /** A scalar or flow collection, and the rest of its line. */
  #scalar(parent: number): unknown {
    const code = this.#text.charCodeAt(this.#at);
    if (code === 124) return this.#literal(parent);
    const value =
      code === 34 || code === 39 ? this.#quoted(code) : code === 123 || code === 91 ? this.#flow(code) : this.#plain();
    this.#finishLine();
    // A scalar that goes on in the next line.
    if (this.#indent > parent) giveUp();
    return value;
  }

  #plain(): unknown {
    const start = this.#at;
    const first = this.#text[start] ?? '';
    if (',[]{}#&*!|>\'"%@`?:'.includes(first) || (first === '-' && this.#isSpace(start + 1))) giveUp();
    const lineEnd = this.#lineEnd(start);
    let raw = this.#text.slice(start, lineEnd);
    const remark = raw.search(comment);
    if (remark >= 0) raw = raw.slice(0, remark);
    raw = raw.trimEnd();
    if (raw.length > limits.scalar || notInPlain.test(raw)) giveUp();
    this.#at = lineEnd;
    return this.#finite(resolvePlain(raw));
  }

  #finite(value: unknown): unknown {
    return typeof value === 'number' && !Number.isFinite(value) ? giveUp() : value;
  }

  /** A quoted string on one line; leaves `#at` behind it. */
  #quoted(quote: number): string {
    const text = this.#text;
    const start = this.#at + 1;
    const mark = quote === 34 ? '"' : "'";
    let close = text.indexOf(mark, start);
    if (quote === 39) while (close >= 0 && text.charCodeAt(close + 1) === 39) close = text.indexOf(mark, close + 2);
    else while (close >= 0 && this.#isEscaped(close, start)) close = text.indexOf(mark, close + 1);
    if (close < 0 || close >= this.#end || close - start > limits.scalar) giveUp();
    const raw = text.slice(start, close);
    if (raw.includes('\n')) giveUp();
    this.#at = close + 1;
    if (quote === 39) return raw.includes("''") ? raw.replaceAll("''", "'") : raw;
    return raw.includes('\\') ? this.#unescaped(raw) : raw;
  }

  #isEscaped(at: number, start: number): boolean {
    let backslashes = 0;
    while (at - backslashes - 1 >= start && this.#text.charCodeAt(at - backslashes - 1) === 92) backslashes++;
    return backslashes % 2 === 1;
  }

  /** The escapes of JSON mean the same in YAML; there are more, which JSON refuses. */
  #unescaped(raw: string): string {
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      return giveUp();
    }
  }

  #literal(parent: number): string {
    const text = this.#text;
    literalHeader.lastIndex = this.#at;
    const header = literalHeader.exec(text);
    if (header === null) return giveUp();
    const [, told, chomping] = header;
    const base = Math.max(parent, 0);
    let indent = told === '2' ? base + 2 : -1;
    let at = literalHeader.lastIndex;
    const lines: string[] = [];
    let content = 0;
    while (at < this.#end) {
      const lineEnd = this.#lineEnd(at);
      let first = at;
      while (text.charCodeAt(first) === 32 && first < lineEnd) first++;
      const column = first - at;
      if (first === lineEnd) {
        const isLong = column > (indent < 0 ? parent + 1 : indent);
        // Blanks beyond the indentation are content; in front of all other content they are a riddle.
        if (isLong && content === 0) giveUp();
        lines.push(isLong ? text.slice(at + indent, lineEnd) : '');
        if (isLong) content = lines.length;
      } else {
        if (indent < 0) {
          if (column <= parent || text.charCodeAt(first) === 9) break;
          indent = column;
        }
        if (column < indent) break;
        lines.push(text.slice(at + indent, lineEnd));
        content = lines.length;
      }
      at = lineEnd + 1;
    }
    this.#at = Math.min(at, this.#end);
    this.#nextContent();
    // Readers differ on whether a last line of nothing but blanks is content.
    if (this.#indent > parent || content === 0 || lines[content - 1]?.trim() === '') giveUp();
    const body = lines.slice(0, content).join('\n');
    if (body.length > limits.scalar) giveUp();
    return chomping === '-' ? body : chomping === '+' ? `${body}${'\n'.repeat(lines.length - content + 1)}` : `${body}\n`;
  }

  #flow(open: number): unknown {
    this.#enter();
    const value = open === 123 ? this.#flowMap() : this.#flowList();
    this.#depth--;
    return value;
  }

  #skipFlowSpace(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (this.#at >= this.#end) giveUp();
      if (code !== 32 && code !== 10 && code !== 9) return code;
      this.#at++;
    }
  }

  #flowMap(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.#at++;
    for (let code = this.#skipFlowSpace(); code !== 125; code = this.#skipFlowSpace()) {
      const start = this.#at;
      const isQuoted = code === 34 || code === 39;
      const key = keyOf(isQuoted ? this.#quoted(code) : this.#flowScalar()) ?? giveUp();
      if (this.#text.charCodeAt(this.#at) !== 58 || (!isQuoted && !this.#isSpace(this.#at + 1)) || this.#at - start > 1000)
        giveUp();
      if (Object.hasOwn(map, key)) giveUp();
      this.#at++;
      this.#skipFlowSpace();
      notePlace(this.#places, map, key, start);
      put(map, key, this.#flowValue());
      this.#flowComma(125);
    }
    this.#at++;
    return map;
  }

  #flowList(): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    while (this.#skipFlowSpace() !== 93) {
      notePlace(this.#places, list, list.length, this.#at);
      list.push(this.#flowValue());
      this.#flowComma(93);
    }
    this.#at++;
    return list;
  }

  #flowComma(close: number): void {
    const code = this.#skipFlowSpace();
    if (code === 44) this.#at++;
    else if (code !== close) giveUp();
  }

  #flowValue(): unknown {
    const code = this.#text.charCodeAt(this.#at);
    if (code === 34 || code === 39) return this.#quoted(code);
    return code === 123 || code === 91 ? this.#flow(code) : this.#finite(this.#flowScalar());
  }

  #flowScalar(): string | number | boolean | null {
    flowPlain.lastIndex = this.#at;
    const word = flowPlain.exec(this.#text)?.[0] ?? giveUp();
    this.#at = flowPlain.lastIndex;
    return resolvePlain(word);
  }
}

/** The document in `text[start, end)`, or undefined when it is not plain YAML (which does not mean that it is wrong). */
export const readPlainYaml = (
  text: string,
  start: number,
  end: number,
  places?: Places,
): { readonly value: unknown } | undefined => {
  try {
    return { value: new PlainReader(text, start, end, places).document() };
  } catch (error) {
    if (error === beyond) return undefined;
    throw error;
  }
};
