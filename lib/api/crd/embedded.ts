import { newReading } from '../decode/reading.js';
import { readStruct } from '../decode/value.js';
import type { ObjectMeta } from '../generated/types.js';
import { dns1035Label } from '../names.js';
import type { Faults } from '../validate/faults.js';
import { pathSegmentName } from '../validate/format.js';
import { validateMetadata } from '../validate/metadata.js';
import { Path } from '../validate/path.js';
import type { FieldError } from '../verdict.js';
import { childPath, isObject, type JsonObject, mapList, mapObject } from './json.js';
import { type Schema, valuesOf } from './schema.js';

/** What reading a resource with embedded resources found. */
export interface EmbeddedReading {
  /** Fields that no metadata has. */
  readonly unknown: FieldError[];
  /** What makes the request unreadable. */
  readonly malformed: FieldError[];
}

const readMetadata = (metadata: unknown, path: string, reading: EmbeddedReading): unknown => {
  if (!isObject(metadata)) return metadata;
  const own = newReading('ObjectMeta', path);
  const read = readStruct(metadata, own);
  reading.unknown.push(...own.unknown);
  reading.malformed.push(...own.malformed);
  return read;
};

const mustBeString = (value: unknown, path: string, reading: EmbeddedReading): void => {
  if (typeof value === 'string') return;
  const message = `${path}: Invalid value: ${JSON.stringify(value)}: must be a string`;
  reading.malformed.push({ type: 'FieldValueInvalid', field: path, detail: 'must be a string', message });
};

const readObject = (object: JsonObject, schema: Schema, path: string, reading: EmbeddedReading): JsonObject =>
  mapObject(object, (value, name) => {
    const at = childPath(path, name);
    if (schema.isEmbeddedResource && (name === 'apiVersion' || name === 'kind')) mustBeString(value, at, reading);
    const read = schema.isEmbeddedResource && name === 'metadata' ? readMetadata(value, at, reading) : value;
    const property = schema.properties.get(name);
    if (property !== undefined) return readEmbedded(read, property, at, reading);
    const values = valuesOf(schema);
    return values === undefined ? read : readEmbedded(read, values, at, reading);
  });

/** The value with the metadata of its embedded resources in the server's own form. */
export const readEmbedded = (value: unknown, schema: Schema, path: string, reading: EmbeddedReading): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : mapList(value, (item, index) => readEmbedded(item, items, `${path}[${index}]`, reading));
  }
  return isObject(value) ? readObject(value, schema, path, reading) : value;
};

const mixedCase = 'may have mixed case, but should otherwise match: ';

/** `foo/v1` has one slash at most. */
const isGroupVersion = (apiVersion: string): boolean => apiVersion.split('/').length <= 2;

const checkResource = (resource: JsonObject, path: string, faults: Faults): void => {
  const at = (name: string): Path => Path.of(childPath(path, name));
  for (const name of ['apiVersion', 'kind']) {
    const value = resource[name];
    if (value === undefined) faults.required(at(name));
    else if (typeof value !== 'string') faults.invalid(at(name), value, 'must be a string');
    else if (value === '') faults.invalid(at(name), value, 'must not be empty');
    else if (name === 'apiVersion') {
      if (!isGroupVersion(value)) faults.invalid(at(name), value, `unexpected GroupVersion string: ${value}`);
    } else {
      const wrong = dns1035Label(value.toLowerCase());
      if (wrong.length > 0) faults.invalid(at(name), value, mixedCase + wrong.join(','));
    }
  }
  if (!isObject(resource.metadata)) return;
  const metadata = resource.metadata as ObjectMeta;
  const named = metadata.name === undefined ? { ...metadata, name: 'fakename' } : metadata;
  const rules = { namespaced: metadata.namespace !== undefined, name: pathSegmentName, anyFinalizer: true };
  validateMetadata(named, rules, faults, at('metadata'));
};

/** Reports embedded resources, here and below, that are none: without apiVersion or kind, with wrong metadata. */
export const checkEmbedded = (value: unknown, schema: Schema, path: string, faults: Faults): void => {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) for (const [index, item] of value.entries()) checkEmbedded(item, items, `${path}[${index}]`, faults);
    return;
  }
  if (!isObject(value)) return;
  if (schema.isEmbeddedResource) checkResource(value, path, faults);
  const values = valuesOf(schema);
  for (const name of Object.keys(value)) {
    const property = schema.properties.get(name);
    if (property !== undefined) checkEmbedded(value[name], property, childPath(path, name), faults);
    else if (values !== undefined) checkEmbedded(value[name], values, `${path}[${name}]`, faults);
  }
};
