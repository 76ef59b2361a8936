import { copyOf } from '../extended.js';
import type { FieldError } from '../verdict.js';
import { canonicalQuantity, canonicalTime, isBase64 } from './scalar.js';
import { type Enclosing, suggestField } from './suggest.js';
import { type Field, type Shape, type Type, typeOf } from './type.js';

type Json = Readonly<Record<string, unknown>>;

/** The place in the object that is being read, and the faults found so far. */
export interface Reading {
  readonly path: (string | number)[];
  /** The types around this place, and how many parts of the path lead to each. */
  readonly enclosing: Type[];
  readonly depths: number[];
  /** Values of a wrong type or form: the server stops at the first. */
  readonly malformed: FieldError[];
  /** Fields that do not exist: strict decoding reports them all. */
  readonly unknown: FieldError[];
}

export const newReading = (): Reading => ({ path: [], enclosing: [], depths: [], malformed: [], unknown: [] });

const pathText = (path: readonly (string | number)[]): string => {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
};

const jsonType = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value;

const malformed = (reading: Reading, value: unknown, detail: string): void => {
  const field = pathText(reading.path);
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  reading.malformed.push({
    type: 'FieldValueTypeInvalid',
    field,
    ...(isScalar ? { badValue: value } : {}),
    detail,
    message: `${field}: ${detail}`,
  });
};

const wrongType = (reading: Reading, value: unknown, wanted: string): void =>
  malformed(reading, value, `cannot unmarshal ${jsonType(value)} into a field of type ${wanted}`);

const enclosingPlaces = (reading: Reading): Enclosing[] =>
  reading.enclosing.slice(0, -1).map((type, index) => ({ type, path: pathText(reading.path.slice(0, reading.depths[index])) }));

const unknownField = (reading: Reading, type: Type, name: string): void => {
  const parent = pathText(reading.path);
  const field = parent === '' ? name : `${parent}.${name}`;
  const suggestion = suggestField(name, type, parent, enclosingPlaces(reading));
  reading.unknown.push({
    type: 'FieldValueForbidden',
    field,
    message: `unknown field "${field}"`,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
};

const integer = (value: unknown, reading: Reading, bits: 32 | 64): unknown => {
  const limit = 2 ** (bits - 1);
  if (typeof value !== 'number') wrongType(reading, value, `int${bits}`);
  else if (!Number.isInteger(value) || value >= limit || value < -limit) {
    malformed(reading, value, `cannot unmarshal number ${value} into a field of type int${bits}`);
  }
  return value;
};

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

const scalar = (value: unknown, code: string, reading: Reading, inMap: boolean): unknown => {
  switch (code) {
    case 's':
      if (typeof value !== 'string') wrongType(reading, value, 'string');
      return value;
    case 'b':
      if (typeof value !== 'boolean') wrongType(reading, value, 'bool');
      return value;
    case 'i':
      return integer(value, reading, 32);
    case 'l':
      return integer(value, reading, 64);
    case 'd':
      if (typeof value !== 'number') wrongType(reading, value, 'float64');
      return value;
    case 'o':
      return typeof value === 'string' ? value : integer(value, reading, 32);
    case 'q': {
      const quantity = typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value, inMap) : undefined;
      if (quantity !== undefined) return quantity;
      malformed(reading, value, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
      return value;
    }
    case 't':
    case 'm': {
      if (typeof value !== 'string') {
        wrongType(reading, value, 'string');
        return value;
      }
      const time = canonicalTime(value, code === 'm');
      if (time !== undefined) return time;
      malformed(reading, value, `parsing time "${value}": must be a time of RFC 3339, such as 2006-01-02T15:04:05Z`);
      return value;
    }
    case 'x':
      if (typeof value !== 'string') wrongType(reading, value, '[]uint8');
      else if (!isBase64(value)) malformed(reading, value, 'illegal base64 data');
      return value;
    default:
      if (isTooDeep(value, reading.path.length)) malformed(reading, undefined, 'exceeded max depth');
      return value;
  }
};

// A plain assignment to `__proto__` would set the prototype instead of a key of the map.
const setKey = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
};

const map = (value: Json, of: Shape, reading: Reading): Json => {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    reading.path.push(key);
    const read = item === null || item === undefined ? zero(of) : shaped(item, of, reading, true);
    reading.path.pop();
    if (read === item) continue;
    copy ??= copyOf(value);
    setKey(copy, key, read);
  }
  return copy ?? value;
};

const list = (value: readonly unknown[], of: Shape, reading: Reading): readonly unknown[] => {
  let copy: unknown[] | undefined;
  for (let index = 0; index < value.length; index++) {
    const item = value[index];
    reading.path.push(index);
    const read = item === null || item === undefined ? zero(of) : shaped(item, of, reading);
    reading.path.pop();
    if (read === item) continue;
    copy ??= [...value];
    copy[index] = read;
  }
  return copy ?? value;
};

const zeros = new Map<string, Json>();

/** What the server writes for a field that nobody wrote. */
const zero = (shape: Shape): unknown => {
  if (shape.kind === 'scalar') return zeroScalar(shape.code);
  if (shape.kind !== 'struct') return null;
  let value = zeros.get(shape.type);
  if (value === undefined) {
    value = Object.freeze(struct({}, typeOf(shape.type), newReading()));
    zeros.set(shape.type, value);
  }
  return value;
};

/** A struct as the server writes it when nothing is set. */
export const emptyStruct = (type: string): Json => zero({ kind: 'struct', type }) as Json;

const isEmpty = (value: unknown, shape: Shape): boolean => {
  if (shape.kind === 'list') return Array.isArray(value) && value.length === 0;
  if (shape.kind === 'map') return Object.keys(value as Json).length === 0;
  return shape.kind === 'scalar' && (value === '' || value === 0 || value === false);
};

const fieldValue = (value: unknown, field: Field, reading: Reading): unknown => {
  if (value === null || value === undefined) return undefined;
  reading.path.push(field.name);
  const faults = reading.malformed.length;
  const read = shaped(value, field.shape, reading);
  reading.path.pop();
  return !field.keepsZero && reading.malformed.length === faults && isEmpty(read, field.shape) ? undefined : read;
};

const struct = (value: Json, type: Type, reading: Reading): Json => {
  let copy: Record<string, unknown> | undefined;
  reading.enclosing.push(type);
  reading.depths.push(reading.path.length);
  for (const key of Object.keys(value)) {
    const field = type.fields.get(key);
    if (field === undefined) {
      unknownField(reading, type, key);
      copy ??= copyOf(value);
      delete copy[key];
      continue;
    }
    const item = value[key];
    const read = fieldValue(item, field, reading);
    if (read === item) continue;
    copy ??= copyOf(value);
    if (read === undefined) delete copy[key];
    else copy[key] = read;
  }
  reading.enclosing.pop();
  reading.depths.pop();
  const known = copy ?? value;
  for (const field of type.always) {
    if (Object.hasOwn(known, field.name) && known[field.name] !== undefined) continue;
    copy ??= copyOf(value);
    copy[field.name] = field.nullWhenAbsent ? null : zero(field.shape);
  }
  return copy ?? value;
};

const loose = (value: unknown, type: string, reading: Reading): unknown => {
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item: unknown) => (Array.isArray(item) ? item : loose(item, type, reading)));
  if (typeof value !== 'object' || value === null) {
    wrongType(reading, value, type);
    return value;
  }
  return struct(value as Json, typeOf(type), { ...reading, unknown: [] });
};

/** Reads a value that is there as the shape wants it; the same value comes back when it is already in the server's own form. */
const shaped = (value: unknown, shape: Shape, reading: Reading, inMap = false): unknown => {
  if (shape.kind === 'scalar') return scalar(value, shape.code, reading, inMap);
  if (reading.path.length > mostDepth) {
    malformed(reading, undefined, 'exceeded max depth');
    return value;
  }
  if (shape.kind === 'loose') return loose(value, shape.type, reading);
  if (shape.kind === 'list') {
    if (Array.isArray(value)) return list(value, shape.of, reading);
    wrongType(reading, value, 'list');
    return value;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    wrongType(reading, value, shape.kind === 'map' ? 'map' : shape.type);
    return value;
  }
  return shape.kind === 'map' ? map(value as Json, shape.of, reading) : struct(value as Json, typeOf(shape.type), reading);
};

/** Reads an object of that type; faults are left in `reading`. */
export const readStruct = (value: Json, type: Type, reading: Reading): Json => struct(value, type, reading);
