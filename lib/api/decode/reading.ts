import type { FieldError } from '../verdict.js';
import { type Enclosing, suggestField } from './suggest.js';
import { type Shape, type Type, typeOf } from './type.js';

/** The place in the object that is being read, and the faults found so far. */
export interface Reading {
  readonly path: (string | number)[];
  /** The type that is read, and how many parts of the path lead to it. */
  root: string;
  readonly start: number;
  /** Values of a wrong type or form: the server stops at the first. */
  readonly malformed: FieldError[];
  /** Fields that do not exist: strict decoding reports them all. */
  readonly unknown: FieldError[];
}

/** A reading of an object of that type, at the top or at `path`. */
export const newReading = (root: string, path?: string): Reading => ({
  path: path === undefined ? [] : [path],
  root,
  start: path === undefined ? 0 : 1,
  malformed: [],
  unknown: [],
});

const pathText = (path: readonly (string | number)[]): string => {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
};

const jsonType = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value;

/** The value is not what the API can hold there. */
export const malformed = (reading: Reading, value: unknown, detail: string): void => {
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

/** The value is of another JSON type. */
export const wrongType = (reading: Reading, value: unknown, wanted: string): void =>
  malformed(reading, value, `cannot unmarshal ${jsonType(value)} into a field of type ${wanted}`);

/** The types around the one at this place, the outermost first. */
const enclosingPlaces = ({ path, root, start }: Reading): Enclosing[] => {
  const places: Enclosing[] = [];
  let shape: Shape | undefined = { kind: 'struct', type: root };
  for (let depth = start; depth < path.length; depth++) {
    if (shape?.kind === 'struct') {
      const type: Type = typeOf(shape.type);
      places.push({ type, path: pathText(path.slice(0, depth)) });
      shape = type.fields.get(String(path[depth]))?.shape;
    } else shape = shape?.kind === 'list' || shape?.kind === 'map' ? shape.of : undefined;
  }
  return places;
};

/** The type has no field of that name. */
export const unknownField = (reading: Reading, type: Type, name: string): void => {
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
