import type { Deployment, ReplicaSet } from '../../api/generated/types.js';
import { matcherOf } from '../../api/label-selector.js';
import { type Admitted, refOf } from '../../api/object.js';
import type { Stored } from '../../apiserver/kinds.js';
import { type Change, controllerRefOf, type Store } from '../../apiserver/store.js';
import { conditionOf, withCondition } from '../conditions.js';
import { type Controller, type ControllerContext, type Keys, noKeys, objectOf, uidOf } from '../controller.js';
import { isFinished } from '../pods.js';
import {
  countsOf,
  desiredAnnotation,
  hasProgressDeadline,
  maxAnnotation,
  maxSurge,
  maxUnavailable,
  newReplicas,
  proportionalSizes,
  replicasOf,
  revisionOf,
  totalReplicas,
} from './arithmetic.js';
import { allOf, claimReplicaSets, isActiveSet, type ReplicaSets, syncReplicaSets, writeStatus } from './replicasets.js';
import { countedStatus, isComplete, syncRolloutStatus } from './status.js';

/** Scales a ReplicaSet and tells; true if its size changed. */
const scaleTo = (
  set: Admitted<ReplicaSet>,
  size: number,
  deployment: Admitted<Deployment>,
  context: ControllerContext,
): boolean => {
  const before = replicasOf(set);
  const wanted = replicasOf(deployment);
  const noted = { [desiredAnnotation]: String(wanted), [maxAnnotation]: String(wanted + maxSurge(deployment)) };
  const annotations = { ...set.metadata.annotations, ...noted };
  const next: Admitted<ReplicaSet> = {
    ...set,
    metadata: { ...set.metadata, annotations },
    ...(set.spec && { spec: before === size ? set.spec : { ...set.spec, replicas: size } }),
  };
  context.api.update(next as Admitted as Stored, { trusted: true });
  if (before === size) return false;
  const text = `Scaled ${size > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${size}`;
  context.event('Normal', 'ScalingReplicaSet', text, deployment);
  return true;
};

const scaleIfNeeded = (
  set: Admitted<ReplicaSet>,
  size: number,
  deployment: Admitted<Deployment>,
  context: ControllerContext,
): boolean => replicasOf(set) !== size && scaleTo(set, size, deployment, context);

/** Some active ReplicaSet was made for another number of replicas. */
const isScaling = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean => {
  for (const set of sets) {
    const desired = set.metadata?.annotations?.[desiredAnnotation];
    if (desired !== undefined && Number(desired) !== replicasOf(deployment) && isActiveSet(set)) return true;
  }
  return false;
};

const isSaturated = (deployment: Deployment, set: ReplicaSet | undefined): boolean =>
  set !== undefined &&
  replicasOf(set) === replicasOf(deployment) &&
  Number(set.metadata?.annotations?.[desiredAnnotation]) === replicasOf(deployment) &&
  (set.status?.availableReplicas ?? 0) === replicasOf(deployment);

/** Follows a change of `replicas`: with several active ReplicaSets in proportion, so that no rollout is anticipated. */
const scale = (sets: ReplicaSets, context: ControllerContext): void => {
  const { deployment, current, old } = sets;
  const active = allOf(sets).filter(isActiveSet);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? old.at(-1);
    if (only !== undefined) scaleIfNeeded(only, replicasOf(deployment), deployment, context);
    return;
  }
  if (isSaturated(deployment, current)) {
    for (const set of old.filter(isActiveSet)) scaleIfNeeded(set, 0, deployment, context);
    return;
  }
  if (deployment.spec?.strategy?.type === 'Recreate') return;
  for (const { set, size } of proportionalSizes(deployment, active)) scaleTo(set, size, deployment, context);
};

/** Removes old ReplicaSets beyond the history limit. */
const cleanUp = ({ deployment, old }: ReplicaSets, { api }: ControllerContext): void => {
  const limit = deployment.spec?.revisionHistoryLimit;
  if (limit === undefined) return;
  const alive = old.filter((set) => set.metadata.deletionTimestamp === undefined).sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of alive.slice(0, Math.max(0, alive.length - limit))) {
    const idle =
      (set.status?.replicas ?? 0) === 0 &&
      replicasOf(set) === 0 &&
      (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
    if (idle) api.delete(refOf(set));
  }
};

/** Scales old ReplicaSets down as far as availability allows, Pods that do not work first; true if any size changed. */
const scaleDownOld = (sets: ReplicaSets, current: Admitted<ReplicaSet>, context: ControllerContext): boolean => {
  const { deployment } = sets;
  const old = sets.old.filter(isActiveSet);
  if (old.length === 0) return false;
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(current) - (current.status?.availableReplicas ?? 0);
  const room = totalReplicas([...old, current]) - minAvailable - newUnavailable;
  if (room <= 0) return false;
  const sizes = new Map(old.map((set) => [set, replicasOf(set)]));
  let cleaned = 0;
  for (const [set, size] of sizes) {
    const broken = Math.min(room - cleaned, size - (set.status?.availableReplicas ?? 0));
    if (broken <= 0) continue;
    scaleTo(set, size - broken, deployment, context);
    sizes.set(set, size - broken);
    cleaned += broken;
  }
  let surplus = countsOf([...old, current]).available - minAvailable;
  let removed = 0;
  for (const [stale, size] of sizes) {
    if (surplus <= 0) break;
    const cut = Math.min(size, surplus);
    if (cut === 0) continue;
    const set = context.store.find('ReplicaSet', stale.metadata.namespace, stale.metadata.name) ?? stale;
    scaleTo(set, size - cut, deployment, context);
    surplus -= cut;
    removed += cut;
  }
  return cleaned + removed > 0;
};

const rollOut = (
  deployment: Admitted<Deployment>,
  claimed: readonly Admitted<ReplicaSet>[],
  context: ControllerContext,
): void => {
  const sets = syncReplicaSets(deployment, claimed, true, context);
  const { current } = sets;
  if (current === undefined) {
    writeStatus(sets, sets.deployment.status, context);
    context.retry(deployment.metadata.uid);
    return;
  }
  const wanted = replicasOf(deployment);
  const before = replicasOf(current);
  const size = before >= wanted ? wanted : newReplicas(deployment, allOf(sets), before);
  const scaled = before !== size && scaleTo(current, size, sets.deployment, context);
  if (sets.old.length > 0 && !scaled && !scaleDownOld(sets, current, context)) {
    if (isComplete(sets.deployment, sets.deployment.status ?? {})) cleanUp(sets, context);
  }
  syncRolloutStatus(sets, context);
};

/** Pods of earlier templates are still there. */
const oldPodsRun = ({ current, old }: ReplicaSets, { store }: ControllerContext): boolean =>
  countsOf(old).replicas > 0 ||
  old.some((set) => set !== current && store.controlledBy('Pod', set.metadata.uid).some((pod) => !isFinished(pod)));

const recreate = (
  deployment: Admitted<Deployment>,
  claimed: readonly Admitted<ReplicaSet>[],
  context: ControllerContext,
): void => {
  let sets = syncReplicaSets(deployment, claimed, false, context);
  let scaledDown = false;
  for (const set of sets.old.filter(isActiveSet)) scaledDown = scaleIfNeeded(set, 0, deployment, context) || scaledDown;
  if (scaledDown || oldPodsRun(sets, context)) {
    syncRolloutStatus(sets, context);
    return;
  }
  if (sets.current === undefined) sets = syncReplicaSets(sets.deployment, claimed, true, context);
  if (sets.current === undefined) {
    writeStatus(sets, sets.deployment.status, context);
    context.retry(deployment.metadata.uid);
    return;
  }
  const scaledUp = scaleIfNeeded(sets.current, replicasOf(deployment), sets.deployment, context);
  if (!scaledUp && sets.old.length > 0 && isComplete(sets.deployment, sets.deployment.status ?? {})) cleanUp(sets, context);
  syncRolloutStatus(sets, context);
};

/** Says in the status that the Deployment was paused or resumed. */
const notePause = (deployment: Admitted<Deployment>, { api, clock }: ControllerContext): Admitted<Deployment> => {
  const condition = conditionOf(deployment.status?.conditions, 'Progressing');
  const paused = deployment.spec?.paused ?? false;
  if (paused === (condition?.reason === 'DeploymentPaused')) return deployment;
  if (!hasProgressDeadline(deployment) || condition?.reason === 'ProgressDeadlineExceeded') return deployment;
  const [reason, message] = paused
    ? ['DeploymentPaused', 'Deployment is paused']
    : ['DeploymentResumed', 'Deployment is resumed'];
  const times = { lastUpdateTime: clock.timestamp, lastTransitionTime: clock.timestamp };
  const conditions = withCondition(deployment.status?.conditions, {
    type: 'Progressing',
    status: 'Unknown',
    reason,
    message,
    ...times,
  });
  const status = { ...deployment.status, conditions };
  api.updateStatus(deployment, status);
  return { ...deployment, status };
};

/** A write of the status or the revision: the controller's own, which tells it nothing. */
const isOwnWrite = (before: Admitted, after: Admitted): boolean =>
  (before as Admitted<Deployment>).spec === (after as Admitted<Deployment>).spec &&
  before.metadata.labels === after.metadata.labels &&
  (before.metadata.annotations === after.metadata.annotations || revisionOf(before) !== revisionOf(after)) &&
  before.metadata.deletionTimestamp === after.metadata.deletionTimestamp;

const keysFor = ({ type, object, previous }: Change, store: Store): Keys => {
  if (object.kind === 'Deployment') return previous !== undefined && isOwnWrite(previous, object) ? noKeys : object.metadata.uid;
  const owner = controllerRefOf(object);
  if (object.kind === 'Pod') {
    if (type !== 'deleted' || owner?.kind !== 'ReplicaSet') return noKeys;
    const set = store.find('ReplicaSet', object.metadata.namespace, owner.name);
    const root = set && controllerRefOf(set);
    return root?.kind === 'Deployment' ? uidOf(store, 'Deployment', object.metadata.namespace, root.name) : noKeys;
  }
  if (owner !== undefined && (previous === undefined || previous.metadata.ownerReferences === object.metadata.ownerReferences))
    return owner.kind === 'Deployment' ? uidOf(store, 'Deployment', object.metadata.namespace, owner.name) : noKeys;
  const keys = new Set<string>();
  for (const root of [owner, previous && controllerRefOf(previous)]) {
    const named = root?.kind === 'Deployment' ? store.find('Deployment', object.metadata.namespace, root.name) : undefined;
    if (named !== undefined) keys.add(named.metadata.uid);
  }
  if (owner === undefined && object.metadata.labels !== undefined) {
    for (const deployment of store.list('Deployment', object.metadata.namespace)) {
      if (deployment.spec !== undefined && matcherOf(deployment.spec.selector)(object.metadata.labels))
        keys.add(deployment.metadata.uid);
    }
  }
  return [...keys];
};

/** Rolls a Deployment's template out over ReplicaSets. */
export const deploymentController: Controller = {
  name: 'deployment-controller',
  kinds: ['Deployment', 'ReplicaSet'],
  // Only Recreate waits for Pods, and only for their end.
  ends: ['Pod'],
  // The step that makes a ReplicaSet counts it, and the first count of its Pods brings the Deployment back.
  knowsItsOwn: true,
  keysFor,
  reconcile: (key, context) => {
    const found = objectOf<Deployment>(context.store, key);
    if (found?.spec === undefined) return;
    const claimed = claimReplicaSets(found, context);
    if (found.metadata.deletionTimestamp !== undefined) {
      const sets = syncReplicaSets(found, claimed, false, context);
      writeStatus(sets, countedStatus(sets, context), context);
      return;
    }
    const deployment = notePause(found, context);
    if (deployment.spec?.paused || isScaling(deployment, claimed)) {
      const sets = syncReplicaSets(deployment, claimed, false, context);
      scale(sets, context);
      if (deployment.spec?.paused) cleanUp(sets, context);
      writeStatus(sets, countedStatus(sets, context), context);
      return;
    }
    if (deployment.spec?.strategy?.type === 'Recreate') recreate(deployment, claimed, context);
    else rollOut(deployment, claimed, context);
  },
};
