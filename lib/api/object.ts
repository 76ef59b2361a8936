import type { ObjectMeta } from './generated/types.js';

/** An object as it stands in a manifest or in the store: plain JSON, never mutated once admitted. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** `T` after the API server accepted it: name, uid and (for namespaced kinds) namespace are there. */
export type Admitted<T = unknown> = T & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & { readonly name: string; readonly uid: string };
};

/** Names one object. `namespace` is undefined for cluster-scoped kinds. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** The API group of an apiVersion: `apps` of `apps/v1`, the empty string of `v1`. */
export const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
};

export const refOf = (object: KubeObject | Admitted): ObjectRef => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: object.metadata.namespace,
  name: object.metadata.name ?? object.metadata.generateName ?? '',
});

/** What keys begin with, and the last of them: who asks for a key mostly asks for one that somebody has just asked for. */
interface Prefix {
  readonly text: string;
  name: string;
  key: string;
}

/** Namespace -> kind -> apiVersion -> prefix: keys are asked for all the time, and the three are mostly the same. */
const prefixes = new Map<string, Map<string, Map<string, Prefix>>>();
let made = 0;
const mostPrefixes = 10_000;

const newPrefix = (apiVersion: string, kind: string, namespace: string): Prefix => {
  const text = `${groupOf(apiVersion)}/${kind}/${namespace}/`;
  const prefix: Prefix = { text, name: '', key: text };
  if (made === mostPrefixes) {
    prefixes.clear();
    made = 0;
  }
  made++;
  const kinds = prefixes.get(namespace) ?? new Map<string, Map<string, Prefix>>();
  prefixes.set(namespace, kinds.set(kind, (kinds.get(kind) ?? new Map<string, Prefix>()).set(apiVersion, prefix)));
  return prefix;
};

const prefixOf = (apiVersion: string, kind: string, namespace: string): Prefix =>
  prefixes.get(namespace)?.get(kind)?.get(apiVersion) ?? newPrefix(apiVersion, kind, namespace);

/** What the keys of all objects begin with that differ by their name alone. */
export const refSpace = (apiVersion: string, kind: string, namespace: string): string =>
  prefixOf(apiVersion, kind, namespace).text;

/** Identity of an object in a cluster: group, kind, namespace and name (the version is only a view). */
export const refKey = (ref: ObjectRef): string => {
  const { apiVersion, kind, name } = ref;
  const prefix = prefixOf(apiVersion, kind, ref.namespace ?? '');
  if (prefix.name !== name) {
    prefix.name = name;
    prefix.key = prefix.text + name;
  }
  return prefix.key;
};

/** How people name an object: `Deployment web/api`, `ClusterRole view`. */
export const refText = (ref: ObjectRef): string =>
  ref.namespace === undefined ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
