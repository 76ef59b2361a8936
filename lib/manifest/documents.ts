import type { Fault } from './problem.js';

/** A part of a text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Documents {
  readonly spans: readonly Span[];
  readonly faults: readonly Fault[];
}

const nextSeparator = (text: string, from: number): number => {
  const before = text.indexOf('\n---', from);
  return before < 0 ? -1 : before + 1;
};

/**
 * The documents of a stream, divided as kubectl does it: at each line that begins with `---`. What follows `...` up to the next
 * such line is lost on kubectl.
 */
export const documentsOf = (text: string): Documents => {
  const spans: Span[] = [];
  const faults: Fault[] = [];
  const mayStop = text.includes('\n...');
  let start = 0;
  const close = (end: number): void => {
    const stop = mayStop ? /^\.\.\.[ \t]*(?:#.*)?\n/m.exec(text.slice(start, end)) : null;
    if (stop === null) {
      spans.push({ start, end });
      return;
    }
    const rest = start + stop.index + stop[0].length;
    spans.push({ start, end: start + stop.index });
    if (contentStart(text, { start: rest, end }) !== undefined) {
      faults.push({
        code: 'input/syntax',
        message: 'kubectl does not read what follows "..." before the next "---"',
        offset: rest,
      });
    }
  };
  for (let at = text.startsWith('---') ? 0 : nextSeparator(text, 0); at >= 0; at = nextSeparator(text, at)) {
    const lineEnd = text.indexOf('\n', at);
    const rest = text.slice(at + 3, lineEnd).trim();
    if (rest !== '' && !rest.startsWith('#')) {
      const shown = rest.length > 60 ? `${rest.slice(0, 60)}...` : rest;
      faults.push({ code: 'input/syntax', message: `invalid Yaml document separator: ${shown}`, offset: at });
    }
    close(at);
    start = lineEnd + 1;
  }
  close(text.length);
  return { spans, faults };
};

/** Where the content of a document begins: comments, such as Helm's `# Source:`, are not content. undefined: there is none. */
export const contentStart = (text: string, { start, end }: Span): number | undefined => {
  for (let line = start; line < end; ) {
    let at = line;
    while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
    const code = text.charCodeAt(at);
    if (at >= end) return undefined;
    if (code !== 10 && code !== 35) return at;
    line = text.indexOf('\n', at) + 1;
    if (line === 0) return undefined;
  }
  return undefined;
};
