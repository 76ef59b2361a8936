import type { Span } from './documents.js';
import type { Parsed } from './parsed.js';
import { limits, tooDeep, tooLong } from './problem.js';

/** One value of a stream of JSON objects. `members`: how many keys its text has, equal ones counted too. */
interface JsonSpan extends Span {
  readonly members: number;
}

/** Members of a parsed value; undefined if it holds a number that overflowed. */
const membersIn = (root: unknown): number | undefined => {
  let count = 0;
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (Array.isArray(value)) {
      for (const item of value) rest.push(item);
    } else if (typeof value === 'object' && value !== null) {
      for (const member of Object.values(value)) {
        count++;
        rest.push(member);
      }
    } else if (typeof value === 'number' && !Number.isFinite(value)) {
      return undefined;
    }
  }
  return count;
};

/** Finds the end of the object at `start` without building anything, so that no nesting can fill the stack. */
const spanAt = (text: string, start: number, end: number): JsonSpan | Parsed | undefined => {
  let depth = 0;
  let members = 0;
  for (let at = start; at < end; at++) {
    switch (text.charCodeAt(at)) {
      case 34: {
        const open = at;
        do {
          at = text.indexOf('"', at + 1);
          if (at < 0 || at >= end) return undefined;
        } while (isEscaped(text, at, open));
        if (at - open > limits.scalar) return { faults: [tooLong(open)] };
        break;
      }
      case 58:
        members++;
        break;
      case 123:
      case 91:
        if (++depth > limits.depth) return { faults: [tooDeep(at)] };
        break;
      case 125:
      case 93:
        if (--depth === 0) return { start, end: at + 1, members };
        break;
    }
  }
  return undefined;
};

const isEscaped = (text: string, at: number, open: number): boolean => {
  let backslashes = 0;
  while (at - backslashes - 1 > open && text.charCodeAt(at - backslashes - 1) === 92) backslashes++;
  return backslashes % 2 === 1;
};

/**
 * A document that is one JSON object after the other, as kubectl takes them too. undefined when it is not: then it may still
 * be YAML. So do objects with equal keys or numbers beyond all bounds: only a slower reader can tell where they are.
 */
export const readJson = (text: string, document: Span): readonly (Parsed & Span)[] | undefined => {
  const values: (Parsed & Span)[] = [];
  for (let at = document.start; ; ) {
    while (at < document.end && ' \n\t'.includes(text.charAt(at))) at++;
    if (at >= document.end) return values;
    if (text.charCodeAt(at) !== 123) return undefined;
    const span = spanAt(text, at, document.end);
    if (span === undefined) return undefined;
    if ('faults' in span) return [{ ...span, start: at, end: document.end }];
    let value: unknown;
    try {
      value = JSON.parse(text.slice(span.start, span.end));
    } catch {
      return undefined;
    }
    if (membersIn(value) !== span.members) return undefined;
    values.push({ value, faults: [], start: span.start, end: span.end });
    at = span.end;
  }
};
