import type { Faults } from '../validate/faults.js';
import { Path } from '../validate/path.js';
import { childPath, isObject, type JsonObject, ordered, own } from './json.js';
import { type Schema, valuesOf } from './schema.js';

/** The positions at which a value occurs for the second time. */
const repeated = (values: readonly unknown[]): readonly number[] => {
  const seen = new Map<string, number>();
  const found: number[] = [];
  for (const [index, value] of values.entries()) {
    const key = JSON.stringify(ordered(value)) ?? '';
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times === 2) found.push(index);
  }
  return found;
};

/** The keys that tell the items of a list of type `map` apart; a key that an item has not is left out. */
const keysOf = (item: unknown, keys: readonly string[]): JsonObject =>
  isObject(item) ? Object.fromEntries(keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, own(item, key)])) : {};

const checkMap = (list: readonly unknown[], keys: readonly string[], path: string, faults: Faults): void => {
  const stranger = list.findIndex((item) => item !== null && !isObject(item));
  if (stranger >= 0) {
    const detail = 'must be an object for an array of list-type map';
    faults.invalid(Path.of(`${path}[${stranger}]`), ordered(list[stranger]), detail);
    return;
  }
  const items = list.map((item) => keysOf(item, keys));
  for (const index of repeated(items)) faults.duplicate(Path.of(`${path}[${index}]`), ordered(items[index]));
};

/** Reports what occurs twice in lists of type `set`, and keys that do in lists of type `map`, here and below. */
export const checkListTypes = (value: unknown, schema: Schema, path: string, faults: Faults): void => {
  if (Array.isArray(value)) {
    const type = schema.props['x-kubernetes-list-type'];
    if (type === 'set') {
      for (const index of repeated(value)) faults.duplicate(Path.of(`${path}[${index}]`), ordered(value[index]));
    } else if (type === 'map') checkMap(value, schema.props['x-kubernetes-list-map-keys'] ?? [], path, faults);
    const { items } = schema;
    if (items !== undefined)
      for (const [index, item] of value.entries()) checkListTypes(item, items, `${path}[${index}]`, faults);
    return;
  }
  if (!isObject(value)) return;
  const values = valuesOf(schema);
  for (const name of Object.keys(value)) {
    if (values !== undefined) checkListTypes(value[name], values, `${path}[${name}]`, faults);
    const property = schema.properties.get(name);
    if (property !== undefined) checkListTypes(value[name], property, childPath(path, name), faults);
  }
};
