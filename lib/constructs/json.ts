import { ApiObject, type App } from 'cdk8s';
import { extended } from '../api/extended.js';
import type { KubeObject } from '../api/object.js';

type Fields = Readonly<Record<string, unknown>>;

const notPlain = Symbol('not plain');

/** Keys beyond which sorting one by one would take longer. */
const many = 16;

/** Sorts `keys` in place. Objects have few keys, and those mostly in order: `sort` would take most of the memory of rendering them. */
const inOrder = (keys: string[]): readonly string[] => {
  if (keys.length > many) return keys.sort();
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] ?? '';
    let place = index;
    while (place > 0 && (keys[place - 1] ?? '') > key) {
      keys[place] = keys[place - 1] ?? '';
      place--;
    }
    keys[place] = key;
  }
  return keys;
};

/**
 * A value without its empty parts and with its keys in order, as cdk8s writes it; `notPlain` when anything in it has to be resolved first.
 * `known`: the keys, in order, of an object that is no plain one.
 */
const plain = (value: unknown, sparse: boolean, known?: readonly string[]): unknown => {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object') return typeof value === 'function' || typeof value === 'symbol' ? notPlain : value;
  if (Array.isArray(value)) return sparse && value.length === 0 ? undefined : plainItems(value, sparse);
  if (known === undefined && value.constructor !== Object) return notPlain;
  let keys = known;
  if (keys === undefined) {
    const own = Object.keys(value);
    keys = own.length < 2 ? own : inOrder(own);
  }
  const fields: Record<string, unknown> = {};
  let isEmpty = true;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const field = (value as Fields)[key];
    if (field === undefined) continue;
    // Most fields are texts: they need no call.
    const copied = typeof field === 'string' || typeof field === 'number' ? field : plain(field, sparse);
    if (copied === undefined) continue;
    if (copied === notPlain) return notPlain;
    fields[key] = copied;
    isEmpty = false;
  }
  return sparse && isEmpty ? undefined : fields;
};

const plainItems = (values: readonly unknown[], sparse: boolean): unknown => {
  const items = [...values];
  for (let index = 0; index < items.length; index++) {
    const copied = plain(items[index], sparse);
    if (copied === notPlain) return notPlain;
    items[index] = copied;
  }
  return items;
};

/** What cdk8s keeps in an `ApiObject` and its metadata; absent should a later version keep it elsewhere. */
interface Kept {
  readonly props?: Fields;
  readonly patches?: readonly unknown[];
}

interface KeptMetadata extends Fields {
  readonly _additionalAttributes?: object;
}

/** What cdk8s has a field for in the metadata of an object, in order. */
const metadataKeys = ['annotations', 'finalizers', 'labels', 'name', 'namespace', 'ownerReferences'];

/** Those that cdk8s brings resolve nothing in plain values. */
const builtInResolvers = 3;

/** Attributes that cdk8s has no field for are rare. */
const plainMetadata = (metadata: KeptMetadata, attributes: object): unknown => {
  for (const attribute of Object.keys(attributes)) {
    if (metadataKeys.includes(attribute)) continue;
    const fields = Object.fromEntries(metadataKeys.map((key) => [key, metadata[key]]));
    return plain(extended(attributes, fields), true);
  }
  return plain(metadata, true, metadataKeys);
};

const plainJson = (object: ApiObject): KubeObject | undefined => {
  const { props, patches } = object as unknown as Kept;
  const kept = object.metadata as unknown as KeptMetadata;
  const { _additionalAttributes: attributes } = kept;
  if (props === undefined || patches?.length !== 0 || attributes === undefined) return undefined;
  // What `App.of` climbs to.
  if ((object.node.root as App).resolvers.length !== builtInResolvers) return undefined;
  const metadata = plainMetadata(kept, attributes);
  if (metadata === notPlain) return undefined;
  // With a fourth field from the start, the one that follows needs no store of its own.
  const json: Record<string, unknown> = {};
  json.apiVersion = props.apiVersion;
  json.kind = props.kind;
  json.metadata = metadata;
  const keys = inOrder(Object.keys(props));
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    if (key === 'apiVersion' || key === 'kind' || key === 'metadata') continue;
    const value = plain(props[key], false);
    if (value === notPlain) return undefined;
    if (value !== undefined) json[key] = value;
  }
  return json as unknown as KubeObject;
};

/**
 * The object as `ApiObject.toJson` renders it. Most objects are plain values: cdk8s asks its resolvers about each of them, which takes as long
 * as writing them. What has tokens, patches or a rendering of its own is rendered by cdk8s.
 */
export const jsonOf = (object: ApiObject): KubeObject =>
  (object.toJson === ApiObject.prototype.toJson ? plainJson(object) : undefined) ?? (object.toJson() as KubeObject);
