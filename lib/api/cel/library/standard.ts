import { fail } from '../fault.js';
import { arithmetic, compare, equals } from '../operators.js';
import { dateOf, durationText, inZone, parseDuration, parseTimestamp, timestampText } from '../time.js';
import { type CelList, type CelMap, type Duration, Timestamp, TypeValue, typeNameOf, Uint, type Value } from '../value.js';
import { matches } from './regex.js';
import type { Library, Run } from './signature.js';

const never = (): Value => null;

const ordered = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'];
const numbers = ['int', 'uint', 'double'];

const comparison = (operator: string, holds: (order: number) => boolean): Library => {
  const run = (a: Value, b: Value): Value => holds(compare(a, b) ?? fail('no such overload'));
  const pairs = [
    ...ordered.map((type) => [type, type]),
    ...numbers.flatMap((left) => numbers.filter((right) => right !== left).map((right) => [left, right])),
  ];
  return Object.fromEntries(pairs.map(([left, right]): [string, Run] => [`${operator}: (${left}, ${right}) bool`, run]));
};

const inRange = (value: bigint): bigint => (BigInt.asIntN(64, value) === value ? value : fail('integer overflow'));
const unsigned = (value: bigint): Uint =>
  BigInt.asUintN(64, value) === value ? new Uint(value) : fail('unsigned integer overflow');

const wholeOf = (value: number, limit: (whole: bigint) => Value, text: string): Value =>
  Number.isFinite(value) && Math.abs(value) < 2 ** 64 ? limit(BigInt(Math.trunc(value))) : fail(text);

const numeral = (text: string, type: 'int' | 'uint'): bigint => {
  const pattern = type === 'int' ? /^[+-]?\d+$/ : /^\d+$/;
  const call = type === 'int' ? 'ParseInt' : 'ParseUint';
  return pattern.test(text)
    ? BigInt(text.replace(/^\+/, ''))
    : fail(`strconv.${call}: parsing ${JSON.stringify(text)}: invalid syntax`);
};

const decimal = (text: string): number => {
  const value = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
    ? Number(text)
    : new Map([
        ['inf', Number.POSITIVE_INFINITY],
        ['infinity', Number.POSITIVE_INFINITY],
        ['-inf', Number.NEGATIVE_INFINITY],
        ['nan', Number.NaN],
      ]).get(text.toLowerCase());
  return value ?? fail(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
};

const truths = new Map([
  ...['true', 'TRUE', 'True', 't', '1'].map((text) => [text, true] as const),
  ...['false', 'FALSE', 'False', 'f', '0'].map((text) => [text, false] as const),
]);

/** A double as Go prints it. */
export const doubleText = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value).replace(/e([+-])(\d)$/, 'e$10$2');
};

const utf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('invalid UTF-8 in bytes, cannot convert to string');
  }
};

const length = (text: string): bigint => {
  let count = 0n;
  for (const _ of text) count++;
  return count;
};

const sizes: Library = {
  'size: (string) int': length,
  'size: string.() int': length,
  'size: (list(A)) int': (list: CelList) => BigInt(list.length),
  'size: list(A).() int': (list: CelList) => BigInt(list.length),
  'size: (map(A, B)) int': (map: CelMap) => BigInt(map.size),
  'size: map(A, B).() int': (map: CelMap) => BigInt(map.size),
  'size: (bytes) int': (bytes: Uint8Array) => BigInt(bytes.length),
  'size: bytes.() int': (bytes: Uint8Array) => BigInt(bytes.length),
};

const same = (value: Value): Value => value;

const conversions: Library = {
  'type: (A) type(A)': (value: Value) => new TypeValue(typeNameOf(value)),
  'dyn: (A) dyn': same,
  'bool: (bool) bool': same,
  'bool: (string) bool': (text: string) =>
    truths.get(text) ?? fail(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`),
  'bytes: (bytes) bytes': same,
  'bytes: (string) bytes': (text: string) => new TextEncoder().encode(text),
  'double: (double) double': same,
  'double: (int) double': (value: bigint) => Number(value),
  'double: (string) double': decimal,
  'double: (uint) double': (value: Uint) => Number(value.value),
  'duration: (duration) duration': same,
  'duration: (string) duration': (text: string) => parseDuration(text) ?? fail(`time: invalid duration ${JSON.stringify(text)}`),
  'int: (int) int': same,
  'int: (double) int': (value: number) => wholeOf(value, inRange, 'integer overflow'),
  'int: (duration) int': (value: Duration) => value.nanoseconds,
  'int: (string) int': (text: string) => inRange(numeral(text, 'int')),
  'int: (timestamp) int': (value: Timestamp) => BigInt(Math.floor(dateOf(value).getTime() / 1000)),
  'int: (uint) int': (value: Uint) => inRange(value.value),
  'string: (string) string': same,
  'string: (bool) string': (value: boolean) => String(value),
  'string: (bytes) string': utf8,
  'string: (double) string': doubleText,
  'string: (duration) string': durationText,
  'string: (int) string': (value: bigint) => String(value),
  'string: (timestamp) string': timestampText,
  'string: (uint) string': (value: Uint) => String(value.value),
  'timestamp: (timestamp) timestamp': same,
  'timestamp: (int) timestamp': (value: bigint) => new Timestamp(value * 1_000_000_000n),
  'timestamp: (string) timestamp': (text: string) =>
    parseTimestamp(text) ??
    fail(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`),
  'uint: (uint) uint': same,
  'uint: (double) uint': (value: number) => wholeOf(value, unsigned, 'unsigned integer overflow'),
  'uint: (int) uint': (value: bigint) => unsigned(value),
  'uint: (string) uint': (text: string) => unsigned(numeral(text, 'uint')),
};

const texts: Library = {
  'contains: string.(string) bool': (text: string, part: string) => text.includes(part),
  'startsWith: string.(string) bool': (text: string, part: string) => text.startsWith(part),
  'endsWith: string.(string) bool': (text: string, part: string) => text.endsWith(part),
  'matches: (string, string) bool': matches,
  'matches: string.(string) bool': matches,
};

const dayOfYear = (date: Date): number =>
  Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000,
  );

const dateParts: readonly (readonly [string, (date: Date) => number])[] = [
  ['getFullYear', (date) => date.getUTCFullYear()],
  ['getMonth', (date) => date.getUTCMonth()],
  ['getDayOfYear', dayOfYear],
  ['getDayOfMonth', (date) => date.getUTCDate() - 1],
  ['getDate', (date) => date.getUTCDate()],
  ['getDayOfWeek', (date) => date.getUTCDay()],
  ['getHours', (date) => date.getUTCHours()],
  ['getMinutes', (date) => date.getUTCMinutes()],
  ['getSeconds', (date) => date.getUTCSeconds()],
  ['getMilliseconds', (date) => date.getUTCMilliseconds()],
];

const dates: Library = Object.fromEntries(
  dateParts.flatMap(([name, part]): [string, Run][] => [
    [`${name}: timestamp.() int`, (time: Timestamp) => BigInt(part(dateOf(time)))],
    [
      `${name}: timestamp.(string) int`,
      (time: Timestamp, zone: string) => BigInt(part(inZone(time, zone) ?? fail(`unknown time zone ${zone}`))),
    ],
  ]),
);

const per = (nanoseconds: bigint) => (duration: Duration) => duration.nanoseconds / nanoseconds;

const durations: Library = {
  'getHours: duration.() int': per(3_600_000_000_000n),
  'getMinutes: duration.() int': per(60_000_000_000n),
  'getSeconds: duration.() int': per(1_000_000_000n),
  'getMilliseconds: duration.() int': (duration: Duration) => (duration.nanoseconds / 1_000_000n) % 1000n,
};

const containers: Library = {
  '@in: (A, list(A)) bool': (item: Value, list: CelList) => list.some((other) => equals(item, other)),
  '@in: (A, map(A, B)) bool': (key: Value, map: CelMap) => map.get(key) !== undefined,
};

/** What the interpreter does itself: only the types matter here. */
const structural: Library = {
  '_?_:_: (bool, A, A) A': never,
  '_==_: (A, A) bool': never,
  '_!=_: (A, A) bool': never,
  '_[_]: (list(A), int) A': never,
  '_[_]: (map(A, B), A) B': never,
  '_[_]: (optional(list(A)), int) optional(A)': never,
  '_[_]: (optional(map(A, B)), A) optional(B)': never,
  '_[?_]: (list(A), int) optional(A)': never,
  '_[?_]: (optional(list(A)), int) optional(A)': never,
  '_[?_]: (map(A, B), A) optional(B)': never,
  '_[?_]: (optional(map(A, B)), A) optional(B)': never,
  'or: optional(A).(optional(A)) optional(A)': never,
  'orValue: optional(A).(A) A': never,
};

/** The functions of the language itself. */
export const standard: readonly Library[] = [
  arithmetic,
  comparison('_<_', (order) => order < 0),
  comparison('_<=_', (order) => order <= 0),
  comparison('_>_', (order) => order > 0),
  comparison('_>=_', (order) => order >= 0),
  sizes,
  conversions,
  texts,
  dates,
  durations,
  containers,
  structural,
];
