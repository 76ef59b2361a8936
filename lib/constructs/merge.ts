/** `T` with every field of every depth optional. Lists are whole or absent. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** `base` with the fields of `plain` laid over it: objects are merged, lists and values replaced, `undefined` changes nothing. */
export const merge = <T extends object>(base: T, plain: object | undefined): T => {
  if (plain === undefined) return base;
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(plain)) {
    if (value === undefined) continue;
    const below = merged.get(key);
    merged.set(key, isFields(below) && isFields(value) ? merge(below, value) : value);
  }
  return Object.fromEntries(merged) as T;
};

/** The `chosen` fields that are there, and all the others but those that are `left` out. */
export const split = (
  value: object,
  chosen: ReadonlySet<string>,
  left: ReadonlySet<string>,
): readonly [Record<string, unknown>, Record<string, unknown>] => {
  const some: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  const keys = Object.keys(value);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const field = (value as Fields)[key];
    if (field === undefined || left.has(key)) continue;
    if (chosen.has(key)) some[key] = field;
    else others[key] = field;
  }
  return [some, others];
};

/** `fields` and those of `value` that are there, but the ones that are `left` out. */
export const without = (
  value: object,
  left: ReadonlySet<string>,
  fields: Record<string, unknown> = {},
): Record<string, unknown> => {
  const keys = Object.keys(value);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const field = (value as Fields)[key];
    if (field !== undefined && !left.has(key)) fields[key] = field;
  }
  return fields;
};
