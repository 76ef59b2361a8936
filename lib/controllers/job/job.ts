import type { Job, JobCondition, JobStatus, Pod } from '../../api/generated/types.js';
import { type Admitted, refOf } from '../../api/object.js';
import { claimPods } from '../claim.js';
import { conditionOf, withCondition } from '../conditions.js';
import { type Controller, type ControllerContext, objectOf } from '../controller.js';
import { inDeletionOrder } from '../deletion-order.js';
import { keysOfPods } from '../owner-keys.js';
import { isActive, isReady, isTerminating } from '../pods.js';
import { formatIndexes, indexOf, parseIndexes } from './indexes.js';
import { createPods, deletePods, hasFailed, hasSucceeded, isUncounted, releasePod } from './pods.js';

/** First delay before a failed Pod is replaced and the longest one, seconds; it doubles with every failure in a row. */
const backoff = { base: 10, max: 600 };

interface Outcome {
  readonly ok: boolean;
  readonly reason: string;
  readonly message: string;
}

interface Count {
  readonly succeeded: number;
  readonly failed: number;
  readonly completed: ReadonlySet<number>;
  readonly lastFailure: number | undefined;
}

const isTrue = (job: Job, type: string): boolean => conditionOf(job.status?.conditions, type)?.status === 'True';

/** Deleted, but its containers have not ended yet. */
const isEnding = (pod: Admitted<Pod>): boolean => isTerminating(pod) && !hasSucceeded(pod) && pod.status?.phase !== 'Failed';

const isDone = (job: Job): boolean => isTrue(job, 'Complete') || isTrue(job, 'Failed');

/** When a Pod ended: its last container, or else the last it is known to have changed. */
const finishedAt = (pod: Admitted<Pod>, now: number): number => {
  const ends = (pod.status?.containerStatuses ?? []).map((status) => Date.parse(status.state?.terminated?.finishedAt ?? ''));
  const known = ends.filter((end) => !Number.isNaN(end));
  if (known.length > 0) return Math.max(...known);
  const { deletionTimestamp, creationTimestamp } = pod.metadata;
  const last = conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime ?? deletionTimestamp ?? creationTimestamp;
  return last === undefined ? now : Math.min(now, Date.parse(last));
};

/** Adds the Pods that ended to what was counted before, and lets them go. */
const count = (job: Admitted<Job>, pods: readonly Admitted<Pod>[], context: ControllerContext): Count => {
  let { succeeded = 0, failed = 0 } = job.status ?? {};
  const completed = parseIndexes(job.status?.completedIndexes);
  const indexed = job.spec?.completionMode === 'Indexed';
  let lastFailure: number | undefined;
  for (const pod of pods) {
    if (hasFailed(pod, job)) lastFailure = Math.max(lastFailure ?? 0, finishedAt(pod, context.clock.now));
    if (!isUncounted(pod)) continue;
    if (hasSucceeded(pod)) {
      const index = indexOf(pod);
      if (index !== undefined && index < (job.spec?.completions ?? 0)) completed.add(index);
      if (!indexed) succeeded++;
      releasePod(pod, context);
    } else if (hasFailed(pod, job)) {
      failed++;
      releasePod(pod, context);
    }
  }
  return { succeeded: indexed ? completed.size : succeeded, failed, completed, lastFailure };
};

const restartsOf = (pods: readonly Pod[]): number =>
  pods
    .flatMap((pod) => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])])
    .reduce((sum, status) => sum + status.restartCount, 0);

/** Whether the Job has come to its end, and which. */
const outcomeOf = (
  job: Job,
  active: readonly Admitted<Pod>[],
  { succeeded, failed }: Count,
  now: number,
): Outcome | undefined => {
  const { completions, backoffLimit = 6, activeDeadlineSeconds, template } = job.spec ?? {};
  const inPlace = template?.spec?.restartPolicy === 'OnFailure' ? restartsOf(active) : 0;
  if (failed > backoffLimit || (inPlace > 0 && inPlace >= Math.max(1, backoffLimit))) {
    return { ok: false, reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  const started = Date.parse(job.status?.startTime ?? '');
  if (activeDeadlineSeconds !== undefined && !job.spec?.suspend && now - started >= activeDeadlineSeconds * 1000) {
    return { ok: false, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  const reached = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
  return reached ? { ok: true, reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
};

const wantedActive = (job: Job, active: number, { succeeded }: Count): number => {
  const { completions, parallelism = 1 } = job.spec ?? {};
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.min(completions - succeeded, parallelism);
};

/** Seconds until the next Pod may be made after a failure. */
const backoffLeft = ({ failed, lastFailure }: Count, now: number): number => {
  if (failed === 0 || lastFailure === undefined) return 0;
  return Math.max(0, (lastFailure - now) / 1000 + Math.min(backoff.base * 2 ** (failed - 1), backoff.max));
};

const withOutcome = (
  conditions: readonly JobCondition[] | undefined,
  { ok, reason, message }: Outcome,
  isFinal: boolean,
  time: string,
): readonly JobCondition[] => {
  const make = (type: string): JobCondition => ({
    type,
    status: 'True',
    reason,
    message,
    lastProbeTime: time,
    lastTransitionTime: time,
  });
  const met = withCondition(conditions, make(ok ? 'SuccessCriteriaMet' : 'FailureTarget'));
  return isFinal ? withCondition(met, make(ok ? 'Complete' : 'Failed')) : met;
};

const suspension = (job: Admitted<Job>, { clock, event }: ControllerContext): readonly JobCondition[] | undefined => {
  const suspended = job.spec?.suspend ?? false;
  const times = { lastProbeTime: clock.timestamp, lastTransitionTime: clock.timestamp };
  if (suspended && !isTrue(job, 'Suspended')) {
    event('Normal', 'Suspended', 'Job suspended', job);
    return withCondition(job.status?.conditions, {
      type: 'Suspended',
      status: 'True',
      reason: 'JobSuspended',
      message: 'Job suspended',
      ...times,
    });
  }
  if (!suspended && isTrue(job, 'Suspended')) {
    event('Normal', 'Resumed', 'Job resumed', job);
    return withCondition(job.status?.conditions, {
      type: 'Suspended',
      status: 'False',
      reason: 'JobResumed',
      message: 'Job resumed',
      ...times,
    });
  }
  return job.status?.conditions;
};

/** Outcome that was decided in an earlier reconciliation and waits for its Pods to end. */
const decided = (job: Job): Outcome | undefined => {
  const found = conditionOf(job.status?.conditions, 'SuccessCriteriaMet') ?? conditionOf(job.status?.conditions, 'FailureTarget');
  return found && { ok: found.type === 'SuccessCriteriaMet', reason: found.reason ?? '', message: found.message ?? '' };
};

const reconcileJob = (key: string, job: Admitted<Job>, context: ControllerContext): void => {
  const { api, clock } = context;
  const pods = claimPods(job, job.spec?.selector ?? {}, context);
  if (isDone(job)) {
    for (const pod of pods) if (isUncounted(pod)) releasePod(pod, context);
    expire(key, job, context);
    return;
  }
  const suspended = job.spec?.suspend ?? false;
  const startTime = job.status?.startTime ?? (suspended ? undefined : clock.timestamp);
  const started: Admitted<Job> = {
    ...job,
    status: { ...job.status, startTime: isTrue(job, 'Suspended') && !suspended ? clock.timestamp : startTime },
  };
  const counted = count(started, pods, context);
  const active = pods.filter(isActive);
  const outcome = decided(job) ?? outcomeOf(started, active, counted, clock.now);
  let conditions = suspension(started, context);
  let ready = active.filter(isReady).length;
  let now = active.length;
  let failure: string | undefined;
  const waits: number[] = [];
  const remove = (surplus: readonly Admitted<Pod>[]): void => {
    deletePods(job, surplus, context);
    now -= surplus.length;
    ready -= surplus.filter(isReady).length;
  };
  if (outcome !== undefined) {
    remove(active);
    const remaining = context.store.controlledBy('Pod', job.metadata.uid).some((pod) => isActive(pod) || isEnding(pod));
    conditions = withOutcome(conditions, outcome, !remaining, clock.timestamp);
    if (!remaining) {
      if (outcome.ok) context.event('Normal', 'Completed', 'Job completed', job);
      else context.event('Warning', outcome.reason, outcome.message, job);
    }
  } else if (suspended) remove(active);
  else if (job.metadata.deletionTimestamp === undefined) {
    const wanted = wantedActive(job, active.length, counted);
    const waiting = job.spec?.podReplacementPolicy === 'Failed' ? pods.filter(isEnding).length : 0;
    const missing = wanted - active.length - waiting;
    const delay = backoffLeft(counted, clock.now);
    if (missing < 0) remove(inDeletionOrder(active, active, clock.now).slice(0, -missing));
    else if (missing > 0 && delay > 0) waits.push(delay);
    else if (missing > 0) {
      failure = createPods(job, pods, counted.completed, missing, context);
      now = context.store.controlledBy('Pod', job.metadata.uid).filter(isActive).length;
    }
  }
  const terminating = context.store.controlledBy('Pod', job.metadata.uid).filter(isEnding).length;
  const isComplete = conditionOf(conditions, 'Complete')?.status === 'True';
  const status: JobStatus = {
    ...(started.status?.startTime && { startTime: started.status.startTime }),
    ...(isComplete && { completionTime: clock.timestamp }),
    ...(now > 0 && { active: now }),
    ready,
    terminating,
    ...(counted.succeeded > 0 && { succeeded: counted.succeeded }),
    ...(counted.failed > 0 && { failed: counted.failed }),
    ...(counted.completed.size > 0 && { completedIndexes: formatIndexes(counted.completed) }),
    uncountedTerminatedPods: {},
    ...(conditions?.length && { conditions }),
  };
  api.updateStatus(job, status);
  const { activeDeadlineSeconds } = job.spec ?? {};
  if (activeDeadlineSeconds !== undefined && outcome === undefined && !suspended) {
    waits.push(Math.max(0, activeDeadlineSeconds - (clock.now - Date.parse(startTime ?? '')) / 1000));
  }
  if (failure !== undefined) context.retry(key);
  else if (waits.length > 0) context.after(Math.min(...waits), key);
};

/** Deletes a Job that ended `ttlSecondsAfterFinished` ago. */
const expire = (key: string, job: Admitted<Job>, { api, clock, after }: ControllerContext): void => {
  const ttl = job.spec?.ttlSecondsAfterFinished;
  const end = conditionOf(job.status?.conditions, 'Complete') ?? conditionOf(job.status?.conditions, 'Failed');
  if (ttl === undefined || job.metadata.deletionTimestamp !== undefined) return;
  const left = ttl - (clock.now - Date.parse(end?.lastTransitionTime ?? '')) / 1000;
  if (left > 0) after(left, key);
  else api.delete(refOf(job), { propagation: 'Foreground' });
};

/** Runs the Pods of a Job to completion. */
export const jobController: Controller = {
  name: 'job-controller',
  kinds: ['Job', 'Pod'],
  keysFor: (change, store) => (change.object.kind === 'Pod' ? keysOfPods('Job', change, store) : change.object.metadata.uid),
  reconcile: (key, context) => {
    const job = objectOf<Job>(context.store, key);
    const managedElsewhere = job?.spec?.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller';
    if (job !== undefined && !managedElsewhere) reconcileJob(key, job, context);
  },
};
