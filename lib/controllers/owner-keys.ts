import type { LabelSelector, Pod } from '../api/generated/types.js';
import { matcherOf, matcherOfLabels } from '../api/label-selector.js';
import type { Admitted } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import type { Kind } from '../apiserver/kinds.js';
import { type Change, controllerRefOf, type Store } from '../apiserver/store.js';
import { conditionOf } from './conditions.js';
import { keyFor } from './controller.js';

type Owning = Extract<Kind, 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'ReplicationController'>;

/** Whether a change of a Pod moves what its owner counts: whose it is, whether it goes, its phase and its readiness. */
const counts = (before: Admitted, after: Admitted): boolean =>
  before.metadata.labels !== after.metadata.labels ||
  before.metadata.ownerReferences !== after.metadata.ownerReferences ||
  before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
  phaseOf(before) !== phaseOf(after) ||
  readyOf(before) !== readyOf(after);

const phaseOf = (pod: Admitted): string | undefined => (pod as Admitted<Pod>).status?.phase;
const readyOf = (pod: Admitted): string | undefined => {
  const ready = conditionOf((pod as Admitted<Pod>).status?.conditions, 'Ready');
  return ready === undefined ? undefined : `${ready.status} ${ready.lastTransitionTime}`;
};

/** As `keysOfPods`, for owners that only count Pods: nobody is told of a change that no count shows. */
export const keysOfCountedPods = (kind: Owning, change: Change, store: Store): readonly string[] =>
  change.type === 'modified' && change.previous !== undefined && !counts(change.previous, change.object)
    ? []
    : keysOfPods(kind, change, store);

/** Keys of the owners of a kind that a Pod's change concerns: the one that controls it, or did; for an orphan those whose selector matches it. */
export const keysOfPods = (kind: Owning, { object, previous }: Change, store: Store): readonly string[] => {
  const keys = new Set<string>();
  for (const owner of [previous && controllerRefOf(previous), controllerRefOf(object)]) {
    if (owner?.kind === kind) keys.add(`${object.metadata.namespace}/${owner.name}`);
  }
  if (controllerRefOf(object) === undefined && object.metadata.labels !== undefined) {
    for (const owner of store.list(kind, object.metadata.namespace)) {
      const selector = owner.spec?.selector;
      if (selector === undefined) continue;
      const matches =
        kind === 'ReplicationController' ? matcherOfLabels(selector as Labels) : matcherOf(selector as LabelSelector);
      if (matches(object.metadata.labels)) keys.add(keyFor(owner));
    }
  }
  return [...keys];
};
