import type { Shape, Type } from './type.js';
import { typeOf } from './type.js';

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other, counted up to `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? limit + 1;
};

/** The word of `words` that is at most `limit` edits away from what was written, the nearest first. */
export const nearest = (written: string, words: Iterable<string>, limit = 2): string | undefined => {
  let best: string | undefined;
  let least = Math.min(limit, Math.floor(written.length / 2)) + 1;
  for (const word of words) {
    if (word.toLowerCase() === written.toLowerCase()) return word;
    const edits = distance(written.toLowerCase(), word.toLowerCase(), least);
    if (edits < least) {
      least = edits;
      best = word;
    }
  }
  return best;
};

const structOf = (shape: Shape): string | undefined =>
  shape.kind === 'struct' ? shape.type : shape.kind === 'list' ? structOf(shape.of) : undefined;

/** Path from a type down to the nearest field of that name, at most three levels: `template.spec`. */
const below = (type: Type, field: string): string | undefined => {
  let level: { type: Type; path: string }[] = [{ type, path: '' }];
  for (let depth = 0; depth < 3; depth++) {
    const next: { type: Type; path: string }[] = [];
    for (const place of level) {
      for (const child of place.type.fields.values()) {
        const struct = structOf(child.shape);
        if (struct === undefined || child.name === 'status' || child.name === 'metadata') continue;
        const path = `${place.path}${place.path === '' ? '' : '.'}${child.name}${child.shape.kind === 'list' ? '[]' : ''}`;
        const inner = typeOf(struct);
        if (inner.fields.has(field)) return path;
        next.push({ type: inner, path });
      }
    }
    level = next;
  }
  return undefined;
};

/** An enclosing type and the path that leads to it. */
export interface Enclosing {
  readonly type: Type;
  readonly path: string;
}

/**
 * What the author of an unknown field may have meant: the same word in another case or number, the field one level too
 * high or too low, or the nearest spelling. `enclosing` are the types around `type`, the outermost first.
 */
export const suggestField = (written: string, type: Type, path: string, enclosing: readonly Enclosing[]): string | undefined => {
  const near = nearest(written, type.fields.keys(), 1);
  if (near !== undefined) return `did you mean "${near}"?`;
  const down = below(type, written);
  if (down !== undefined) return `"${written}" belongs to ${path === '' ? '' : `${path}.`}${down}`;
  const up = [...enclosing].reverse().find((place) => place.type.fields.has(written));
  if (up !== undefined) return `"${written}" belongs ${up.path === '' ? 'to the top of the object' : `to ${up.path}`}`;
  const far = nearest(written, type.fields.keys());
  return far === undefined ? undefined : `did you mean "${far}"?`;
};
