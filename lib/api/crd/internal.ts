import type { CustomResourceDefinitionVersion, JSONSchemaProps, ValidationRule } from '../generated/types.js';
import { isObject, ordered } from './json.js';

/** The server prints some values as it holds them in memory: every field, by its name in Go. */
type Internal = Readonly<Record<string, unknown>>;

const asProps = (value: unknown): JSONSchemaProps => value as JSONSchemaProps;

export const internalRule = (rule: ValidationRule): Internal => ({
  Rule: rule.rule,
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: rule.reason ?? null,
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: rule.optionalOldSelf ?? null,
});

const list = (schemas: readonly JSONSchemaProps[] | undefined): readonly Internal[] | null =>
  schemas?.map(internalSchema) ?? null;

const map = (schemas: Readonly<Record<string, unknown>> | undefined): Internal | null => {
  if (schemas === undefined) return null;
  const names = Object.keys(schemas).sort();
  return Object.fromEntries(names.map((name) => [name, internalSchema(asProps(schemas[name]))]));
};

const orBool = (value: unknown): Internal | null => {
  if (value === undefined || value === null) return null;
  return isObject(value) ? { Allows: true, Schema: internalSchema(asProps(value)) } : { Allows: value === true, Schema: null };
};

const orArray = (value: unknown): Internal | null => {
  if (Array.isArray(value)) return { Schema: null, JSONSchemas: list(value as readonly JSONSchemaProps[]) };
  return isObject(value) ? { Schema: internalSchema(asProps(value)), JSONSchemas: null } : null;
};

const asIs = (value: unknown): unknown => ordered(value) ?? null;
const text = (value: unknown): unknown => value ?? '';
const flag = (value: unknown): unknown => value ?? false;
const schemas = (value: unknown): unknown => list(value as readonly JSONSchemaProps[] | undefined);
const named = (value: unknown): unknown => map(value as Readonly<Record<string, unknown>> | undefined);
const schema = (value: unknown): unknown => (isObject(value) ? internalSchema(asProps(value)) : null);
const rules = (value: unknown): unknown => (value as readonly ValidationRule[] | undefined)?.map(internalRule) ?? null;
const docs = (value: unknown): unknown =>
  isObject(value) ? { Description: value.description ?? '', URL: value.url ?? '' } : null;

/** The fields of a schema in the server's order: their names in Go and in JSON, and how their values are printed. */
const fields: readonly (readonly [name: string, keyword: keyof JSONSchemaProps, print: (value: unknown) => unknown])[] = [
  ['ID', 'id', text],
  ['Schema', '$schema', text],
  ['Ref', '$ref', asIs],
  ['Description', 'description', text],
  ['Type', 'type', text],
  ['Nullable', 'nullable', flag],
  ['Format', 'format', text],
  ['Title', 'title', text],
  ['Default', 'default', asIs],
  ['Maximum', 'maximum', asIs],
  ['ExclusiveMaximum', 'exclusiveMaximum', flag],
  ['Minimum', 'minimum', asIs],
  ['ExclusiveMinimum', 'exclusiveMinimum', flag],
  ['MaxLength', 'maxLength', asIs],
  ['MinLength', 'minLength', asIs],
  ['Pattern', 'pattern', text],
  ['MaxItems', 'maxItems', asIs],
  ['MinItems', 'minItems', asIs],
  ['UniqueItems', 'uniqueItems', flag],
  ['MultipleOf', 'multipleOf', asIs],
  ['Enum', 'enum', asIs],
  ['MaxProperties', 'maxProperties', asIs],
  ['MinProperties', 'minProperties', asIs],
  ['Required', 'required', asIs],
  ['Items', 'items', orArray],
  ['AllOf', 'allOf', schemas],
  ['OneOf', 'oneOf', schemas],
  ['AnyOf', 'anyOf', schemas],
  ['Not', 'not', schema],
  ['Properties', 'properties', named],
  ['AdditionalProperties', 'additionalProperties', orBool],
  ['PatternProperties', 'patternProperties', named],
  ['Dependencies', 'dependencies', asIs],
  ['AdditionalItems', 'additionalItems', orBool],
  ['Definitions', 'definitions', named],
  ['ExternalDocs', 'externalDocs', docs],
  ['Example', 'example', asIs],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', asIs],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', flag],
  ['XIntOrString', 'x-kubernetes-int-or-string', flag],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', asIs],
  ['XListType', 'x-kubernetes-list-type', asIs],
  ['XMapType', 'x-kubernetes-map-type', asIs],
  ['XValidations', 'x-kubernetes-validations', rules],
];

/** A schema as the server prints it in field errors. */
export const internalSchema = (props: JSONSchemaProps): Internal =>
  Object.fromEntries(fields.map(([name, keyword, print]) => [name, print(props[keyword])]));

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** The keywords that are set, by their names in Go, in its order. */
export const internalKeywords = (props: JSONSchemaProps): readonly string[] =>
  fields.flatMap(([name, keyword, print]) => {
    const value = props[keyword];
    // A flag that is off is as good as unset.
    return isSet(value) && !(print === flag && value === false) ? [name] : [];
  });

type Version = CustomResourceDefinitionVersion;

/** What all versions have in common stands beside them, not in them. */
export interface Shared {
  readonly schema: boolean;
  readonly subresources: boolean;
  readonly columns: boolean;
  readonly selectableFields: boolean;
}

const internalSubresources = ({ subresources }: Version): Internal | null => {
  if (subresources === undefined) return null;
  const { status, scale } = subresources;
  return {
    Status: status === undefined ? null : {},
    Scale:
      scale === undefined
        ? null
        : {
            SpecReplicasPath: scale.specReplicasPath,
            StatusReplicasPath: scale.statusReplicasPath,
            LabelSelectorPath: scale.labelSelectorPath ?? null,
          },
  };
};

const internalColumns = ({ additionalPrinterColumns }: Version): readonly Internal[] | null =>
  additionalPrinterColumns?.map(({ name, type, format, description, priority, jsonPath }) => ({
    Name: name,
    Type: type,
    Format: format ?? '',
    Description: description ?? '',
    Priority: priority ?? 0,
    JSONPath: jsonPath,
  })) ?? null;

/** The versions of a definition as the server prints them in field errors. */
export const internalVersions = (versions: readonly Version[], shared: Shared): readonly Internal[] =>
  versions.map((version) => {
    const { openAPIV3Schema } = version.schema ?? {};
    const schema = { OpenAPIV3Schema: openAPIV3Schema === undefined ? null : internalSchema(openAPIV3Schema) };
    return {
      Name: version.name,
      Served: version.served,
      Storage: version.storage,
      Deprecated: version.deprecated ?? false,
      DeprecationWarning: version.deprecationWarning ?? null,
      Schema: shared.schema || version.schema === undefined ? null : schema,
      Subresources: shared.subresources ? null : internalSubresources(version),
      AdditionalPrinterColumns: shared.columns ? null : internalColumns(version),
      SelectableFields: shared.selectableFields
        ? null
        : (version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null),
    };
  });
