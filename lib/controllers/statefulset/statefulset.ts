import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { equal } from '../../apiserver/equal.js';
import { claimPods } from '../claim.js';
import { type Controller, type ControllerContext, objectOf } from '../controller.js';
import { keysOfPods } from '../owner-keys.js';
import { isFinished, isTerminating, nextAvailability } from '../pods.js';
import { revisionsOf, templateOf, truncateHistory, updateRevision } from '../revisions.js';
import { createClaims, retainClaims } from './claims.js';
import {
  createReplica,
  deleteReplica,
  isRunningAndAvailable,
  isRunningAndReady,
  isUnavailable,
  ordinalOf,
  podRevision,
} from './replica.js';

interface Plan {
  readonly set: Admitted<StatefulSet>;
  readonly current: Admitted<ControllerRevision>;
  readonly update: Admitted<ControllerRevision>;
  readonly start: number;
  /** One place for each wanted ordinal; undefined where no Pod is. */
  readonly replicas: readonly (Admitted<Pod> | undefined)[];
  /** Pods beyond the wanted ordinals, highest first. */
  readonly condemned: readonly Admitted<Pod>[];
  readonly ordered: boolean;
  readonly minReadySeconds: number;
}

const planOf = (
  set: Admitted<StatefulSet>,
  current: Admitted<ControllerRevision>,
  update: Admitted<ControllerRevision>,
  pods: readonly Admitted<Pod>[],
): Plan => {
  const start = set.spec?.ordinals?.start ?? 0;
  const wanted = set.spec?.replicas ?? 1;
  const replicas: (Admitted<Pod> | undefined)[] = Array.from({ length: wanted });
  const condemned: Admitted<Pod>[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(pod, set);
    if (ordinal === undefined) continue;
    if (ordinal >= start && ordinal < start + wanted) replicas[ordinal - start] = pod;
    else condemned.push(pod);
  }
  condemned.sort((a, b) => (ordinalOf(b, set) ?? 0) - (ordinalOf(a, set) ?? 0));
  const ordered = set.spec?.podManagementPolicy !== 'Parallel';
  return { set, current, update, start, replicas, condemned, ordered, minReadySeconds: set.spec?.minReadySeconds ?? 0 };
};

/** Which revision a new Pod of this place gets: during a partitioned rollout the low ordinals stay with the current one. */
const revisionFor = ({ set, current, update, start }: Plan, index: number): Admitted<ControllerRevision> => {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return update;
  const isRolling = set.status?.currentReplicas !== undefined || set.status?.updatedReplicas !== undefined;
  const below =
    rollingUpdate?.partition === undefined
      ? index < (set.status?.currentReplicas ?? 0)
      : index + start < start + rollingUpdate.partition;
  return isRolling && below ? current : update;
};

/** Step by step through the places; returns `wait` when the next must not happen yet, or why a Pod could not be made. */
const processReplicas = (plan: Plan, context: ControllerContext): 'wait' | { readonly failure: string } | undefined => {
  const { set, start, ordered, minReadySeconds } = plan;
  let failure: string | undefined;
  for (const [index, pod] of plan.replicas.entries()) {
    const ordinal = start + index;
    if (pod === undefined) {
      const revision = revisionFor(plan, index);
      const template = templateOf(revision) ?? set.spec?.template ?? {};
      const fault = createReplica(set, template, revision.metadata.name, ordinal, context);
      if (fault !== undefined && ordered) return { failure: fault };
      failure ??= fault;
      if (ordered) return 'wait';
      continue;
    }
    if (isFinished(pod)) {
      if (!isTerminating(pod)) deleteReplica(set, pod, context);
      if (ordered) return 'wait';
      continue;
    }
    if (pod.status?.phase === 'Pending') createClaims(set, ordinal, context);
    const settled =
      !isTerminating(pod) && isRunningAndReady(pod) && isRunningAndAvailable(pod, minReadySeconds, context.clock.now);
    if (!settled && ordered) return 'wait';
    retainClaims(set, pod, ordinal, false, context);
  }
  return failure === undefined ? undefined : { failure };
};

/** Deletes Pods beyond the wanted number, highest ordinal first; true while the set waits for that. */
const processCondemned = ({ set, replicas, condemned, ordered, minReadySeconds }: Plan, context: ControllerContext): boolean => {
  const { now } = context.clock;
  for (const pod of condemned) retainClaims(set, pod, ordinalOf(pod, set) ?? 0, true, context);
  const all = [...replicas.filter((pod) => pod !== undefined), ...condemned.toReversed()];
  const firstUnhealthy = all.find((pod) => isUnavailable(pod, minReadySeconds, now));
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (ordered) return true;
      continue;
    }
    const settled = isRunningAndReady(pod) && isRunningAndAvailable(pod, minReadySeconds, now);
    if (ordered && !settled && pod !== firstUnhealthy) return true;
    deleteReplica(set, pod, context);
    if (ordered) return true;
  }
  return false;
};

/** Replaces the Pod with the highest ordinal that is not of the update revision, one at a time; true if it deleted one. */
const rollOut = ({ set, update, replicas, minReadySeconds }: Plan, context: ControllerContext): boolean => {
  const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let index = replicas.length - 1; index >= partition; index--) {
    const pod = replicas[index];
    if (pod === undefined) return false;
    if (podRevision(pod) !== update.metadata.name && !isTerminating(pod)) {
      deleteReplica(set, pod, context);
      return true;
    }
    if (isUnavailable(pod, minReadySeconds, context.clock.now)) return false;
  }
  return false;
};

const statusOf = (
  { set, current, update, minReadySeconds }: Plan,
  pods: readonly Admitted<Pod>[],
  now: number,
): StatefulSetStatus => {
  const count = (test: (pod: Admitted<Pod>) => boolean): number => pods.filter(test).length;
  const ofRevision = (revision: Admitted) => (pod: Admitted<Pod>) =>
    !isTerminating(pod) && podRevision(pod) === revision.metadata.name;
  const readyReplicas = count(isRunningAndReady);
  const updatedReplicas = count(ofRevision(update));
  const currentReplicas = count(ofRevision(current));
  return {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    ...(readyReplicas > 0 && { readyReplicas }),
    availableReplicas: count((pod) => isRunningAndAvailable(pod, minReadySeconds, now)),
    ...(currentReplicas > 0 && { currentReplicas }),
    ...(updatedReplicas > 0 && { updatedReplicas }),
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
  };
};

/** A rolling update is over when every Pod is of the update revision: that becomes the current one. */
const completed = (set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus => {
  const isOver =
    set.spec?.updateStrategy?.type !== 'OnDelete' &&
    (status.updatedReplicas ?? 0) === status.replicas &&
    (status.readyReplicas ?? 0) === status.replicas &&
    status.replicas === (set.spec?.replicas ?? 1);
  if (!isOver) return status;
  const { currentReplicas: _before, ...rest } = status;
  return {
    ...rest,
    ...(status.updatedReplicas && { currentReplicas: status.updatedReplicas }),
    currentRevision: status.updateRevision,
  };
};

const reconcileSet = (key: string, set: Admitted<StatefulSet>, context: ControllerContext): void => {
  const { api, clock } = context;
  const pods = claimPods(set, set.spec?.selector ?? {}, context).filter((pod) => ordinalOf(pod, set) !== undefined);
  const revisions = revisionsOf(set, context);
  const template = set.spec?.template;
  const update = template && updateRevision(set, template, revisions, context);
  if (update === undefined) return;
  const current = revisions.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
  const plan = planOf(set, current, update, pods);
  let failure: string | undefined;
  if (set.metadata.deletionTimestamp === undefined) {
    const outcome = processReplicas(plan, context);
    if (outcome === undefined) {
      const waits = processCondemned(plan, context);
      if (!waits && set.spec?.updateStrategy?.type !== 'OnDelete') rollOut(plan, context);
    } else if (outcome !== 'wait') failure = outcome.failure;
  }
  // What was created or deleted just now counts.
  const now = context.store.controlledBy('Pod', set.metadata.uid).filter((pod) => ordinalOf(pod, set) !== undefined);
  const status = completed(set, statusOf(plan, now, clock.now));
  if (!equal(status, set.status)) api.updateStatus(set, status);
  const live = new Set([status.currentRevision ?? '', status.updateRevision ?? '', ...now.map((pod) => podRevision(pod) ?? '')]);
  truncateHistory(revisionsOf(set, context), live, set.spec?.revisionHistoryLimit ?? 10, context);
  if (failure !== undefined) context.retry(key);
  else {
    const wait = nextAvailability(pods, plan.minReadySeconds, clock.now);
    if (wait !== undefined) context.after(wait, key);
  }
};

/** Keeps the Pods of a StatefulSet, each with its name and claims, in order. */
export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  kinds: ['StatefulSet', 'Pod'],
  keysFor: (change, store) =>
    change.object.kind === 'Pod' ? keysOfPods('StatefulSet', change, store) : change.object.metadata.uid,
  reconcile: (key, context) => {
    const set = objectOf<StatefulSet>(context.store, key);
    if (set !== undefined) reconcileSet(key, set, context);
  },
};
