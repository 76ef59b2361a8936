import { type Schema, valuesOf } from './schema.js';

/** A path such as `.spec.replicas` or `.labels['a.b']` in a schema, as the server writes it in field errors. */
export type FieldPath =
  | { readonly ok: true; readonly path: string; readonly schema: Schema }
  | { readonly ok: false; readonly error: string };

const fail = (error: string): FieldPath => ({ ok: false, error });

/** Delimiters, texts in single quotes, and what is between. */
const tokens = /[.[\]]|'(?:\\.|[^'\\])*'|[^.[\]]+/g;

const escapes = new Map(
  Object.entries({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', "'": "'", '\\': '\\' }),
);

/** Reads a path and follows it in the schema. `indexed`: maps may be entered by `['key']`. */
export const fieldPathIn = (text: string, root: Schema, indexed = true): FieldPath => {
  const queue = text.match(tokens) ?? [];
  let path = '';
  let schema = root;
  const enter = (name: string): string | undefined => {
    const values = schema.properties.size > 0 ? undefined : valuesOf(schema);
    const next = values ?? schema.properties.get(name);
    if (next === undefined) return 'does not refer to a valid field';
    path += values !== undefined ? `[${name}]` : path === '' ? name : `.${name}`;
    schema = next;
    return undefined;
  };
  for (let at = 0; at < queue.length; at++) {
    const token = queue[at];
    const name = queue[++at];
    if (token === '[') {
      if (!indexed) return fail('array notation is not allowed');
      if (name === undefined) return fail('unexpected end of JSON path');
      if (!/^'.*'$/s.test(name)) return fail(`expected single quoted string but got ${name}`);
      const wrong = /\\[^abfnrtv'\\]/.exec(name);
      if (wrong !== null) return fail(`invalid string literal: invalid escape char ${wrong[0]}`);
      const fault = enter(name.slice(1, -1).replace(/\\(.)/g, (_all, directive: string) => escapes.get(directive) ?? ''));
      if (fault !== undefined) return fail(fault);
      const close = queue[++at];
      if (close === undefined) return fail('unexpected end of JSON path');
      if (close !== ']') return fail(`expected ] but got ${close}`);
    } else if (token === '.') {
      if (name === undefined) return fail('unexpected end of JSON path');
      const fault = enter(name);
      if (fault !== undefined) return fail(fault);
    } else return fail(`expected [ or . but got: ${token}`);
  }
  return { ok: true, path, schema };
};
