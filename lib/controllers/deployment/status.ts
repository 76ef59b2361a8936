import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { conditionOf, withCondition, withoutCondition } from '../conditions.js';
import type { ControllerContext } from '../controller.js';
import { patience } from '../replicaset.js';
import { remembering } from '../shared.js';
import { countsOf, hasProgressDeadline, maxUnavailable, replicasOf } from './arithmetic.js';
import { allOf, type ReplicaSets, writeStatus } from './replicasets.js';

type CountedStatus = { -readonly [Field in keyof DeploymentStatus]: DeploymentStatus[Field] };

const availability = remembering(
  (status: 'True' | 'False', reason: string, time: string): DeploymentCondition => ({
    type: 'Available',
    status,
    reason,
    message: status === 'True' ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
    lastUpdateTime: time,
    lastTransitionTime: time,
  }),
);

/** The numbers, and whether enough Pods are available. */
export const countedStatus = (sets: ReplicaSets, { clock }: ControllerContext): CountedStatus => {
  const { deployment, current } = sets;
  const { wanted, replicas, ready, available, terminating } = countsOf(allOf(sets));
  const updated = current?.status?.replicas ?? 0;
  const unavailable = Math.max(0, wanted - available);
  const missing = replicasOf(deployment) - available;
  const enough = missing <= 0 || missing <= maxUnavailable(deployment);
  const condition = enough
    ? availability('True', 'MinimumReplicasAvailable', clock.timestamp)
    : availability('False', 'MinimumReplicasUnavailable', clock.timestamp);
  const { collisionCount } = deployment.status ?? {};
  const status: CountedStatus = { observedGeneration: deployment.metadata.generation };
  if (replicas > 0) status.replicas = replicas;
  if (updated > 0) status.updatedReplicas = updated;
  if (ready > 0) status.readyReplicas = ready;
  if (available > 0) status.availableReplicas = available;
  if (unavailable > 0) status.unavailableReplicas = unavailable;
  status.terminatingReplicas = terminating;
  if (collisionCount !== undefined) status.collisionCount = collisionCount;
  status.conditions = withCondition(deployment.status?.conditions, condition);
  return status;
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

/** When the newest Pods of a ReplicaSet were made, if it counts them only now because it waited for them to start. */
const madeAt = (set: Admitted<ReplicaSet>, { store, clock }: ControllerContext): string => {
  let newest = '';
  for (const { metadata } of store.controlledBy('Pod', set.metadata.uid)) {
    if ((metadata.creationTimestamp ?? '') > newest) newest = metadata.creationTimestamp ?? '';
  }
  // The time of making is told in whole seconds.
  return clock.now - Date.parse(newest) < (patience + 1) * 1000 ? newest : clock.timestamp;
};

/** When the rollout went on; undefined if the count is as before. */
const progressedAt = (
  { deployment, current }: ReplicaSets,
  after: DeploymentStatus,
  context: ControllerContext,
): string | undefined => {
  const before = deployment.status ?? {};
  const { replicas = 0, updatedReplicas = 0 } = after;
  const more = updatedReplicas - (before.updatedReplicas ?? 0);
  const fewerOld = replicas - updatedReplicas < (before.replicas ?? 0) - (before.updatedReplicas ?? 0);
  const better =
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) || (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0);
  if (fewerOld || better) return context.clock.timestamp;
  return more > 0 && current !== undefined ? madeAt(current, context) : undefined;
};

/** Seconds until the deadline of the rollout, negative when it passed. */
const untilDeadline = (deployment: Deployment, condition: DeploymentCondition, now: number): number =>
  (deployment.spec?.progressDeadlineSeconds ?? 0) - (now - Date.parse(condition.lastUpdateTime ?? '')) / 1000;

const timedOut = (deployment: Deployment, condition: DeploymentCondition | undefined, now: number): boolean => {
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  return condition.reason === 'ProgressDeadlineExceeded' || untilDeadline(deployment, condition, now) < 0;
};

/** `news` begins with the quote after the name: a text stays in the pieces it was put together of, so there are few. */
const progressing = (
  { deployment, current }: ReplicaSets,
  status: 'True' | 'False',
  reason: string,
  news: string,
  time: string,
): DeploymentCondition => {
  const subject = current === undefined ? `Deployment "${deployment.metadata.name}` : `ReplicaSet "${current.metadata.name}`;
  return {
    type: 'Progressing',
    status,
    reason,
    message: `${subject}${news}`,
    lastUpdateTime: time,
    lastTransitionTime: time,
  };
};

/** The conditions with Progressing as the rollout stands. */
const progress = (
  sets: ReplicaSets,
  status: DeploymentStatus,
  before: DeploymentCondition | undefined,
  complete: boolean,
  context: ControllerContext,
): readonly DeploymentCondition[] => {
  const { clock } = context;
  if (complete) {
    const done = progressing(sets, 'True', 'NewReplicaSetAvailable', '" has successfully progressed.', clock.timestamp);
    return withCondition(status.conditions, done);
  }
  const time = progressedAt(sets, status, context);
  if (time !== undefined) {
    const made = progressing(sets, 'True', 'ReplicaSetUpdated', '" is progressing.', time);
    const kept = before?.status === 'True' ? { ...made, lastTransitionTime: before.lastTransitionTime } : made;
    // Progress refreshes the time of the last update even when nothing else of the condition changes.
    return withoutCondition(status.conditions, 'Progressing').concat(kept);
  }
  if (!timedOut(sets.deployment, before, clock.now)) return status.conditions ?? [];
  const late = progressing(sets, 'False', 'ProgressDeadlineExceeded', '" has timed out progressing.', clock.timestamp);
  return withCondition(status.conditions, late);
};

/** The failure of the ReplicaSet of the template, or else of the first other one that has any. */
const failureOf = ({ current, old }: ReplicaSets): DeploymentCondition | undefined => {
  let failure = conditionOf(current?.status?.conditions, 'ReplicaFailure');
  for (let at = 0; failure === undefined && at < old.length; at++)
    failure = conditionOf(old[at]?.status?.conditions, 'ReplicaFailure');
  return failure && { ...failure, lastUpdateTime: failure.lastTransitionTime };
};

/** Writes the status during a rollout, and comes back when its deadline may have passed. */
export const syncRolloutStatus = (sets: ReplicaSets, context: ControllerContext): void => {
  const { deployment } = sets;
  const status = countedStatus(sets, context);
  const complete = isComplete(deployment, status);
  const before = conditionOf(deployment.status?.conditions, 'Progressing');
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && before?.reason === 'NewReplicaSetAvailable';
  if (!hasProgressDeadline(deployment)) status.conditions = withoutCondition(status.conditions, 'Progressing');
  else if (!settled) status.conditions = progress(sets, status, before, complete, context);
  const failure = failureOf(sets);
  status.conditions =
    failure === undefined ? withoutCondition(status.conditions, 'ReplicaFailure') : withCondition(status.conditions, failure);
  writeStatus(sets, status, context);
  if (complete) return;
  const after = conditionOf(status.conditions, 'Progressing');
  if (after === undefined || after.reason === 'ProgressDeadlineExceeded') return;
  context.after(Math.max(1, untilDeadline(deployment, after, context.clock.now) + 1), deployment.metadata.uid);
};
