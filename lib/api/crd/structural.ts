import { compileRegexp } from '../regexp.js';
import { Faults } from '../validate/faults.js';
import type { Path } from '../validate/path.js';
import type { FieldError } from '../verdict.js';
import { identical } from './json.js';
import { type Schema, valuesOf } from './schema.js';

/** Where a schema stands: the root, an item of a list, or a field. */
type Level = 'root' | 'item' | 'field';

const intOrString = [{ type: 'integer' }, { type: 'string' }];

const isIntOrString = (schemas: readonly Schema[]): boolean =>
  identical(
    schemas.map(({ props }) => props),
    intOrString,
  );

const emptyTypes: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/** Keywords that belong outside of `allOf`, `anyOf`, `oneOf` and `not`, and what they must be within. */
const outside = [
  ['type', 'empty'],
  ['additionalProperties', 'undefined'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  ['x-kubernetes-preserve-unknown-fields', 'false'],
  ['x-kubernetes-embedded-resource', 'false'],
  ['x-kubernetes-int-or-string', 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
] as const;

const isWritten = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);

/** The rules of a schema within a combinator. */
const checkNested = (schema: Schema, isIntOrStringHere: boolean, at: Path, faults: Faults): void => {
  checkValueRules(schema, isIntOrStringHere, false, at, faults);
  if (schema.items !== undefined) checkNested(schema.items, false, at.child('items'), faults);
  for (const [name, property] of schema.properties) checkNested(property, false, at.child('properties').key(name), faults);
  for (const [keyword, state] of outside) {
    const value = schema.props[keyword];
    // `additionalProperties: false` is no schema and says nothing here.
    if (isWritten(value)) faults.forbidden(at.child(keyword), `must be ${state} to be structural`);
  }
  if (schema.properties.has('metadata'))
    faults.forbidden(at.child('properties').key('metadata'), 'must not be specified in a nested context');
};

const checkValueRules = (schema: Schema, skipsAnyOf: boolean, skipsFirstAllOf: boolean, at: Path, faults: Faults): void => {
  const each = (keyword: 'anyOf' | 'allOf' | 'oneOf'): void => {
    for (const [index, nested] of schema[keyword].entries()) {
      const isFirstAllOf = keyword === 'allOf' && skipsFirstAllOf && index === 0;
      checkNested(nested, isFirstAllOf, at.child(keyword).index(index), faults);
    }
  };
  if (!skipsAnyOf) each('anyOf');
  each('allOf');
  each('oneOf');
  if (schema.not !== undefined) checkNested(schema.not, false, at.child('not'), faults);
  const { pattern = '' } = schema.props;
  const regexp = pattern === '' ? undefined : compileRegexp(pattern);
  if (regexp?.ok === false)
    faults.invalid(at.child('pattern'), pattern, `must be a valid regular expression, but isn't: ${regexp.error}`);
};

/** What the schema of a resource's own metadata may say: its type, and of which form the names are. */
const metadataKeywords: ReadonlySet<string> = new Set(['type', 'properties', 'default']);

const checkMetadata = (metadata: Schema, isResource: boolean, level: Level, at: Path, faults: Faults): void => {
  if (isResource && metadata.props.type !== 'object')
    faults.invalid(at.child('type'), metadata.props.type ?? '', 'must be object');
  if (level !== 'root') return;
  const names = [...metadata.properties.keys()];
  const isNamesOnly = names.every((name) => name === 'name' || name === 'generateName');
  const isBare = Object.entries(metadata.props).every(([keyword, value]) => metadataKeywords.has(keyword) || !isWritten(value));
  if (!isNamesOnly || !isBare)
    faults.forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified');
};

const checkResource = (schema: Schema, level: Level, at: Path, faults: Faults): void => {
  const isResource = level === 'root' || schema.isEmbeddedResource;
  for (const name of ['kind', 'apiVersion']) {
    const field = schema.properties.get(name);
    if (field === undefined || !isResource || field.props.type === 'string') continue;
    faults.invalid(at.child('properties').key(name).child('type'), field.props.type ?? '', 'must be string');
  }
  const metadata = schema.properties.get('metadata');
  if (metadata !== undefined) checkMetadata(metadata, isResource, level, at.child('properties').key('metadata'), faults);
  if (schema.isEmbeddedResource && !schema.preservesUnknownFields && schema.properties.size === 0) {
    const detail = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    faults.required(at.child('properties'), detail);
  }
};

const checkTypes = (schema: Schema, level: Level, at: Path, faults: Faults): void => {
  const { type = '' } = schema.props;
  if (schema.isEmbeddedResource && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    if (type === '') faults.required(at.child('type'), detail);
    else faults.invalid(at.child('type'), type, detail);
  } else if (type === '' && !schema.isIntOrString && !schema.preservesUnknownFields) {
    faults.required(at.child('type'), emptyTypes[level]);
  }
  if (level === 'root' && type !== '' && type !== 'object') faults.invalid(at.child('type'), type, 'must be object at the root');
  const excluded = 'must be false if x-kubernetes-int-or-string is true';
  if (schema.isIntOrString && schema.preservesUnknownFields)
    faults.invalid(at.child('x-kubernetes-preserve-unknown-fields'), true, excluded);
  if (schema.isIntOrString && schema.isEmbeddedResource)
    faults.invalid(at.child('x-kubernetes-embedded-resource'), true, excluded);
};

const checkInvariants = (schema: Schema, level: Level, at: Path, faults: Faults): void => {
  if (schema.props.type === 'array' && schema.items === undefined) faults.required(at.child('items'), 'must be specified');
  if (schema.items !== undefined) checkInvariants(schema.items, 'item', at.child('items'), faults);
  for (const [name, property] of schema.properties) checkInvariants(property, 'field', at.child('properties').key(name), faults);
  if (schema.additionalProperties !== undefined) {
    const inner = at.child('additionalProperties');
    if (level === 'root') faults.forbidden(inner, 'must not be used at the root');
    const values = valuesOf(schema);
    if (values !== undefined) checkInvariants(values, 'field', inner, faults);
    if (schema.isEmbeddedResource) faults.forbidden(inner, 'must not be used if x-kubernetes-embedded-resource is set');
  }
  const skipsFirstAllOf = isIntOrString(schema.allOf[0]?.anyOf ?? []);
  checkValueRules(schema, isIntOrString(schema.anyOf), skipsFirstAllOf, at, faults);
  checkTypes(schema, level, at, faults);
  checkResource(schema, level, at, faults);
};

/** Whatever a combinator says of a field or of items must be specified outside of it as well. */
const checkCompleteness = (nested: Schema, schema: Schema, at: Path, nestedAt: Path, faults: Faults): void => {
  const within = (inner: Schema, spine: Schema | undefined, place: Path, nestedPlace: Path): void => {
    if (spine === undefined) faults.required(place, `because it is defined in ${nestedPlace.toString()}`);
    else checkCompleteness(inner, spine, place, nestedPlace, faults);
  };
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [index, one] of nested[keyword].entries()) within(one, schema, at, nestedAt.child(keyword).index(index));
  }
  if (nested.not !== undefined) within(nested.not, schema, at, nestedAt.child('not'));
  if (nested === schema) return;
  if (nested.items !== undefined) within(nested.items, schema.items, at.child('items'), nestedAt.child('items'));
  for (const [name, property] of nested.properties) {
    const spine = schema.properties.get(name);
    within(property, spine, at.child('properties').key(name), nestedAt.child('properties').key(name));
  }
};

/** Why a schema is not structural, in the server's order; empty when it is. */
export const structuralFaults = (schema: Schema, at: Path): readonly FieldError[] => {
  const faults = new Faults();
  checkInvariants(schema, 'root', at, faults);
  checkCompleteness(schema, schema, at, at, faults);
  return [...faults.list].sort((a, b) => (a.message < b.message ? -1 : 1));
};
