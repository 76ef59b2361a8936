import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { conditionOf, withCondition, withoutCondition } from '../conditions.js';
import type { ControllerContext } from '../controller.js';
import { keyFor } from '../controller.js';
import {
  actualReplicas,
  availableReplicas,
  hasProgressDeadline,
  maxUnavailable,
  replicasOf,
  totalReplicas,
} from './arithmetic.js';
import { allOf, type ReplicaSets, writeStatus } from './replicasets.js';

const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((total, set) => total + (count(set) ?? 0), 0);

/** The numbers, and whether enough Pods are available. */
export const countedStatus = (sets: ReplicaSets, { clock }: ControllerContext): DeploymentStatus => {
  const { deployment, current } = sets;
  const all = allOf(sets);
  const available = availableReplicas(all);
  const readyReplicas = sum(all, (set) => set.status?.readyReplicas);
  const updatedReplicas = current === undefined ? 0 : actualReplicas([current]);
  const unavailableReplicas = Math.max(0, totalReplicas(all) - available);
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const condition: DeploymentCondition = {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
    lastUpdateTime: clock.timestamp,
    lastTransitionTime: clock.timestamp,
  };
  const replicas = actualReplicas(all);
  return {
    observedGeneration: deployment.metadata.generation,
    ...(replicas > 0 && { replicas }),
    ...(updatedReplicas > 0 && { updatedReplicas }),
    ...(readyReplicas > 0 && { readyReplicas }),
    ...(available > 0 && { availableReplicas: available }),
    ...(unavailableReplicas > 0 && { unavailableReplicas }),
    terminatingReplicas: sum(all, (set) => set.status?.terminatingReplicas),
    ...(deployment.status?.collisionCount !== undefined && { collisionCount: deployment.status.collisionCount }),
    conditions: withCondition(deployment.status?.conditions, condition),
  };
};

/** Every replica is of the current template and available. */
export const isComplete = (deployment: Admitted<Deployment>, status: DeploymentStatus): boolean => {
  const wanted = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
};

const madeProgress = (before: DeploymentStatus, after: DeploymentStatus): boolean => {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
};

/** Seconds until the deadline of the rollout, negative when it passed. */
const untilDeadline = (deployment: Deployment, condition: DeploymentCondition, now: number): number =>
  (deployment.spec?.progressDeadlineSeconds ?? 0) - (now - Date.parse(condition.lastUpdateTime ?? '')) / 1000;

const timedOut = (deployment: Deployment, condition: DeploymentCondition | undefined, now: number): boolean => {
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  return condition.reason === 'ProgressDeadlineExceeded' || untilDeadline(deployment, condition, now) < 0;
};

/** The Progressing condition as the rollout stands. */
const progress = (sets: ReplicaSets, status: DeploymentStatus, { clock }: ControllerContext): readonly DeploymentCondition[] => {
  const { deployment, current } = sets;
  const before = conditionOf(deployment.status?.conditions, 'Progressing');
  const subject = current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.metadata.name}"`;
  const make = (ok: boolean, reason: string, text: string): DeploymentCondition => ({
    type: 'Progressing',
    status: ok ? 'True' : 'False',
    reason,
    message: `${subject} ${text}`,
    lastUpdateTime: clock.timestamp,
    lastTransitionTime: clock.timestamp,
  });
  if (isComplete(deployment, status))
    return withCondition(status.conditions, make(true, 'NewReplicaSetAvailable', 'has successfully progressed.'));
  if (madeProgress(deployment.status ?? {}, status)) {
    const made = make(true, 'ReplicaSetUpdated', 'is progressing.');
    const kept = before?.status === 'True' ? { ...made, lastTransitionTime: before.lastTransitionTime } : made;
    // Progress refreshes the time of the last update even when nothing else of the condition changes.
    return [...withoutCondition(status.conditions, 'Progressing'), kept];
  }
  if (!timedOut(deployment, before, clock.now)) return status.conditions ?? [];
  return withCondition(status.conditions, make(false, 'ProgressDeadlineExceeded', 'has timed out progressing.'));
};

const failureOf = (sets: ReplicaSets): DeploymentCondition | undefined => {
  const { current } = sets;
  for (const set of [...(current === undefined ? [] : [current]), ...allOf(sets)]) {
    const failure = conditionOf(set.status?.conditions, 'ReplicaFailure');
    if (failure !== undefined) return { ...failure, lastUpdateTime: failure.lastTransitionTime };
  }
  return undefined;
};

/** Writes the status during a rollout, and comes back when its deadline may have passed. */
export const syncRolloutStatus = (sets: ReplicaSets, context: ControllerContext): void => {
  const { deployment } = sets;
  const counted = countedStatus(sets, context);
  const before = conditionOf(deployment.status?.conditions, 'Progressing');
  const settled = (counted.replicas ?? 0) === (counted.updatedReplicas ?? 0) && before?.reason === 'NewReplicaSetAvailable';
  let conditions = counted.conditions ?? [];
  if (!hasProgressDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing');
  else if (!settled) conditions = progress(sets, counted, context);
  const failure = failureOf(sets);
  conditions = failure === undefined ? withoutCondition(conditions, 'ReplicaFailure') : withCondition(conditions, failure);
  const status = { ...counted, conditions };
  writeStatus(deployment, status, context);
  const after = conditionOf(conditions, 'Progressing');
  if (after === undefined || after.reason === 'ProgressDeadlineExceeded' || isComplete(deployment, status)) return;
  context.after(Math.max(1, untilDeadline(deployment, after, context.clock.now) + 1), keyFor(deployment));
};
