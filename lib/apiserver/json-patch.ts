/** JSON Patch (RFC 6902). Objects are never changed: every operation answers a new document. */

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

/** One operation; `from` is that of `move` and `copy`. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** `failedTest`: a `test` did not hold, the document stays as it was. */
export type Patched =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly error: string; readonly failedTest?: true };

class Inapplicable extends Error {}
class FailedTest extends Error {}

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const partsOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

// The library of the server quotes the paths of some operations.
const quoting = new Set(['add', 'copy', 'remove', 'test']);

const missing = (op: string, path: string, what = 'path'): never => {
  const place = what === 'path' && quoting.has(op) ? `"${path}"` : path;
  throw new Inapplicable(`${op} operation does not apply: doc is missing ${what}: ${place}: missing value`);
};

const indexOf = (part: string, length: number, isNew: boolean, operation: PatchOperation): number => {
  if (part === '-' && isNew) return length;
  const index = Number(part);
  if (!/^-?\d+$/.test(part)) throw new Inapplicable(`strconv.Atoi: parsing ${JSON.stringify(part)}: invalid syntax`);
  if (index < 0 || index > (isNew ? length : length - 1)) {
    throw new Inapplicable(
      `${operation.op} operation does not apply: Unable to access invalid index: ${index}: invalid index referenced`,
    );
  }
  return index;
};

const get = (document: Json, parts: readonly string[], operation: PatchOperation): Json => {
  let value = document;
  for (const part of parts) {
    if (Array.isArray(value)) value = (value as readonly Json[])[indexOf(part, value.length, false, operation)];
    else if (isObject(value) && Object.hasOwn(value, part)) value = value[part];
    else return missing(operation.op, operation.path);
  }
  return value;
};

type Change = (container: Json, part: string) => Json;

const within = (document: Json, parts: readonly string[], operation: PatchOperation, change: Change): Json => {
  const [part = '', ...rest] = parts;
  if (rest.length === 0) return change(document, part);
  if (Array.isArray(document)) {
    const index = indexOf(part, document.length, false, operation);
    return document.map((item: Json, at) => (at === index ? within(item, rest, operation, change) : item));
  }
  if (!isObject(document) || !Object.hasOwn(document, part)) return missing(operation.op, operation.path);
  return withField(document, part, within(document[part], rest, operation, change));
};

const withField = (object: JsonObject, name: string, value: Json): JsonObject =>
  Object.fromEntries([...Object.entries(object).filter(([key]) => key !== name), [name, value]]);

const withoutField = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

const put = (document: Json, operation: PatchOperation, value: Json, replaces: boolean): Json => {
  const parts = partsOf(operation.path);
  if (parts.length === 0) return value;
  return within(document, parts, operation, (container, part) => {
    if (Array.isArray(container)) {
      const index = indexOf(part, container.length, !replaces, operation);
      const copy: Json[] = [...container];
      copy.splice(index, replaces ? 1 : 0, value);
      return copy;
    }
    if (!isObject(container)) return missing(operation.op, operation.path);
    if (replaces && !Object.hasOwn(container, part)) return missing(operation.op, operation.path, 'key');
    return withField(container, part, value);
  });
};

const remove = (document: Json, operation: PatchOperation, path = operation.path): Json =>
  within(document, partsOf(path), operation, (container, part) => {
    if (Array.isArray(container)) {
      const index = indexOf(part, container.length, false, operation);
      return container.filter((_item, at) => at !== index);
    }
    if (!isObject(container)) return missing(operation.op, path);
    if (!Object.hasOwn(container, part)) {
      throw new Inapplicable(`error in remove for path: '${path}': Unable to remove nonexistent key: ${part}: missing value`);
    }
    return withoutField(container, part);
  });

const same = (a: Json, b: Json): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
};

const step = (document: Json, operation: PatchOperation): Json => {
  const { op, path, from = '', value = null } = operation;
  switch (op) {
    case 'add':
      return put(document, operation, value, false);
    case 'replace':
      return put(document, operation, value, true);
    case 'remove':
      return remove(document, operation);
    case 'move': {
      const moved = get(document, partsOf(from), operation);
      return put(remove(document, operation, from), operation, moved, false);
    }
    case 'copy':
      return put(document, operation, get(document, partsOf(from), operation), false);
    case 'test':
      if (!same(get(document, partsOf(path), operation), value)) throw new FailedTest(`testing value ${path} failed`);
      return document;
    default:
      throw new Inapplicable(`Unexpected kind: ${op}`);
  }
};

export const jsonPatch = (document: Json, operations: readonly PatchOperation[]): Patched => {
  try {
    return { ok: true, value: operations.reduce(step, document) };
  } catch (error) {
    if (error instanceof FailedTest) return { ok: false, error: error.message, failedTest: true };
    if (error instanceof Inapplicable) return { ok: false, error: error.message };
    throw error;
  }
};
