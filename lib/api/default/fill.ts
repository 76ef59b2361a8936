import { copyOf } from '../extended.js';

/** The object with `defaults` where it has no value; the same object when nothing is missing. */
export const fill = <T extends object>(value: T, defaults: Partial<T>): T => {
  let filled: { -readonly [Field in keyof T]: T[Field] } | undefined;
  for (const key of Object.keys(defaults) as (keyof T)[]) {
    if (value[key] !== undefined) continue;
    filled ??= copyOf(value);
    filled[key] = defaults[key] as T[keyof T];
  }
  return filled ?? value;
};

/** The object with one field passed through `change`, if it is there; the same object when nothing changed. */
export const at = <T extends object, K extends keyof T>(
  value: T,
  key: K,
  change: (field: NonNullable<T[K]>) => NonNullable<T[K]>,
): T => {
  const field = value[key];
  if (field === undefined || field === null) return value;
  const changed = change(field);
  return changed === field ? value : { ...value, [key]: changed };
};

/** The list with every item passed through `change`; the same list when nothing changed. */
export const each =
  <T>(change: (item: T) => T) =>
  (items: readonly T[]): readonly T[] => {
    let copy: T[] | undefined;
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as T;
      const changed = change(item);
      if (changed === item) continue;
      copy ??= [...items];
      copy[index] = changed;
    }
    return copy ?? items;
  };

/** The steps one after the other. */
export const chain =
  <T>(...steps: readonly ((value: T) => T)[]) =>
  (value: T): T => {
    let result = value;
    for (const step of steps) result = step(result);
    return result;
  };

type Fields<T> = { readonly [K in keyof T]?: (field: NonNullable<T[K]>) => NonNullable<T[K]> };

/** Like `fill` and `at` in one, made once for all values: `defaults` where there is no value, then each field of `fields` changed. */
export const defaulting = <T extends object>(defaults: Partial<T>, fields: Fields<T> = {}): ((value: T) => T) => {
  const missing = Object.keys(defaults) as (keyof T)[];
  const changed = Object.keys(fields) as (keyof T)[];
  return (value) => {
    let copy: { -readonly [Field in keyof T]: T[Field] } | undefined;
    for (let index = 0; index < missing.length; index++) {
      const key = missing[index] as keyof T;
      if (value[key] !== undefined) continue;
      copy ??= copyOf(value);
      copy[key] = defaults[key] as T[keyof T];
    }
    for (let index = 0; index < changed.length; index++) {
      const key = changed[index] as keyof T;
      const field = (copy ?? value)[key];
      const change = fields[key];
      if (field === undefined || field === null || change === undefined) continue;
      const result = change(field);
      if (result === field) continue;
      copy ??= copyOf(value);
      copy[key] = result;
    }
    return copy ?? value;
  };
};
