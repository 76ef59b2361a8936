import type { Labels } from '../api/selector.js';

/** The value of a label. Inherited members of plain objects are never strings, so no key can reach past the data. */
export const labelOf = (labels: Labels | undefined, key: string): string | undefined => {
  const value = labels?.[key];
  return typeof value === 'string' ? value : undefined;
};

/** One label as one text. */
export const labelPair = (key: string, value: string): string => `${key}=${value}`;
