import type { Pod } from '../../../lib/api/generated/types.js';
import type { Admitted } from '../../../lib/api/object.js';
import type { Names } from './names.js';
import type { Replay } from './replay.js';

const causesOf = (pods: readonly Admitted<Pod>[], names: Names): readonly string[] =>
  pods.flatMap((pod) => {
    if (pod.metadata.deletionTimestamp !== undefined) return [];
    const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (scheduled?.status === 'False') return [`FailedScheduling: ${names.text(scheduled.message ?? '')}`];
    const waiting = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => state?.waiting?.reason ?? []);
    if (waiting.length > 0) return waiting;
    const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    return ready || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed' ? [] : ['pod not ready'];
  });

/** Whether each workload's rollout is over by the rules of `kubectl rollout status`, and what stops it. */
export const rolloutsOf = (replay: Replay, names: Names) => {
  const { store } = replay.plane.api;
  const stuck = (kind: string, name: string, uid: string, extra: readonly string[]) => {
    const pods = store.list('Pod', 'default').filter((pod) => replay.ownersOf(pod).some(({ metadata }) => metadata.uid === uid));
    const blockedBy = [...new Set([...extra, ...causesOf(pods, names)])].sort();
    return { kind, name, state: 'stuck', ...(blockedBy.length > 0 && { blockedBy }) };
  };
  const deployments = store.list('Deployment', 'default').map(({ metadata, spec, status = {} }) => {
    const { name, uid } = metadata;
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
    const late = status.conditions?.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
    const failed = status.conditions?.find(({ type, reason }) => type === 'ReplicaFailure' && reason === 'FailedCreate');
    const done =
      late === undefined &&
      updatedReplicas >= (spec?.replicas ?? 1) &&
      replicas <= updatedReplicas &&
      availableReplicas >= updatedReplicas;
    if (done) return { kind: 'Deployment', name, state: 'complete' };
    if (spec?.paused) return { kind: 'Deployment', name, state: 'paused' };
    const extra = [late, failed].flatMap((condition) =>
      condition === undefined ? [] : [`${condition.reason}: ${names.text(condition.message ?? '')}`],
    );
    return stuck('Deployment', name, uid, extra);
  });
  const statefulSets = store.list('StatefulSet', 'default').map(({ metadata, spec, status }) => {
    const { name, uid } = metadata;
    if (spec?.updateStrategy?.type === 'OnDelete') return { kind: 'StatefulSet', name, state: 'not-applicable' };
    const wanted = spec?.replicas ?? 1;
    const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
    const updated = status?.updatedReplicas ?? 0;
    const done =
      (status?.readyReplicas ?? 0) >= wanted &&
      (partition > 0 ? updated >= wanted - partition : status?.updateRevision === status?.currentRevision);
    return done ? { kind: 'StatefulSet', name, state: 'complete' } : stuck('StatefulSet', name, uid, []);
  });
  const daemonSets = store.list('DaemonSet', 'default').map(({ metadata, spec, status }) => {
    const { name, uid } = metadata;
    if (spec?.updateStrategy?.type === 'OnDelete') return { kind: 'DaemonSet', name, state: 'not-applicable' };
    const wanted = status?.desiredNumberScheduled ?? 0;
    const done = (status?.updatedNumberScheduled ?? 0) >= wanted && (status?.numberAvailable ?? 0) >= wanted;
    return done ? { kind: 'DaemonSet', name, state: 'complete' } : stuck('DaemonSet', name, uid, []);
  });
  return [...deployments, ...statefulSets, ...daemonSets];
};
