/**
 * A type of CEL as the API server declares it for a variable or finds it for an expression. `maxElements` bounds a string, list or map
 * (characters, elements, entries) where a schema does; only cost estimates read it.
 */
export type CelType =
  | { readonly kind: ScalarKind; readonly maxElements?: number }
  | ListType
  | MapType
  | ObjectType
  | { readonly kind: 'optional'; readonly value: CelType }
  | { readonly kind: 'type'; readonly of: CelType }
  /** A type that only has methods, `kubernetes.Quantity`, or one whose fields are not known, `Object.spec`. */
  | { readonly kind: 'opaque'; readonly name: string }
  /** A type that is not known yet: that of the elements of `[]`, or of an argument in a signature. */
  | { readonly kind: 'param'; readonly name: string };

export type ScalarKind =
  | 'dyn'
  | 'error'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration';

interface ListType {
  readonly kind: 'list';
  readonly element: CelType;
  readonly maxElements?: number;
  /** `x-kubernetes-list-type`: the order of sets and maps means nothing, and `+` merges them. */
  readonly listType?: 'set' | 'map';
  /** `x-kubernetes-list-map-keys` of a list of type `map`. */
  readonly mapKeys?: readonly string[];
}

interface MapType {
  readonly kind: 'map';
  readonly key: CelType;
  readonly value: CelType;
  readonly maxElements?: number;
}

/** An object with known fields, by their JSON names; expressions write some of these escaped (`__namespace__`, `a__dash__b`). */
export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: ReadonlyMap<string, CelType>;
  /** Expressions write the names as they are, `namespace` too. */
  readonly unescaped?: true;
}

export const dyn: CelType = { kind: 'dyn' };
export const bool: CelType = { kind: 'bool' };
export const int: CelType = { kind: 'int' };
export const string: CelType = { kind: 'string' };
export const failed: CelType = { kind: 'error' };
export const listOf = (element: CelType): CelType => ({ kind: 'list', element });
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', key, value });
export const optionalOf = (value: CelType): CelType => ({ kind: 'optional', value });

const compose = (type: CelType, text: (type: CelType) => string, scalar: (kind: string) => string): string => {
  switch (type.kind) {
    case 'list':
      return `list(${text(type.element)})`;
    case 'map':
      return `map(${text(type.key)}, ${text(type.value)})`;
    case 'optional':
      return `optional_type(${text(type.value)})`;
    case 'type':
      return `type(${text(type.of)})`;
    case 'object':
    case 'opaque':
    case 'param':
      return type.name;
    default:
      return scalar(type.kind);
  }
};

/** A type as the checker names it in faults. */
export const checkedText = (type: CelType): string => compose(type, checkedText, (kind) => (kind === 'error' ? '!error!' : kind));

const names = new Map([
  ['null', 'null_type'],
  ['timestamp', 'google.protobuf.Timestamp'],
  ['duration', 'google.protobuf.Duration'],
  ['error', '*error*'],
]);

/** A type as CEL itself names it: `list(string)`, `google.protobuf.Timestamp`. */
export const typeText = (type: CelType): string => compose(type, typeText, (kind) => names.get(kind) ?? kind);

/** The children of a type, in the order in which they are written. */
export const parametersOf = (type: CelType): readonly CelType[] => {
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'optional':
      return [type.value];
    case 'type':
      return [type.of];
    default:
      return [];
  }
};

/** Whether two types are the same, bounds aside. */
export const sameType = (a: CelType, b: CelType): boolean => {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if ('name' in a || 'name' in b) return 'name' in a && 'name' in b && a.name === b.name;
  const others = parametersOf(b);
  return parametersOf(a).every((parameter, index) => sameType(parameter, others[index] ?? failed));
};
