import type { LabelSelector, Pod } from '../api/generated/types.js';
import { matcherOf, matcherOfLabels } from '../api/label-selector.js';
import type { Admitted } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import type { Kind } from '../apiserver/kinds.js';
import { type Change, controllerRefOf, type Store } from '../apiserver/store.js';
import { conditionOf } from './conditions.js';
import { type Keys, noKeys, uidOf } from './controller.js';

type Owning = Extract<Kind, 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'ReplicationController'>;

/**
 * Whether a change of a Pod moves what its owner counts: whose it is, whether it goes, its phase and its readiness. That no node takes it
 * moves nothing, but its owner need not wait for it to start any more.
 */
const counts = (before: Admitted<Pod>, after: Admitted<Pod>): boolean => {
  if (
    before.metadata.labels !== after.metadata.labels ||
    before.metadata.ownerReferences !== after.metadata.ownerReferences ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp
  )
    return true;
  const old = before.status;
  const now = after.status;
  if (old === now) return false;
  if (old?.phase !== now?.phase) return true;
  const wasReady = conditionOf(old?.conditions, 'Ready');
  const isReady = conditionOf(now?.conditions, 'Ready');
  if (wasReady?.status !== isReady?.status || wasReady?.lastTransitionTime !== isReady?.lastTransitionTime) return true;
  return (
    conditionOf(now?.conditions, 'PodScheduled')?.status === 'False' && conditionOf(old?.conditions, 'PodScheduled') === undefined
  );
};

/** As `keysOfPods`, for owners that only count Pods: nobody is told of a change that no count shows. */
export const keysOfCountedPods = (kind: Owning, change: Change, store: Store): Keys =>
  change.type === 'modified' &&
  change.previous !== undefined &&
  !counts(change.previous as Admitted as Admitted<Pod>, change.object as Admitted as Admitted<Pod>)
    ? noKeys
    : keysOfPods(kind, change, store);

/** Keys of the owners of a kind that a Pod's change concerns: the one that controls it, or did; for an orphan those whose selector matches it. */
export const keysOfPods = (kind: Owning, { object, previous }: Change, store: Store): Keys => {
  const owner = controllerRefOf(object);
  const isSame = previous === undefined || previous.metadata.ownerReferences === object.metadata.ownerReferences;
  const before = isSame ? owner : controllerRefOf(previous);
  if (owner !== undefined && (isSame || before === undefined || before.kind !== kind))
    return owner.kind === kind ? uidOf(store, kind, object.metadata.namespace, owner.name) : noKeys;
  const keys = new Set<string>();
  for (const reference of [before, owner]) {
    const named = reference?.kind === kind ? store.find(kind, object.metadata.namespace, reference.name) : undefined;
    if (named !== undefined) keys.add(named.metadata.uid);
  }
  if (owner === undefined && object.metadata.labels !== undefined) {
    for (const candidate of store.list(kind, object.metadata.namespace)) {
      const selector = candidate.spec?.selector;
      if (selector === undefined) continue;
      const matches =
        kind === 'ReplicationController' ? matcherOfLabels(selector as Labels) : matcherOf(selector as LabelSelector);
      if (matches(object.metadata.labels)) keys.add(candidate.metadata.uid);
    }
  }
  return [...keys];
};
