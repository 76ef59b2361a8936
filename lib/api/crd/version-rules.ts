import type {
  CustomResourceColumnDefinition,
  CustomResourceSubresources,
  JSONSchemaProps,
  SelectableField,
} from '../generated/types.js';
import { Faults } from '../validate/faults.js';
import type { Path } from '../validate/path.js';
import { checkDefaults } from './default-rules.js';
import { fieldPathIn } from './field-path.js';
import { internalKeywords, internalSchema } from './internal.js';
import { schemaOf } from './schema.js';
import { checkSchema } from './schema-rules.js';
import { structuralFaults } from './structural.js';

/** Keywords that the root may have beside a status subresource, by the server's names. */
const rootKeywords = `Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern
  MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations`.split(
  /\s+/,
);

const checkRootOfStatus = (props: JSONSchemaProps, at: Path, faults: Faults): void => {
  const beside = 'at the root of the schema if the status subresource is enabled';
  for (const keyword of internalKeywords(props)) {
    if (keyword === 'Type' && props.type !== 'object') {
      faults.invalid(at.child('type'), props.type, `only "object" is allowed as the type ${beside}`);
      return;
    }
    if (rootKeywords.includes(keyword)) continue;
    faults.invalid(at, internalSchema(props), `only [${rootKeywords.join(' ')}] fields are allowed ${beside}`);
    return;
  }
};

/** What keeps a schema from being read as a structural one at all. */
const unreadable = (props: JSONSchemaProps): string | undefined => {
  const schema = schemaOf(props);
  const keyword = (
    [
      ['id', props.id],
      ['schema', props.$schema],
      ['$ref', props.$ref],
      ['patternProperties', props.patternProperties],
      ['dependencies', props.dependencies],
      ['additionalItems', props.additionalItems],
      ['definitions', props.definitions],
    ] as const
  ).find(([, value]) => value !== undefined && value !== '' && Object.keys(Object(value)).length > 0);
  if (keyword !== undefined) return `OpenAPIV3Schema '${keyword[0]}' is not supported`;
  if (props['x-kubernetes-preserve-unknown-fields'] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  if (Array.isArray(props.items) && props.items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  const values = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  const combined = [...schema.anyOf, ...schema.allOf, ...schema.oneOf, ...(schema.not === undefined ? [] : [schema.not])];
  const below = [...combined, ...(schema.items === undefined ? [] : [schema.items]), ...schema.properties.values(), ...values];
  for (const { props: inner } of below) {
    const fault = unreadable(inner);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

const judgeSchema = (props: JSONSchemaProps, hasStatus: boolean, at: Path): Faults => {
  const faults = new Faults();
  if (hasStatus) checkRootOfStatus(props, at, faults);
  if (props.nullable === true) faults.forbidden(at.child('nullable'), 'nullable cannot be true at the root');
  const fault = unreadable(props);
  let isSound = false;
  if (fault === undefined) {
    const structural = structuralFaults(schemaOf(props), at);
    faults.merge({ list: structural });
    if (structural.length === 0) {
      const known = faults.list.length;
      checkDefaults(schemaOf(props), at.toString(), true, faults);
      isSound = faults.list.length === known;
    }
  }
  checkSchema(props, at, isSound, faults);
  // What makes a schema unreadable mostly shows as faults of its keywords.
  if (fault !== undefined && faults.list.length === 0) faults.invalid(at, '', fault);
  return faults;
};

const judged = new WeakMap<JSONSchemaProps, Map<string, Faults>>();

/** Judges the schema of one version, or of all of them, once; `at` is the place of `openAPIV3Schema`. */
export const checkOpenApiSchema = (props: JSONSchemaProps, hasStatus: boolean, at: Path, faults: Faults): void => {
  const key = `${hasStatus} ${at.toString()}`;
  const known = judged.get(props) ?? new Map<string, Faults>();
  const found = known.get(key) ?? judgeSchema(props, hasStatus, at);
  judged.set(props, known.set(key, found));
  faults.merge(found);
};

const checkSimplePath = (path: string, root: string, allowed: readonly string[], at: Path, faults: Faults): void => {
  if (!path.startsWith('.')) faults.invalid(at, path, 'must be a simple json path starting with .');
  else if (allowed.length > 0 && !allowed.some((prefix) => path.startsWith(prefix)))
    faults.invalid(at, path, `should be a json path under ${root}`);
};

export const checkSubresources = (subresources: CustomResourceSubresources | undefined, at: Path, faults: Faults): void => {
  const scale = subresources?.scale;
  if (scale === undefined) return;
  const required = (path: string, field: string, root: string): void => {
    const place = at.child(`scale.${field}`);
    if (path === '') faults.required(place);
    else checkSimplePath(path, root, [`${root}.`], place, faults);
  };
  required(scale.specReplicasPath, 'specReplicasPath', '.spec');
  required(scale.statusReplicasPath, 'statusReplicasPath', '.status');
  const selector = scale.labelSelectorPath ?? '';
  if (selector !== '')
    checkSimplePath(selector, 'either .spec or .status', ['.spec.', '.status.'], at.child('scale.labelSelectorPath'), faults);
};

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export const checkColumn = (column: CustomResourceColumnDefinition, at: Path, faults: Faults): void => {
  const { name, type, format = '', jsonPath } = column;
  if (name === '') faults.required(at.child('name'));
  const oneOfTypes = `must be one of ${columnTypes.join(',')}`;
  if (type === '') faults.required(at.child('type'), oneOfTypes);
  else if (!columnTypes.includes(type)) faults.invalid(at.child('type'), type, oneOfTypes);
  if (format !== '' && !columnFormats.includes(format))
    faults.invalid(at.child('format'), format, `must be one of ${columnFormats.join(',')}`);
  if (jsonPath === '') faults.required(at.child('JSONPath'));
  else checkSimplePath(jsonPath, '', [], at.child('JSONPath'), faults);
};

const mostSelectable = 8;

export const checkSelectableFields = (
  fields: readonly SelectableField[],
  props: JSONSchemaProps,
  at: Path,
  faults: Faults,
): void => {
  const seen = new Set<string>();
  for (const [index, { jsonPath }] of fields.entries()) {
    const place = at.index(index).child('jsonPath');
    if (jsonPath === '') {
      faults.required(place);
      continue;
    }
    const found = fieldPathIn(jsonPath, schemaOf(props), false);
    if (!found.ok) {
      faults.invalid(place, jsonPath, `is an invalid path: ${found.error}`);
      continue;
    }
    if (/^metadata(\.|$)/.test(found.path)) faults.invalid(place, jsonPath, 'must not point to fields in metadata');
    if (!['string', 'boolean', 'integer'].includes(found.schema.props.type ?? '')) {
      const detail =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      faults.invalid(place, jsonPath, detail);
    }
    if (seen.has(found.path)) faults.duplicate(place, jsonPath);
    seen.add(found.path);
  }
  if (seen.size > mostSelectable) faults.tooMany(at, seen.size, mostSelectable);
};

/** A deprecation is told in one printable line. */
export const checkDeprecation = (isDeprecated: boolean, warning: string | undefined, at: Path, faults: Faults): void => {
  if (warning === undefined) return;
  if (!isDeprecated) {
    faults.invalid(at, warning, 'can only be set for deprecated versions');
    return;
  }
  if (new TextEncoder().encode(warning).length > 256) faults.invalid(at, warning, 'must be <= 256 characters long');
  if (warning === '') faults.invalid(at, warning, 'must not be an empty string');
  const strange = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(warning);
  if (strange === null) return;
  const index = new TextEncoder().encode(warning.slice(0, strange.index)).length;
  faults.invalid(at, warning, `must only contain printable UTF-8 characters; non-printable character found at index ${index}`);
};
