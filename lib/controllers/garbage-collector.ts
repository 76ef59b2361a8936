import { type Admitted, refOf } from '../api/object.js';
import { foregroundFinalizer, orphanFinalizer } from '../apiserver/deletion.js';
import type { Stored } from '../apiserver/kinds.js';
import { withOwners } from './claim.js';
import type { Controller, ControllerContext } from './controller.js';

const finalizersOf = (object: Admitted): readonly string[] => object.metadata.finalizers ?? [];

const withoutFinalizer = (object: Admitted, finalizer: string): Stored => ({
  ...(object as Stored),
  metadata: { ...object.metadata, finalizers: finalizersOf(object).filter((name) => name !== finalizer) },
});

const disown = (dependent: Admitted, uid: string, { api }: ControllerContext): void => {
  const owners = (dependent.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  api.update(withOwners(dependent, owners), { trusted: true });
};

/** Deletes a dependent that has no other owner left; otherwise it only loses this one. */
const collect = (dependent: Stored, uid: string, propagation: 'Background' | 'Foreground', context: ControllerContext): void => {
  const { api, store } = context;
  const others = (dependent.metadata.ownerReferences ?? []).filter(
    (owner) => owner.uid !== uid && store.withUid(owner.uid) !== undefined,
  );
  if (others.length > 0) {
    disown(dependent, uid, context);
    return;
  }
  if (dependent.metadata.deletionTimestamp !== undefined) return;
  const deep = propagation === 'Foreground' && store.dependents(dependent.metadata.uid).length > 0;
  api.delete(refOf(dependent), deep ? { propagation } : {});
};

/** Deletes what no longer has an owner, and ends deletions that wait for their dependents. Its keys are uids of owners. */
export const garbageCollector: Controller = {
  name: 'garbage-collector',
  ends: 'all',
  keysFor: ({ type, object, previous }) => {
    const keys: string[] = [];
    const { uid, deletionTimestamp } = object.metadata;
    if (type === 'deleted') {
      keys.push(uid);
      for (const owner of object.metadata.ownerReferences ?? []) if (owner.blockOwnerDeletion) keys.push(owner.uid);
    } else if (
      deletionTimestamp !== undefined &&
      previous?.metadata.deletionTimestamp === undefined &&
      finalizersOf(object).length > 0
    )
      keys.push(uid);
    return keys;
  },
  reconcile: (uid, context) => {
    const { api, store } = context;
    const dependents = store.dependents(uid);
    const owner = store.withUid(uid);
    if (owner === undefined) {
      for (const dependent of dependents) collect(dependent, uid, 'Background', context);
      return;
    }
    if (finalizersOf(owner).includes(orphanFinalizer)) {
      for (const dependent of dependents) disown(dependent, uid, context);
      api.update(withoutFinalizer(owner, orphanFinalizer), { trusted: true });
    } else if (finalizersOf(owner).includes(foregroundFinalizer)) {
      for (const dependent of dependents) collect(dependent, uid, 'Foreground', context);
      const blocking = store
        .dependents(uid)
        .some((dependent) => dependent.metadata.ownerReferences?.some((ref) => ref.uid === uid && ref.blockOwnerDeletion));
      if (!blocking) api.update(withoutFinalizer(owner, foregroundFinalizer), { trusted: true });
    }
  },
};
