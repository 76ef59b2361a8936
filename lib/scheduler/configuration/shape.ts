import { nearest } from '../../api/decode/suggest.js';
import type { Faults } from '../../api/validate/faults.js';
import type { Path } from '../../api/validate/path.js';

/** What a field of the configuration holds. `{ list }` and `{ fields }` say what is inside; `any` is not looked into. */
export type Shape =
  | 'text'
  | 'integer'
  | 'boolean'
  | 'any'
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the value is not, in words; undefined when it is of the shape, its inside apart. */
const mismatch = (value: unknown, shape: Shape): string | undefined => {
  switch (shape) {
    case 'any':
      return undefined;
    case 'text':
      return typeof value === 'string' ? undefined : 'must be a text';
    case 'integer':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31 ? undefined : 'must be an integer';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    default:
      if ('list' in shape) return Array.isArray(value) ? undefined : 'must be a list';
      return isMap(value) ? undefined : 'must be a map';
  }
};

/** Checks that the value has the shape and no fields besides; null stands for an absent field, as everywhere in Kubernetes. */
export const checkShape = (value: unknown, shape: Shape, at: Path, faults: Faults): void => {
  const fault = mismatch(value, shape);
  if (fault !== undefined) {
    faults.typeInvalid(at, value, fault);
    return;
  }
  if (typeof shape === 'string') return;
  if ('list' in shape) {
    for (const [i, item] of (value as readonly unknown[]).entries()) checkShape(item, shape.list, at.index(i), faults);
    return;
  }
  for (const [key, inside] of Object.entries(value as object)) {
    const known = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (known !== undefined) {
      if (inside !== undefined && inside !== null) checkShape(inside, known, at.child(key), faults);
      continue;
    }
    const meant = nearest(key, Object.keys(shape.fields));
    faults.forbidden(at.child(key), `unknown field${meant === undefined ? '' : `, did you mean "${meant}"?`}`);
  }
};

/** The value without null fields. */
export const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([, inside]) => inside !== null && inside !== undefined);
  return Object.fromEntries(kept.map(([key, inside]) => [key, withoutNulls(inside)]));
};
