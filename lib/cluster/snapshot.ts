import type { KubeObject } from '../api/object.js';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKubeObject = (value: unknown): value is KubeObject =>
  isObject(value) &&
  typeof value.apiVersion === 'string' &&
  typeof value.kind === 'string' &&
  isObject(value.metadata) &&
  typeof value.metadata.name === 'string';

/**
 * The objects in what `kubectl get ... -o json` printed: a List, several Lists or objects, in any nesting. What is no
 * Kubernetes object is left out. Items of a typed list (`PodList`) get the kind and version of their list.
 */
export const readSnapshot = (snapshot: unknown): readonly KubeObject[] => {
  if (Array.isArray(snapshot)) return snapshot.flatMap(readSnapshot);
  if (!isObject(snapshot)) return [];
  const { kind, apiVersion, items } = snapshot;
  if (Array.isArray(items) && typeof kind === 'string' && kind.endsWith('List')) {
    const ofList = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
    return items.flatMap((item: unknown) => readSnapshot(isObject(item) ? { ...ofList, ...item } : item));
  }
  return isKubeObject(snapshot) ? [snapshot] : [];
};

/** Objects that a running cluster keeps for itself, or keeps so short that they say nothing about it. */
const passing = new Set(['Event', 'Lease', 'EndpointSlice']);

/** Namespaces first: what lives in them follows. */
export const inRestoringOrder = (objects: readonly KubeObject[]): readonly KubeObject[] => {
  const kept = objects.filter((object) => !passing.has(object.kind));
  return [...kept.filter((object) => object.kind === 'Namespace'), ...kept.filter((object) => object.kind !== 'Namespace')];
};
