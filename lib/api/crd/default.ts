import { isObject, type JsonObject, mapList, mapObject, own, set } from './json.js';
import { defaultOf, type Schema, valuesOf } from './schema.js';

const isUnwantedNull = (value: unknown, schema: Schema | undefined): boolean =>
  value === null && schema !== undefined && !schema.nullable;

const schemaOfField = (schema: Schema | undefined, name: string): Schema | undefined =>
  schema?.properties.get(name) ?? valuesOf(schema);

/** The value without nulls that are neither allowed nor replaced by a default. */
export const dropNulls = (value: unknown, schema: Schema | undefined): unknown => {
  if (Array.isArray(value)) return mapList(value, (item) => dropNulls(item, schema?.items));
  if (!isObject(value)) return value;
  return mapObject(value, (item, name) => {
    const field = schemaOfField(schema, name);
    const isDropped = isUnwantedNull(item, field) && field !== undefined && defaultOf(field.props) === undefined;
    return isDropped ? undefined : dropNulls(item, field);
  });
};

const withMissing = (object: JsonObject, schema: Schema): JsonObject => {
  let copy: Record<string, unknown> | undefined;
  for (const [name, property] of schema.properties) {
    const value = defaultOf(property.props);
    if (value === undefined) continue;
    if (Object.hasOwn(object, name) && !isUnwantedNull(own(object, name), property)) continue;
    copy ??= { ...object };
    set(copy, name, value);
  }
  return copy ?? object;
};

/** What stands for an item or map value that must not be null. */
const insteadOfNull = (value: unknown, schema: Schema | undefined): unknown =>
  isUnwantedNull(value, schema) && schema !== undefined ? (defaultOf(schema.props) ?? null) : value;

/** The value with the defaults of its schema filled in, also in what a default brings. */
export const fillDefaults = (value: unknown, schema: Schema | undefined): unknown => {
  if (schema === undefined || !schema.hasDefaults) return value;
  if (Array.isArray(value)) return mapList(value, (item) => fillDefaults(insteadOfNull(item, schema.items), schema.items));
  if (!isObject(value)) return value;
  const values = valuesOf(schema);
  return mapObject(withMissing(value, schema), (item, name) => {
    const property = schema.properties.get(name);
    return property === undefined ? fillDefaults(insteadOfNull(item, values), values) : fillDefaults(item, property);
  });
};
