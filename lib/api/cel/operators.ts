import { fail } from './fault.js';
import {
  type CelList,
  type CelMap,
  Duration,
  isList,
  isMap,
  Message,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value.js';

const isNumber = (value: Value): value is bigint | number | Uint =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;

const numberOf = (value: bigint | number | Uint): bigint | number => (value instanceof Uint ? value.value : value);

const bytesEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

const sameContent = (a: CelList, b: CelList): boolean =>
  a.length === b.length && a.every((item) => b.some((other) => equals(item, other)));

const listsEqual = (a: CelList, b: CelList): boolean => {
  if (a.listType !== undefined || b.listType !== undefined) return sameContent(a, b);
  return a.length === b.length && a.every((item, index) => equals(item, b[index] ?? null));
};

const mapsEqual = (a: CelMap, b: CelMap): boolean =>
  a.size === b.size &&
  a.keys().every((key) => {
    const other = b.get(key);
    return other !== undefined && equals(a.get(key) ?? null, other);
  });

/** `==`: values of different types are not equal, numbers are by what they count. */
export const equals = (a: Value, b: Value): boolean => {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b))
    return !(numberOf(a) < numberOf(b) || numberOf(a) > numberOf(b) || Number.isNaN(a) || Number.isNaN(b));
  if (a instanceof Timestamp && b instanceof Timestamp) return a.nanoseconds === b.nanoseconds;
  if (a instanceof Duration && b instanceof Duration) return a.nanoseconds === b.nanoseconds;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return bytesEqual(a, b);
  if (a instanceof TypeValue && b instanceof TypeValue) return a.name === b.name;
  if (a instanceof Optional && b instanceof Optional) {
    return a.value === undefined || b.value === undefined ? a.value === b.value : equals(a.value, b.value);
  }
  if (a instanceof Opaque && b instanceof Opaque) return a.type === b.type && opaqueEqual(a, b);
  if (a instanceof Message && b instanceof Message) {
    return (
      a.type === b.type &&
      a.fields.size === b.fields.size &&
      [...a.fields].every(([key, value]) => equals(value, b.fields.get(key) ?? null))
    );
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (isList(a) || isList(b)) return isList(a) && isList(b) && listsEqual(a, b);
  return isMap(a) && isMap(b) && mapsEqual(a, b);
};

/** How the contents of the server's own types compare: by the type's `compare`, or as text. */
const opaqueEqual = (a: Opaque, b: Opaque): boolean => {
  const left = a.content as { readonly equals?: (other: unknown) => boolean };
  return left.equals?.(b.content) ?? String(a.content) === String(b.content);
};

const textOrder = (a: string, b: string): number => {
  // By code points, as bytes of UTF-8 compare; UTF-16 units differ for what is beyond the basic plane.
  if (a === b) return 0;
  const left = [...a];
  const right = [...b];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

const bytesOrder = (a: Uint8Array, b: Uint8Array): number => {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

const order = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** Below, at or above zero; undefined when the two cannot be ordered. */
export const compare = (a: Value, b: Value): number | undefined => {
  if (isNumber(a) && isNumber(b)) {
    const left = numberOf(a);
    const right = numberOf(b);
    if (Number.isNaN(left) || Number.isNaN(right)) return fail('NaN values cannot be ordered');
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof a === 'string' && typeof b === 'string') return textOrder(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return order(a, b);
  if (a instanceof Timestamp && b instanceof Timestamp) return order(a.nanoseconds, b.nanoseconds);
  if (a instanceof Duration && b instanceof Duration) return order(a.nanoseconds, b.nanoseconds);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return bytesOrder(a, b);
  return undefined;
};

const int = (value: bigint): bigint => (BigInt.asIntN(64, value) === value ? value : fail('integer overflow'));
const uint = (value: bigint): Uint => (BigInt.asUintN(64, value) === value ? new Uint(value) : fail('unsigned integer overflow'));
const nonZero = (divisor: bigint, text: string): bigint => (divisor === 0n ? fail(text) : divisor);

/** Whether lists of this type merge instead of being joined: `x-kubernetes-list-type`. */
const joinLists = (a: CelList, b: CelList): Value => {
  if (a.listType === undefined) return [...a, ...b];
  const { mapKeys = [], listType } = a;
  const key = (item: Value, name: string): Value => (isMap(item) ? (item.get(name) ?? null) : null);
  const isSame = (left: Value, right: Value): boolean =>
    listType === 'set' ? equals(left, right) : mapKeys.every((name) => equals(key(left, name), key(right, name)));
  const kept = a.map((item) => b.find((other) => listType === 'map' && isSame(item, other)) ?? item);
  const added = b.filter((item) => !a.some((other) => isSame(item, other)));
  return Object.assign([...kept, ...added], { listType, mapKeys }) as CelList;
};

/** The operators of arithmetic, by what they take. */
export const arithmetic = {
  '_+_: (int, int) int': (a: bigint, b: bigint) => int(a + b),
  '_+_: (string, string) string': (a: string, b: string) => a + b,
  '_+_: (double, double) double': (a: number, b: number) => a + b,
  '_+_: (uint, uint) uint': (a: Uint, b: Uint) => uint(a.value + b.value),
  '_+_: (list(A), list(A)) list(A)': joinLists,
  '_+_: (bytes, bytes) bytes': (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b]),
  '_+_: (duration, duration) duration': (a: Duration, b: Duration) => new Duration(int(a.nanoseconds + b.nanoseconds)),
  '_+_: (duration, timestamp) timestamp': (a: Duration, b: Timestamp) => new Timestamp(a.nanoseconds + b.nanoseconds),
  '_+_: (timestamp, duration) timestamp': (a: Timestamp, b: Duration) => new Timestamp(a.nanoseconds + b.nanoseconds),
  '_-_: (int, int) int': (a: bigint, b: bigint) => int(a - b),
  '_-_: (double, double) double': (a: number, b: number) => a - b,
  '_-_: (uint, uint) uint': (a: Uint, b: Uint) => uint(a.value - b.value),
  '_-_: (duration, duration) duration': (a: Duration, b: Duration) => new Duration(int(a.nanoseconds - b.nanoseconds)),
  '_-_: (timestamp, duration) timestamp': (a: Timestamp, b: Duration) => new Timestamp(a.nanoseconds - b.nanoseconds),
  '_-_: (timestamp, timestamp) duration': (a: Timestamp, b: Timestamp) => new Duration(int(a.nanoseconds - b.nanoseconds)),
  '_*_: (int, int) int': (a: bigint, b: bigint) => int(a * b),
  '_*_: (double, double) double': (a: number, b: number) => a * b,
  '_*_: (uint, uint) uint': (a: Uint, b: Uint) => uint(a.value * b.value),
  '_/_: (int, int) int': (a: bigint, b: bigint) => int(a / nonZero(b, 'division by zero')),
  '_/_: (double, double) double': (a: number, b: number) => a / b,
  '_/_: (uint, uint) uint': (a: Uint, b: Uint) => uint(a.value / nonZero(b.value, 'division by zero')),
  '_%_: (int, int) int': (a: bigint, b: bigint) => int(a % nonZero(b, 'modulus by zero')),
  '_%_: (uint, uint) uint': (a: Uint, b: Uint) => uint(a.value % nonZero(b.value, 'modulus by zero')),
  '-_: (int) int': (a: bigint) => int(-a),
  '-_: (double) double': (a: number) => -a,
  '!_: (bool) bool': (a: boolean) => !a,
};
