/** Equality of JSON values; a field that is undefined counts as absent. */
export const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !equal(a[i], b[i])) return false;
    return true;
  }
  return !Array.isArray(b) && equalFields(a as Fields, b as Fields);
};

type Fields = Readonly<Record<string, unknown>>;

const equalFields = (a: Fields, b: Fields): boolean => {
  let fields = 0;
  for (const name in a) {
    const value = a[name];
    if (value === undefined) continue;
    const other = b[name];
    // What is inherited is never the same as a JSON value.
    if (value !== other && (other === undefined || !Object.hasOwn(b, name) || !equal(value, other))) return false;
    fields++;
  }
  for (const name in b) if (b[name] !== undefined) fields--;
  return fields === 0;
};
