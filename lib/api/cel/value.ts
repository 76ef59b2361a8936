import type { Node } from './node.js';
import type { CelType } from './type.js';

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A moment, in nanoseconds since 1970. */
export class Timestamp {
  readonly nanoseconds: bigint;
  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

export class Duration {
  readonly nanoseconds: bigint;
  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

/** `optional.none()` holds undefined. */
export class Optional {
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** What `type(x)` is. */
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value of a type that has methods only: `kubernetes.Quantity` with what the library holds of it. */
export class Opaque {
  readonly type: string;
  readonly content: unknown;
  constructor(type: string, content: unknown) {
    this.type = type;
    this.content = content;
  }
}

/** `Object.spec{...}`, `JSONPatch{...}` */
export class Message {
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
  constructor(type: string, fields: ReadonlyMap<string, Value>) {
    this.type = type;
    this.fields = fields;
  }
}

/** A map or an object; its values are made of JSON when they are first asked for. */
export interface CelMap {
  readonly size: number;
  get(key: Value): Value | undefined;
  keys(): readonly Value[];
  /** An object with declared fields is not equal to a map, and has fields, not keys. */
  readonly isObject?: boolean;
}

export const isMap = (value: Value): value is CelMap =>
  typeof value === 'object' && value !== null && 'keys' in value && 'get' in value && !Array.isArray(value);

/** A list; one of a schema may say that its order means nothing. */
export interface CelList extends ReadonlyArray<Value> {
  readonly listType?: 'set' | 'map';
  readonly mapKeys?: readonly string[];
}

/** int is a bigint, double a number. */
export type Value =
  | null
  | boolean
  | string
  | bigint
  | number
  | Uint
  | Uint8Array
  | Timestamp
  | Duration
  | Optional
  | TypeValue
  | Opaque
  | Message
  | CelMap
  | CelList;

export const isList = (value: Value): value is CelList => Array.isArray(value);

/** The name of a value's type at run time, as texts of errors show it. */
export const typeNameOf = (value: Value): string => {
  if (value === null) return 'null_type';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'string') return 'string';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Opaque || value instanceof Message) return value.type;
  return isList(value) ? 'list' : 'map';
};

/** A map of CEL itself. Keys are strings, bools, ints and uints; an int and a uint of one value are one key. */
export class LiteralMap implements CelMap {
  readonly #entries = new Map<string | boolean | bigint, readonly [Value, Value]>();

  constructor(entries: Iterable<readonly [Value, Value]>) {
    for (const [key, value] of entries) this.#entries.set(keyOf(key), [key, value]);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  has(key: Value): boolean {
    return this.#entries.has(keyOf(key));
  }

  keys(): readonly Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
}

const keyOf = (key: Value): string | boolean | bigint => {
  if (typeof key === 'string' || typeof key === 'boolean' || typeof key === 'bigint') return key;
  if (key instanceof Uint) return key.value;
  if (typeof key === 'number' && Number.isInteger(key)) return BigInt(key);
  return '\0no key';
};

/** What an expression is checked against and run as. */
export interface Program {
  readonly expression: string;
  readonly node: Node;
  readonly type: CelType;
  /** The variables that the expression names. */
  readonly uses: ReadonlySet<string>;
  /** What `authorizer.requestResource` and `format.dns1123Label()` stand for: names with dots. */
  readonly qualified: ReadonlyMap<Node, string>;
  readonly types: ReadonlyMap<Node, CelType>;
  readonly declared: ReadonlyMap<string, CelType>;
}
