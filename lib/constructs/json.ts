import { ApiObject, App } from 'cdk8s';
import { extended } from '../api/extended.js';
import type { KubeObject } from '../api/object.js';

const notPlain = Symbol('not plain');

/** Own keys in order. Most objects have few keys, and those mostly in order: sorting each of them would be what most of the memory is spent on. */
const keysOf = (value: object): readonly string[] => {
  const keys = Object.keys(value);
  return keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key) ? keys : keys.sort();
};

/** A value without its empty parts and with its keys in order, as cdk8s writes it; `notPlain` when anything in it has to be resolved first. */
const plain = (value: unknown, sparse: boolean): unknown => {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object') return typeof value === 'function' || typeof value === 'symbol' ? notPlain : value;
  if (Array.isArray(value)) {
    if (sparse && value.length === 0) return undefined;
    const items: unknown[] = [];
    for (const item of value) {
      const copied = plain(item, sparse);
      if (copied === notPlain) return notPlain;
      items.push(copied);
    }
    return items;
  }
  if (value.constructor !== Object) return notPlain;
  const fields: Record<string, unknown> = {};
  let isEmpty = true;
  for (const key of keysOf(value)) {
    const copied = plain((value as Readonly<Record<string, unknown>>)[key], sparse);
    if (copied === notPlain) return notPlain;
    if (copied === undefined) continue;
    fields[key] = copied;
    isEmpty = false;
  }
  return sparse && isEmpty ? undefined : fields;
};

/** What cdk8s keeps in an `ApiObject` and its metadata; absent should a later version keep it elsewhere. */
interface Kept {
  readonly props?: Readonly<Record<string, unknown>>;
  readonly patches?: readonly unknown[];
}

interface KeptMetadata {
  readonly labels?: object;
  readonly annotations?: object;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly unknown[];
  readonly _additionalAttributes?: object;
}

/** Those that cdk8s brings resolve nothing in plain values. */
const builtInResolvers = 3;

const plainJson = (object: ApiObject): KubeObject | undefined => {
  const { props, patches } = object as unknown as Kept;
  const kept = object.metadata as unknown as KeptMetadata;
  if (props === undefined || patches?.length !== 0 || kept._additionalAttributes === undefined) return undefined;
  if (App.of(object).resolvers.length !== builtInResolvers) return undefined;
  const { name, namespace } = object.metadata;
  const { labels, annotations, finalizers, ownerReferences } = kept;
  const fields = { name, namespace, annotations, finalizers, ownerReferences, labels };
  const metadata = plain(extended(kept._additionalAttributes, fields), true);
  if (metadata === notPlain) return undefined;
  const json: Record<string, unknown> = { apiVersion: props.apiVersion, kind: props.kind, metadata };
  for (const key of keysOf(props)) {
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
