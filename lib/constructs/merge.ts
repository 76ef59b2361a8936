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

/** The named fields that are there, and all the others. */
export const split = (value: object, names: readonly string[]): [Record<string, unknown>, Record<string, unknown>] => {
  const chosen: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  const wanted = new Set(names);
  for (const [key, field] of Object.entries(value)) {
    if (field !== undefined) (wanted.has(key) ? chosen : rest)[key] = field;
  }
  return [chosen, rest];
};
