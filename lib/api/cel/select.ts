import { EvaluationError } from './fault.js';
import { isList, isMap, Message, Optional, typeNameOf, Uint, type Value } from './value.js';

const shown = (key: Value): string => (key instanceof Uint ? String(key.value) : String(key));

const indexOf = (key: Value): number => {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return Number(key.value);
  if (typeof key === 'number' && Number.isInteger(key)) return key;
  if (typeof key === 'number') throw new EvaluationError(`unsupported index value ${key} in list`);
  throw new EvaluationError(`unsupported index type '${typeNameOf(key)}' in list`);
};

const find = (value: Value, key: Value): Value | undefined => {
  if (value instanceof Optional) {
    const inner = value.value === undefined ? undefined : find(value.value, key);
    return new Optional(inner);
  }
  if (isList(value)) return value[indexOf(key)];
  if (value instanceof Message) return typeof key === 'string' ? value.fields.get(key) : undefined;
  return isMap(value) ? value.get(key) : undefined;
};

/** `value.key`, `value[key]` */
export const select = (value: Value, key: Value): Value => {
  const found = find(value, key);
  if (found !== undefined) return found;
  throw new EvaluationError(isList(value) ? `index out of bounds: ${shown(key)}` : `no such key: ${shown(key)}`);
};

/** `value.?key`, `value[?key]` */
export const selectOptional = (value: Value, key: Value): Value => {
  const found = find(value, key);
  return found instanceof Optional && value instanceof Optional ? found : new Optional(found);
};

/** `has(value.key)` */
export const selects = (value: Value, key: Value): boolean => {
  const found = isList(value) ? undefined : find(value, key);
  return found instanceof Optional && value instanceof Optional ? found.value !== undefined : found !== undefined;
};
