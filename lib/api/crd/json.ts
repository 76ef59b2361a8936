/** An object of JSON, its values not looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an own key, whatever its name. */
export const own = (object: JsonObject, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

/** Sets an own key whatever its name, `__proto__` included. */
export const set = (object: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
};

/** `object` with `change` made to each of its values; the same object when nothing changes. `undefined` drops a key. */
export const mapObject = (object: JsonObject, change: (value: unknown, key: string) => unknown): JsonObject => {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const changed = change(value, key);
    if (changed === value) continue;
    copy ??= { ...object };
    if (changed === undefined) delete copy[key];
    else set(copy, key, changed);
  }
  return copy ?? object;
};

/** `list` with `change` made to each item; the same list when nothing changes. */
export const mapList = (list: readonly unknown[], change: (value: unknown, index: number) => unknown): readonly unknown[] => {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const changed = change(list[index], index);
    if (changed === list[index]) continue;
    copy ??= [...list];
    copy[index] = changed;
  }
  return copy ?? list;
};

/** The path of a field below `path`; the root is the empty text. */
export const childPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** A value with the keys of its objects in order, as the server prints it. */
export const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key])]));
};

/** Equality of JSON values, nothing forgiven. */
export const identical = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => identical(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && identical(a[key], b[key]));
};
