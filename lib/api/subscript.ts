/** A field of a map with a key of it: `metadata.labels['app']`. */
export interface Subscript {
  readonly path: string;
  readonly key: string;
}

/** Divides a field path of the downward API before its first `['`; undefined without a key, as in `SplitMaybeSubscriptedPath`. */
export const subscriptOf = (fieldPath: string): Subscript | undefined => {
  const open = fieldPath.indexOf("['");
  return open > 0 && fieldPath.endsWith("']") && fieldPath.length >= open + 4
    ? { path: fieldPath.slice(0, open), key: fieldPath.slice(open + 2, -2) }
    : undefined;
};
