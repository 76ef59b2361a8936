import { copyOf } from '../extended.js';
import { malformed, newReading, type Reading, unknownField, wrongType } from './reading.js';
import { canonicalQuantity, canonicalTime, isBase64 } from './scalar.js';
import { type Shape, type Type, typeOf } from './type.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a value that is there as its shape wants it; the same value comes back when it is already in the server's own form. Made once for
 * each shape: every field of every object passes here.
 */
type Read = (value: unknown, reading: Reading, inMap: boolean) => unknown;

const zeroScalar = (code: string): unknown => {
  switch (code) {
    case 'b':
      return false;
    case 'i':
    case 'l':
    case 'd':
    case 'o':
      return 0;
    case 'q':
      return '0';
    case 'a':
    case 't':
    case 'm':
    case 'x':
      return null;
    default:
      return '';
  }
};

// Far beyond any real object, far below the depth of the stack.
const mostDepth = 500;

/** Whether a JSON value is nested too deeply to be part of an object of the API. */
export const isTooDeep = (value: unknown, depth = 0): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > mostDepth) return true;
  for (const key of Object.keys(value)) if (isTooDeep((value as Json)[key], depth + 1)) return true;
  return false;
};

const integerOf =
  (bits: 32 | 64): Read =>
  (value, reading) => {
    const limit = 2 ** (bits - 1);
    if (typeof value !== 'number') wrongType(reading, value, `int${bits}`);
    else if (!Number.isInteger(value) || value >= limit || value < -limit) {
      malformed(reading, value, `cannot unmarshal number ${value} into a field of type int${bits}`);
    }
    return value;
  };

const integer = integerOf(32);

const text: Read = (value, reading) => {
  if (typeof value !== 'string') wrongType(reading, value, 'string');
  return value;
};

const boolean: Read = (value, reading) => {
  if (typeof value !== 'boolean') wrongType(reading, value, 'bool');
  return value;
};

const float: Read = (value, reading) => {
  if (typeof value !== 'number') wrongType(reading, value, 'float64');
  return value;
};

const timeOf =
  (micro: boolean): Read =>
  (value, reading) => {
    if (typeof value !== 'string') {
      wrongType(reading, value, 'string');
      return value;
    }
    const time = canonicalTime(value, micro);
    if (time !== undefined) return time;
    malformed(reading, value, `parsing time "${value}": must be a time of RFC 3339, such as 2006-01-02T15:04:05Z`);
    return value;
  };

const scalars = new Map<string, Read>([
  ['s', text],
  ['b', boolean],
  ['i', integer],
  ['l', integerOf(64)],
  ['d', float],
  ['o', (value, reading, inMap) => (typeof value === 'string' ? value : integer(value, reading, inMap))],
  [
    'q',
    (value, reading, inMap) => {
      const quantity = typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value, inMap) : undefined;
      if (quantity !== undefined) return quantity;
      malformed(reading, value, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
      return value;
    },
  ],
  ['t', timeOf(false)],
  ['m', timeOf(true)],
  [
    'x',
    (value, reading) => {
      if (typeof value !== 'string') wrongType(reading, value, '[]uint8');
      else if (!isBase64(value)) malformed(reading, value, 'illegal base64 data');
      return value;
    },
  ],
]);

const anything: Read = (value, reading) => {
  if (isTooDeep(value, reading.path.length)) malformed(reading, undefined, 'exceeded max depth');
  return value;
};

const refused = (value: unknown, reading: Reading, wanted: string): unknown => {
  if (reading.path.length > mostDepth) malformed(reading, undefined, 'exceeded max depth');
  else wrongType(reading, value, wanted);
  return value;
};

const isText = (shape: Shape): boolean => shape.kind === 'scalar' && shape.code === 's';

// A plain assignment to `__proto__` would set the prototype instead of a key of the map.
const setKey = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
};

const mapOf = (of: Shape): Read => {
  const readItem = readerOf(of);
  const ofText = isText(of);
  return (input, reading) => {
    if (reading.path.length > mostDepth || typeof input !== 'object' || input === null || Array.isArray(input)) {
      return refused(input, reading, 'map');
    }
    const value = input as Json;
    let copy: Record<string, unknown> | undefined;
    const keys = Object.keys(value);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const item = value[key];
      if (ofText && typeof item === 'string') continue;
      reading.path.push(key);
      const read = item === null || item === undefined ? zero(of) : readItem(item, reading, true);
      reading.path.pop();
      if (read === item) continue;
      copy ??= copyOf(value);
      setKey(copy, key, read);
    }
    return copy ?? value;
  };
};

const listOf = (of: Shape): Read => {
  const readItem = readerOf(of);
  return (value, reading) => {
    if (reading.path.length > mostDepth || !Array.isArray(value)) return refused(value, reading, 'list');
    const items: readonly unknown[] = value;
    let copy: unknown[] | undefined;
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      reading.path.push(index);
      const read = item === null || item === undefined ? zero(of) : readItem(item, reading, false);
      reading.path.pop();
      if (read === item) continue;
      copy ??= [...items];
      copy[index] = read;
    }
    return copy ?? items;
  };
};

interface FieldReader {
  readonly isText: boolean;
  readonly keepsZero: boolean;
  readonly read: Read;
}

/** A type with the readers of its fields. */
interface Struct {
  readonly type: Type;
  readonly fields: ReadonlyMap<string, FieldReader>;
  /** What is written of a field that nobody wrote. */
  readonly always: readonly { readonly name: string; readonly value: unknown }[];
}

const compile = (name: string): Struct => {
  const type = typeOf(name);
  const fields = new Map<string, FieldReader>();
  for (const { name: field, shape, keepsZero } of type.fields.values()) {
    fields.set(field, { isText: isText(shape), keepsZero: keepsZero || shape.kind === 'loose', read: readerOf(shape) });
  }
  const always = type.always.map((field) => ({ name: field.name, value: field.nullWhenAbsent ? null : zero(field.shape) }));
  return { type, fields, always };
};

const isEmpty = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') {
    for (const key in value) if (Object.hasOwn(value, key)) return false;
    return true;
  }
  return value === '' || value === 0 || value === false;
};

const structOf = (name: string): Read => {
  // Types hold each other: one is compiled when its first value comes.
  let compiled: Struct | undefined;
  return (input, reading) => {
    if (reading.path.length > mostDepth || typeof input !== 'object' || input === null || Array.isArray(input)) {
      return refused(input, reading, name);
    }
    const value = input as Json;
    compiled ??= compile(name);
    const { type, fields, always } = compiled;
    let copy: Record<string, unknown> | undefined;
    const keys = Object.keys(value);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const field = fields.get(key);
      const item = value[key];
      let read: unknown;
      if (field === undefined) unknownField(reading, type, key);
      else {
        if (field.isText && typeof item === 'string' && (item !== '' || field.keepsZero)) continue;
        if (item !== null && item !== undefined) {
          const faults = reading.malformed.length;
          reading.path.push(key);
          read = field.read(item, reading, false);
          reading.path.pop();
          if (!field.keepsZero && reading.malformed.length === faults && isEmpty(read)) read = undefined;
        }
        if (read === item) continue;
      }
      copy ??= copyOf(value);
      if (read === undefined) delete copy[key];
      else copy[key] = read;
    }
    const known = copy ?? value;
    for (const field of always) {
      if (Object.hasOwn(known, field.name) && known[field.name] !== undefined) continue;
      copy ??= copyOf(value);
      copy[field.name] = field.value;
    }
    return copy ?? value;
  };
};

const looseOf = (type: string): Read => {
  const readOne = structReader(type);
  const read: Read = (value, reading) => {
    if (typeof value === 'boolean') return value;
    if (Array.isArray(value)) {
      return value.map((item: unknown) => (Array.isArray(item) ? item : read(item, reading, false)));
    }
    return readOne(value, { ...reading, unknown: [] }, false);
  };
  return (value, reading, inMap) =>
    reading.path.length > mostDepth ? refused(value, reading, type) : read(value, reading, inMap);
};

const structs = new Map<string, Read>();

const structReader = (type: string): Read => {
  let read = structs.get(type);
  if (read === undefined) {
    read = structOf(type);
    structs.set(type, read);
  }
  return read;
};

const readerOf = (shape: Shape): Read => {
  switch (shape.kind) {
    case 'scalar':
      return scalars.get(shape.code) ?? anything;
    case 'list':
      return listOf(shape.of);
    case 'map':
      return mapOf(shape.of);
    case 'struct':
      return structReader(shape.type);
    case 'loose':
      return looseOf(shape.type);
  }
};

/** Reads an object of the reading's type; faults are left in `reading`. */
export const readStruct = (value: Json, reading: Reading): Json => structReader(reading.root)(value, reading, false) as Json;

const zeros = new Map<string, Json>();

/** A struct as the server writes it when nothing is set. */
export const emptyStruct = (type: string): Json => {
  let value = zeros.get(type);
  if (value === undefined) {
    value = Object.freeze(readStruct({}, newReading(type)));
    zeros.set(type, value);
  }
  return value;
};

/** What the server writes for a field that nobody wrote. */
const zero = (shape: Shape): unknown => {
  if (shape.kind === 'scalar') return zeroScalar(shape.code);
  return shape.kind === 'struct' ? emptyStruct(shape.type) : null;
};
