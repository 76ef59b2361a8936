import { schema } from '../generated/schema.js';
import { isAlwaysWritten, isNullWhenAbsent, keepsZero, looseType } from './wire.js';

/** What a JSON value must be. */
export type Shape =
  | { readonly kind: 'scalar'; readonly code: string }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape }
  | { readonly kind: 'struct'; readonly type: string }
  /** A struct, a list of them, or a boolean; fields that do not exist are not noticed. */
  | { readonly kind: 'loose'; readonly type: string };

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
  /** A zero (`""`, 0, false, an empty list or map) that was written is kept. */
  readonly keepsZero: boolean;
  /** What stands for it when nobody wrote it is `null`, not an empty value. */
  readonly nullWhenAbsent: boolean;
}

/** One API type, compiled once from its line of the schema table. */
export interface Type {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Fields the server writes even when nobody did. */
  readonly always: readonly Field[];
}

const shapeOf = (code: string): Shape => {
  if (code.startsWith('[')) return { kind: 'list', of: shapeOf(code.slice(1)) };
  if (code.startsWith('{')) return { kind: 'map', of: shapeOf(code.slice(1)) };
  return /^[A-Z]/.test(code) ? { kind: 'struct', type: code } : { kind: 'scalar', code };
};

const compile = (name: string): Type => {
  const fields = new Map<string, Field>();
  const always: Field[] = [];
  for (const entry of (schema[name] ?? '').split(' ')) {
    const colon = entry.indexOf(':');
    const required = entry[colon - 1] === '!';
    const key = entry.slice(0, required ? colon - 1 : colon);
    const code = entry.slice(colon + 1);
    const loose = looseType(name, key);
    const shape: Shape = loose === undefined ? shapeOf(code) : { kind: 'loose', type: loose };
    const zero =
      shape.kind === 'scalar'
        ? required || keepsZero(name, key, code)
        : required || shape.kind === 'struct' || isNullWhenAbsent(name, key);
    const field: Field = { name: key, required, shape, keepsZero: zero, nullWhenAbsent: isNullWhenAbsent(name, key) };
    fields.set(key, field);
    if (isAlwaysWritten(name, key, code, required)) always.push(field);
  }
  return { name, fields, always };
};

const compiled = new Map<string, Type>();

/** The compiled type of that name in the schema table. */
export const typeOf = (name: string): Type => {
  let type = compiled.get(name);
  if (type === undefined) {
    type = compile(name);
    compiled.set(name, type);
  }
  return type;
};
