import type { JSONSchemaProps } from '../generated/types.js';

/** One node of a CustomResourceDefinition's `openAPIV3Schema`, compiled once. */
export interface Schema {
  /** What was written: the scalar keywords are read from here. */
  readonly props: JSONSchemaProps;
  readonly properties: ReadonlyMap<string, Schema>;
  readonly items: Schema | undefined;
  /** `true` allows anything, `false` nothing. */
  readonly additionalProperties: Schema | boolean | undefined;
  readonly allOf: readonly Schema[];
  readonly anyOf: readonly Schema[];
  readonly oneOf: readonly Schema[];
  readonly not: Schema | undefined;
  readonly required: readonly string[];
  readonly preservesUnknownFields: boolean;
  readonly isEmbeddedResource: boolean;
  readonly isIntOrString: boolean;
  readonly nullable: boolean;
  /** Whether there is an `x-kubernetes-validations` here or below (combinators aside). */
  readonly hasRules: boolean;
  /** Whether a default could be set here or below. */
  readonly hasDefaults: boolean;
}

const isProps = (value: unknown): value is JSONSchemaProps =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const schemasOf = (list: readonly JSONSchemaProps[] | undefined): readonly Schema[] => (list ?? []).map(schemaOf);

const compile = (props: JSONSchemaProps): Schema => {
  const properties = new Map<string, Schema>();
  for (const [name, property] of Object.entries(props.properties ?? {})) properties.set(name, schemaOf(property));
  const items = isProps(props.items) ? schemaOf(props.items) : undefined;
  const extra = props.additionalProperties;
  const additionalProperties = isProps(extra) ? schemaOf(extra) : typeof extra === 'boolean' ? extra : undefined;
  const below = [...properties.values(), items, typeof additionalProperties === 'object' ? additionalProperties : undefined];
  return {
    props,
    properties,
    items,
    additionalProperties,
    allOf: schemasOf(props.allOf),
    anyOf: schemasOf(props.anyOf),
    oneOf: schemasOf(props.oneOf),
    not: props.not === undefined ? undefined : schemaOf(props.not),
    required: props.required ?? [],
    preservesUnknownFields: props['x-kubernetes-preserve-unknown-fields'] === true,
    isEmbeddedResource: props['x-kubernetes-embedded-resource'] === true,
    isIntOrString: props['x-kubernetes-int-or-string'] === true,
    nullable: props.nullable === true,
    hasRules: (props['x-kubernetes-validations'] ?? []).length > 0 || below.some((schema) => schema?.hasRules === true),
    hasDefaults: defaultOf(props) !== undefined || below.some((schema) => schema?.hasDefaults === true),
  };
};

const compiled = new WeakMap<JSONSchemaProps, Schema>();

/** The compiled form of a schema; the same for the same object. */
export const schemaOf = (props: JSONSchemaProps): Schema => {
  const known = compiled.get(props);
  if (known !== undefined) return known;
  const schema = compile(props);
  compiled.set(props, schema);
  return schema;
};

/** The default of a schema; `null` is none. */
export const defaultOf = (props: JSONSchemaProps): unknown => props.default ?? undefined;

/** The schema of the values of a map, if it has one. */
export const valuesOf = (schema: Schema | undefined): Schema | undefined =>
  typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
