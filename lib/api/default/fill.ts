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
