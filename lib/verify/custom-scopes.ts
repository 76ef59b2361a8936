import { groupOf, type KubeObject } from '../api/object.js';

interface Definition {
  readonly group?: unknown;
  readonly scope?: unknown;
  readonly names?: { readonly kind?: unknown } | null;
}

const keyOf = (group: unknown, kind: unknown): string => `${String(group)}/${String(kind)}`;

/** Whether objects of a custom kind live in namespaces, as their CustomResourceDefinition says; undefined without one. */
export const customScopes = (objects: Iterable<KubeObject>): ((object: KubeObject) => boolean | undefined) => {
  const scopes = new Map<string, boolean>();
  for (const { kind, spec } of objects) {
    if (kind !== 'CustomResourceDefinition' || typeof spec !== 'object' || spec === null) continue;
    const { group, scope, names } = spec as Definition;
    scopes.set(keyOf(group, names?.kind), scope !== 'Cluster');
  }
  return ({ apiVersion, kind }) => scopes.get(keyOf(groupOf(apiVersion), kind));
};
