import type { LabelSelector } from '../api/generated/types.js';
import { matcherOf } from '../api/label-selector.js';
import type { Kind } from '../apiserver/kinds.js';
import { type Change, controllerRefOf, type Store } from '../apiserver/store.js';
import { keyFor } from './controller.js';

type Owning = Extract<Kind, 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'ReplicationController'>;

/** Keys of the owners of a kind that a Pod's change concerns: the one that controls it, or did; for an orphan those whose selector matches it. */
export const keysOfPods = (kind: Owning, { object, previous }: Change, store: Store): readonly string[] => {
  const keys = new Set<string>();
  for (const owner of [previous && controllerRefOf(previous), controllerRefOf(object)]) {
    if (owner?.kind === kind) keys.add(`${object.metadata.namespace}/${owner.name}`);
  }
  if (controllerRefOf(object) === undefined && object.metadata.labels !== undefined) {
    for (const owner of store.list(kind, object.metadata.namespace)) {
      const selector = (owner.spec as { readonly selector?: LabelSelector } | undefined)?.selector;
      if (selector !== undefined && matcherOf(selector)(object.metadata.labels)) keys.add(keyFor(owner));
    }
  }
  return [...keys];
};
