import { nearest } from '../decode/suggest.js';
import type { FieldError } from '../verdict.js';
import { childPath, isObject, type JsonObject, mapList, mapObject } from './json.js';
import { type Schema, valuesOf } from './schema.js';

const metaFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Fields that a schema does not know, found on the way. */
type Unknown = FieldError[];

/** A field that is not in the schema. */
const unknownField = (field: string, name = '', known: Iterable<string> = []): FieldError => {
  const near = nearest(name, known);
  const message = `unknown field "${field}"`;
  return { type: 'FieldValueForbidden', field, message, ...(near !== undefined && { suggestion: `did you mean "${near}"?` }) };
};

const dropAll = (value: unknown, path: string, unknown: Unknown): unknown => {
  if (Array.isArray(value)) return mapList(value, (item, index) => dropAll(item, `${path}[${index}]`, unknown));
  if (!isObject(value)) return value;
  return mapObject(value, (_value, key) => {
    unknown.push(unknownField(childPath(path, key)));
    return undefined;
  });
};

const pruneObject = (
  object: JsonObject,
  schema: Schema,
  keeps: boolean,
  isResource: boolean,
  path: string,
  unknown: Unknown,
): JsonObject =>
  mapObject(object, (value, key) => {
    if (isResource && metaFields.has(key)) return value;
    const property = schema.properties.get(key);
    const inner = childPath(path, key);
    if (property !== undefined) return prune(value, property, inner, unknown);
    if (schema.additionalProperties !== undefined) return prune(value, valuesOf(schema), inner, unknown);
    if (keeps) return value;
    unknown.push(unknownField(inner, key, schema.properties.keys()));
    return undefined;
  });

const prune = (value: unknown, schema: Schema | undefined, path: string, unknown: Unknown, within = false): unknown => {
  if (schema === undefined) return within ? value : dropAll(value, path, unknown);
  // What preserves unknown fields preserves those of its items too.
  const keeps = within || schema.preservesUnknownFields;
  if (isObject(value)) return pruneObject(value, schema, keeps, schema.isEmbeddedResource, path, unknown);
  if (!Array.isArray(value)) return value;
  return mapList(value, (item, index) => prune(item, schema.items, `${path}[${index}]`, unknown, keeps));
};

/**
 * A resource without the fields that its schema does not know, and their paths in order. Metadata, apiVersion and kind of the
 * resource and of embedded resources are not the schema's business.
 */
export const pruneResource = (
  resource: JsonObject,
  schema: Schema,
): { readonly value: JsonObject; readonly unknown: Unknown } => {
  const unknown: Unknown = [];
  const value = pruneObject(resource, schema, schema.preservesUnknownFields, true, '', unknown);
  return { value, unknown: unknown.sort((a, b) => (a.field < b.field ? -1 : 1)) };
};

/** A default without the fields that its schema does not know. */
export const pruneValue = (value: unknown, schema: Schema): unknown => prune(value, schema, '', []);
