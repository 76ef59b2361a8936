import type { CelType } from '../cel/index.js';
import type { JSONSchemaProps } from '../generated/types.js';
import { type Schema, valuesOf } from './schema.js';

/** A schema as CEL sees it, with the least bytes that a value of it takes in JSON: those bound how many fit in a request. */
export interface DeclaredType {
  readonly type: CelType;
  readonly leastSize: number;
}

const mostRequestBytes = 3 * 1024 * 1024;
/** A code point takes four bytes at most. */
const bytesOfRune = 4;

const reserved: ReadonlySet<string> = new Set(
  `true false null in as break const continue else for function if import let loop package namespace return var void while`.split(
    ' ',
  ),
);

/** Whether an expression can name the field at all, escaped if need be. */
const isNameable = (name: string): boolean => reserved.has(name) || /^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name);

const bounded = (most: number | undefined): number | undefined => (most === undefined ? undefined : Math.max(most, 0));

const stringOf = (props: JSONSchemaProps): DeclaredType => {
  const most = bounded(props.maxLength);
  const anything = mostRequestBytes - 2;
  switch (props.format) {
    case 'byte':
      return { type: { kind: 'bytes', maxElements: most ?? anything }, leastSize: 2 };
    case 'duration':
      return { type: { kind: 'duration', maxElements: 32 }, leastSize: 3 };
    case 'date':
      return { type: { kind: 'timestamp', maxElements: 12 }, leastSize: 12 };
    case 'date-time':
      return { type: { kind: 'timestamp', maxElements: 32 }, leastSize: 21 };
    default: {
      const texts = (props.enum ?? []).filter((value) => typeof value === 'string');
      const longest = (props.enum ?? []).length > 0 ? Math.max(0, ...texts.map((text) => text.length)) : anything;
      return { type: { kind: 'string', maxElements: most === undefined ? longest : most * bytesOfRune }, leastSize: 2 };
    }
  }
};

const listOf = (schema: Schema): DeclaredType | undefined => {
  const { items, props } = schema;
  const element = items === undefined ? undefined : declaredType(items, items.isEmbeddedResource);
  if (element === undefined) return undefined;
  const maxElements = bounded(props.maxItems) ?? Math.floor((mostRequestBytes - 2) / (element.leastSize + 1));
  const listType = props['x-kubernetes-list-type'];
  const mapKeys = props['x-kubernetes-list-map-keys'];
  return {
    type: {
      kind: 'list',
      element: element.type,
      maxElements,
      ...((listType === 'set' || listType === 'map') && { listType }),
      ...(mapKeys !== undefined && { mapKeys }),
    },
    leastSize: 2,
  };
};

/** The server takes keys for empty when it estimates what a rule costs. */
const key: CelType = { kind: 'string', maxElements: 0 };

const mapOf = (values: Schema, props: JSONSchemaProps): DeclaredType | undefined => {
  const value = declaredType(values, values.isEmbeddedResource);
  if (value === undefined) return undefined;
  const maxElements = bounded(props.maxProperties) ?? Math.floor((mostRequestBytes - 2) / (value.leastSize + 6));
  return { type: { kind: 'map', key, value: value.type, maxElements }, leastSize: 2 };
};

const text: DeclaredType = stringOf({});

/** What every resource lets its rules see. */
const resourceFields: ReadonlyMap<string, DeclaredType> = new Map([
  ['apiVersion', text],
  ['kind', text],
  [
    'metadata',
    {
      type: {
        kind: 'object',
        name: 'object',
        fields: new Map([
          ['name', text.type],
          ['generateName', text.type],
        ]),
      },
      leastSize: 2,
    },
  ],
]);

const isTyped = (schema: Schema | undefined, type: string): boolean => schema?.props.type === type;

/** Whether the schema says of its own accord what every resource has; then its own words count. */
const describesResource = ({ properties }: Schema): boolean => {
  const metadata = properties.get('metadata');
  return (
    isTyped(properties.get('kind'), 'string') &&
    isTyped(properties.get('apiVersion'), 'string') &&
    isTyped(metadata, 'object') &&
    isTyped(metadata?.properties.get('name'), 'string') &&
    isTyped(metadata?.properties.get('generateName'), 'string')
  );
};

const objectOf = (schema: Schema, isResource: boolean): DeclaredType => {
  const fields = new Map<string, CelType>();
  let leastSize = 2;
  const implied = isResource && !describesResource(schema) ? resourceFields : undefined;
  for (const [name, property] of schema.properties) {
    const declared = implied?.get(name) ?? declaredType(property, property.isEmbeddedResource);
    if (declared === undefined) continue;
    if (isNameable(name)) fields.set(name, declared.type);
    const isDefaulted = !implied?.has(name) && property.props.default !== undefined;
    if (schema.required.includes(name) && !isDefaulted) leastSize += name.length + declared.leastSize + 4;
  }
  for (const [name, { type }] of implied ?? []) fields.set(name, type);
  return { type: { kind: 'object', name: 'object', fields }, leastSize };
};

const compile = (schema: Schema, isResource: boolean): DeclaredType | undefined => {
  const { props } = schema;
  if (schema.isIntOrString) {
    const most = bounded(props.maxLength);
    return { type: { kind: 'dyn', maxElements: most === undefined ? mostRequestBytes - 2 : most * bytesOfRune }, leastSize: 1 };
  }
  switch (props.type) {
    case 'array':
      return listOf(schema);
    case 'object': {
      const values = valuesOf(schema);
      return values === undefined ? objectOf(schema, isResource) : mapOf(values, props);
    }
    case 'string':
      return stringOf(props);
    case 'boolean':
      return { type: { kind: 'bool' }, leastSize: 4 };
    case 'number':
      return { type: { kind: 'double' }, leastSize: 1 };
    case 'integer':
      return { type: { kind: 'int' }, leastSize: 1 };
    default:
      return undefined;
  }
};

const declared = {
  resource: new WeakMap<Schema, { readonly type: DeclaredType | undefined }>(),
  value: new WeakMap<Schema, { readonly type: DeclaredType | undefined }>(),
};

/**
 * The type under which rules see a value of the schema; undefined when they cannot see it (its type is not said). Fields that
 * the schema does not know are not seen either.
 */
export const declaredType = (schema: Schema, isResource: boolean): DeclaredType | undefined => {
  const cache = isResource ? declared.resource : declared.value;
  const known = cache.get(schema);
  if (known !== undefined) return known.type;
  const type = compile(schema, isResource);
  cache.set(schema, { type });
  return type;
};
