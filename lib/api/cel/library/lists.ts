import { fail } from '../fault.js';
import { arithmetic, compare, equals } from '../operators.js';
import { Duration, isList, isMap, Optional, Timestamp, TypeValue, Uint, type Value } from '../value.js';
import type { Library, Run } from './signature.js';

type List = readonly Value[];

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const summable: readonly (readonly [string, Value])[] = [
  ['int', 0n],
  ['uint', new Uint(0n)],
  ['double', 0],
  ['duration', new Duration(0n)],
];

const before = (a: Value, b: Value): number => compare(a, b) ?? fail('no such overload');

const isSorted = (list: List): boolean => list.every((item, index) => index === 0 || before(list[index - 1] ?? null, item) <= 0);

const extreme =
  (name: string, sign: 1 | -1) =>
  (list: List): Value => {
    const [first] = list;
    if (first === undefined) return fail(`${name} called on empty list`);
    return list.reduce((found, item) => (before(item, found) * sign > 0 ? item : found), first);
  };

const plus = (a: Value, b: Value): Value => {
  if (typeof a === 'bigint' && typeof b === 'bigint') return arithmetic['_+_: (int, int) int'](a, b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof Uint && b instanceof Uint) return arithmetic['_+_: (uint, uint) uint'](a, b);
  if (a instanceof Duration && b instanceof Duration) return arithmetic['_+_: (duration, duration) duration'](a, b);
  return fail('no such overload');
};

const indexIn = (list: List, item: Value): bigint => BigInt(list.findIndex((other) => equals(item, other)));
const lastIndexIn = (list: List, item: Value): bigint => BigInt(list.findLastIndex((other) => equals(item, other)));

const slice = (list: List, start: bigint, end: bigint): List => {
  if (start < 0n || end < 0n) return fail(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end) return fail(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > BigInt(list.length)) return fail(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
};

const flatten = (list: List, depth = 1n): List => {
  if (depth < 0n) return fail('level must be non-negative');
  if (depth === 0n) return list;
  return list.flatMap((item) => (isList(item) ? flatten(item, depth - 1n) : [item]));
};

const sort = (list: List, keys: List): List => {
  if (list.length !== keys.length)
    return fail(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.length} and ${keys.length} elements respectively`,
    );
  const pairs = list.map((item, index) => ({ item, key: keys[index] ?? null }));
  return pairs.sort((a, b) => compare(a.key, b.key) ?? fail('list elements must have the same type')).map(({ item }) => item);
};

const distinct = (list: List): List => list.filter((item, index) => list.findIndex((other) => equals(item, other)) === index);

const range = (count: bigint): List => {
  if (count > 1_000_000n) return fail('lists.range limit exceeded');
  return Array.from({ length: Math.max(0, Number(count)) }, (_, index) => BigInt(index));
};

const perType = (types: readonly string[], name: string, result: (type: string) => string, run: Run): Library =>
  Object.fromEntries(types.map((type) => [`${name}: list(${type}).() ${result(type)}`, run]));

export const lists: readonly Library[] = [
  perType(comparable, 'isSorted', () => 'bool', isSorted),
  perType(comparable, 'max', (type) => type, extreme('max', 1)),
  perType(comparable, 'min', (type) => type, extreme('min', -1)),
  Object.fromEntries(
    summable.map(([type, zero]) => [
      `sum: list(${type}).() ${type}`,
      (list: List) => (list.length === 0 ? zero : list.reduce(plus)),
    ]),
  ),
  perType(
    comparable,
    'sort',
    (type) => `list(${type})`,
    (list: List) => sort(list, list),
  ),
  Object.fromEntries(comparable.map((type) => [`@sortByAssociatedKeys: list(A).(list(${type})) list(A)`, sort])),
  {
    'indexOf: list(A).(A) int': indexIn,
    'lastIndexOf: list(A).(A) int': lastIndexIn,
    'slice: list(A).(int, int) list(A)': slice,
    'flatten: list(list(A)).() list(A)': (list: List) => flatten(list),
    'flatten: list(dyn).(int) list(dyn)': flatten,
    'distinct: list(A).() list(A)': distinct,
    'reverse: list(A).() list(A)': (list: List) => list.toReversed(),
    'lists.range: (int) list(int)': range,
    'first: list(A).() optional(A)': (list: List) => new Optional(list[0]),
    'last: list(A).() optional(A)': (list: List) => new Optional(list.at(-1)),
  },
  {
    'sets.contains: (list(A), list(A)) bool': (a: List, b: List) => b.every((item) => a.some((other) => equals(item, other))),
    'sets.equivalent: (list(A), list(A)) bool': (a: List, b: List) =>
      b.every((item) => a.some((other) => equals(item, other))) && a.every((item) => b.some((other) => equals(item, other))),
    'sets.intersects: (list(A), list(A)) bool': (a: List, b: List) => a.some((item) => b.some((other) => equals(item, other))),
  },
];

const isZero = (value: Value): boolean => {
  if (value === null || value === false || value === '' || value === 0n || value === 0) return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration || value instanceof Timestamp) return value.nanoseconds === 0n;
  if (value instanceof Uint8Array || isList(value)) return value.length === 0;
  if (value instanceof TypeValue) return false;
  return isMap(value) && value.size === 0;
};

const unwrap = (list: List): List =>
  list.flatMap((item) => (item instanceof Optional && item.value !== undefined ? [item.value] : []));

/** Optional values. */
export const optionals: Library = {
  'optional.of: (A) optional(A)': (value: Value) => new Optional(value),
  'optional.ofNonZeroValue: (A) optional(A)': (value: Value) => new Optional(isZero(value) ? undefined : value),
  'optional.none: () optional(A)': () => new Optional(undefined),
  'optional.unwrap: (list(optional(A))) list(A)': unwrap,
  'unwrapOpt: list(optional(A)).() list(A)': unwrap,
  'value: optional(A).() A': (optional: Optional) => optional.value ?? fail('optional.none() dereference'),
  'hasValue: optional(A).() bool': (optional: Optional) => optional.value !== undefined,
};
