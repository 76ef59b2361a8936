import { identical, isObject, own } from './json.js';
import { type Schema, valuesOf } from './schema.js';

const scalarText = (value: unknown): string | undefined =>
  typeof value === 'object' || value === undefined ? undefined : `${typeof value}:${String(value)}`;

const keyOf = (item: unknown, keys: readonly string[]): string | undefined => {
  if (!isObject(item)) return undefined;
  const parts = keys.map((key) => scalarText(own(item, key)));
  return parts.includes(undefined) ? undefined : JSON.stringify(parts);
};

/** The items of a list of type `map` by their keys. */
export class MapList {
  readonly #keys: readonly string[];
  readonly #items = new Map<string, unknown>();

  constructor(schema: Schema, items: readonly unknown[]) {
    const isMap = schema.props.type === 'array' && schema.props['x-kubernetes-list-type'] === 'map';
    this.#keys = isMap ? (schema.props['x-kubernetes-list-map-keys'] ?? []) : [];
    if (this.#keys.length === 0) return;
    for (const item of items) {
      const key = keyOf(item, this.#keys);
      if (key !== undefined && !this.#items.has(key)) this.#items.set(key, item);
    }
  }

  /** The item with the keys of `item`. */
  get(item: unknown): unknown {
    const key = this.#keys.length === 0 ? undefined : keyOf(item, this.#keys);
    return key === undefined ? undefined : this.#items.get(key);
  }
}

/**
 * A value of an update beside what it was before, as far as the two can be told to be the same (KEP-4008): what an update does not
 * touch is not held against it, even where the schema has become stricter.
 */
export class Correlation {
  readonly #value: unknown;
  readonly #old: unknown;
  readonly #schema: Schema;
  readonly #children = new Map<string | number, Correlation>();
  #items: MapList | undefined;
  #isUnchanged: boolean | undefined;

  constructor(value: unknown, old: unknown, schema: Schema) {
    this.#value = value;
    this.#old = old;
    this.#schema = schema;
  }

  get isUnchanged(): boolean {
    this.#isUnchanged ??= this.#compare();
    return this.#isUnchanged;
  }

  key(name: string): Correlation | undefined {
    if (!isObject(this.#value) || !isObject(this.#old)) return undefined;
    if (!Object.hasOwn(this.#value, name) || !Object.hasOwn(this.#old, name)) return undefined;
    const schema = this.#schema.properties.get(name) ?? valuesOf(this.#schema);
    return schema === undefined ? undefined : this.#child(name, this.#value[name], this.#old[name], schema);
  }

  index(index: number): Correlation | undefined {
    const { items } = this.#schema;
    if (!Array.isArray(this.#value) || !Array.isArray(this.#old) || items === undefined) return undefined;
    if (this.#schema.props['x-kubernetes-list-type'] !== 'map') return undefined;
    this.#items ??= new MapList(this.#schema, this.#old);
    const item: unknown = this.#value[index];
    const old = this.#items.get(item);
    return old === undefined ? undefined : this.#child(index, item, old, items);
  }

  #child(at: string | number, value: unknown, old: unknown, schema: Schema): Correlation {
    const known = this.#children.get(at);
    if (known !== undefined) return known;
    const child = new Correlation(value, old, schema);
    this.#children.set(at, child);
    return child;
  }

  #compare(): boolean {
    const [value, old] = [this.#value, this.#old];
    if (Array.isArray(value) && Array.isArray(old)) {
      if (value.length !== old.length) return false;
      if (this.#schema.props['x-kubernetes-list-type'] !== 'map') return identical(value, old);
      return value.every((_item, index) => this.index(index)?.isUnchanged === true);
    }
    if (!isObject(value) || !isObject(old)) return identical(value, old);
    const names = Object.keys(value);
    return names.length === Object.keys(old).length && names.every((name) => this.key(name)?.isUnchanged === true);
  }
}
