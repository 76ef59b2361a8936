import { sameValue } from '../equal.js';
import type { CustomResourceDefinition, JSONSchemaProps } from '../generated/types.js';
import { isKnownFormat } from './format.js';
import { type Schema, schemaOf, valuesOf } from './schema.js';

const unknownFormats = (schema: Schema): readonly string[] => {
  const { format = '', type = '' } = schema.props;
  const own = format === '' || isKnownFormat(format, [type]) ? [] : [format];
  const { items, not, allOf, anyOf, oneOf, properties } = schema;
  const values = valuesOf(schema);
  const below = [items, ...allOf, ...anyOf, ...oneOf, not, ...properties.values(), values];
  return [...own, ...below.flatMap((one) => (one === undefined ? [] : unknownFormats(one)))];
};

/** Formats in a definition that the server does not know and so does not check. */
export const formatWarnings = ({ spec }: CustomResourceDefinition): readonly string[] => {
  const schemas = spec.versions.map(({ schema }): JSONSchemaProps => schema?.openAPIV3Schema ?? {});
  // A schema that all versions share is looked at once.
  const [first] = schemas;
  const distinct = schemas.every((schema) => sameValue(schema, first)) ? schemas.slice(0, 1) : schemas;
  return distinct
    .flatMap((schema) => unknownFormats(schemaOf(schema)))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
};
