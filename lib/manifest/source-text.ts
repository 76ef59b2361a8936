import type { SourceLocation } from './manifest.js';

/** A text with a name (mostly a file), that knows on which line an offset is. */
export class SourceText {
  readonly name: string;
  /** Line ends are `\n`, the last line has one: columns and lines stay those of the file. */
  readonly text: string;
  #lines: number[] | undefined;

  constructor(name: string, raw: string) {
    this.name = name;
    const marked = raw.startsWith('\ufeff') ? raw.slice(1) : raw;
    const text = marked.includes('\r') ? marked.replace(/\r\n?/g, '\n') : marked;
    this.text = text.endsWith('\n') ? text : `${text}\n`;
  }

  #lineStarts(): readonly number[] {
    if (this.#lines !== undefined) return this.#lines;
    const lines = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) lines.push(at + 1);
    this.#lines = lines;
    return lines;
  }

  locate(offset: number): SourceLocation {
    const lines = this.#lineStarts();
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.name, line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
  }
}
