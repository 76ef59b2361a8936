import type { Labels } from '../api/selector.js';
import { getOrInsert } from './get-or-insert.js';

/** The value of a label. Inherited members of plain objects are never strings, so no key can reach past the data. */
export const labelOf = (labels: Labels | undefined, key: string): string | undefined => {
  const value = labels?.[key];
  return typeof value === 'string' ? value : undefined;
};

/** One label as one text. */
export const labelPair = (key: string, value: string): string => `${key}=${value}`;

const pairs = new WeakMap<Labels, readonly string[]>();

/** All labels, each as one text. Pods of one template share their labels, so this is mostly done already. */
export const labelPairs = (labels: Labels): readonly string[] =>
  getOrInsert(pairs, labels, () => Object.entries(labels).map(([key, value]) => labelPair(key, value)));
