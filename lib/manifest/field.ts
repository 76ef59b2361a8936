import type { Places } from './parsed.js';

interface Step {
  readonly member: string | number;
  /** What of the path comes after it. */
  readonly rest: string;
}

/** What can follow the name of a field. */
const isBoundary = (path: string, at: number): boolean => at === path.length || path[at] === '.' || path[at] === '[';

const beginningOf = (key: string): string => /^[^.[\]]*/.exec(key)?.[0] ?? '';

const groups = new WeakMap<object, ReadonlyMap<string, readonly string[]>>();

/** Keys of a map by their beginnings: each of its faults asks for one of them. */
const groupsOf = (container: object): ReadonlyMap<string, readonly string[]> => {
  const known = groups.get(container);
  if (known !== undefined) return known;
  const made = new Map<string, string[]>();
  for (const key of Object.keys(container)) {
    const beginning = beginningOf(key);
    const group = made.get(beginning);
    if (group === undefined) made.set(beginning, [key]);
    else group.push(key);
  }
  groups.set(container, made);
  return made;
};

/** Keys may hold dots and brackets themselves (`metadata.labels.app.kubernetes.io/name`): the longest that is there is meant. */
const stepInto = (container: object, path: string): Step | undefined => {
  const bracketed = path.startsWith('[');
  if (Array.isArray(container)) {
    const [whole, index] = /^\[(\d+)\]/.exec(path) ?? [];
    return whole === undefined ? undefined : { member: Number(index), rest: path.slice(whole.length) };
  }
  const from = bracketed ? path.slice(1) : path.replace(/^\./, '');
  const after = bracketed ? (end: number) => from[end] === ']' : (end: number) => isBoundary(from, end);
  let best: string | undefined;
  for (const key of groupsOf(container).get(beginningOf(from)) ?? []) {
    if (from.startsWith(key) && after(key.length) && (best === undefined || key.length > best.length)) best = key;
  }
  return best === undefined ? undefined : { member: best, rest: from.slice(best.length + (bracketed ? 1 : 0)) };
};

/**
 * Offset of the field that `path` (`spec.containers[0].image`, `metadata.labels[a/b]`) names in `root`: of its key, or of the item of
 * a list. A field that is not there has the place of the nearest one above it; undefined when not even the first one is there.
 */
export const fieldOffset = (root: unknown, places: Places, path: string): number | undefined => {
  let value = root;
  let rest = path;
  let offset: number | undefined;
  while (rest !== '' && typeof value === 'object' && value !== null) {
    const step = stepInto(value, rest);
    if (step === undefined) break;
    const place = places.get(value)?.get(step.member);
    if (place === undefined) break;
    offset = place;
    value = (value as Record<string | number, unknown>)[step.member];
    rest = step.rest;
  }
  return offset;
};
