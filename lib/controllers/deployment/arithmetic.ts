import type { Deployment, ReplicaSet } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { scaledValue } from '../percent.js';

export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

export const replicasOf = (object: Deployment | ReplicaSet): number => object.spec?.replicas ?? 1;

/** Pods above the wanted number during a rollout; percentages round up. */
export const maxSurge = ({ spec }: Deployment): number => {
  const { type, rollingUpdate } = spec?.strategy ?? {};
  return type === 'Recreate' ? 0 : scaledValue(rollingUpdate?.maxSurge ?? '25%', spec?.replicas ?? 1, Math.ceil);
};

/** Pods below the wanted number during a rollout; percentages round down. One, if the surge is zero as well. */
export const maxUnavailable = (deployment: Deployment): number => {
  const { type, rollingUpdate } = deployment.spec?.strategy ?? {};
  const replicas = replicasOf(deployment);
  if (type === 'Recreate' || replicas <= 0) return 0;
  const unavailable = scaledValue(rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  return Math.min(unavailable === 0 && maxSurge(deployment) === 0 ? 1 : unavailable, replicas);
};

export const totalReplicas = (sets: readonly ReplicaSet[]): number => {
  let sum = 0;
  for (const set of sets) sum += replicasOf(set);
  return sum;
};

/** What the status of several ReplicaSets adds up to. */
interface Counts {
  readonly wanted: number;
  readonly replicas: number;
  readonly ready: number;
  readonly available: number;
  readonly terminating: number;
}

export const countsOf = (sets: readonly ReplicaSet[]): Counts => {
  let wanted = 0;
  let replicas = 0;
  let ready = 0;
  let available = 0;
  let terminating = 0;
  for (const { spec, status } of sets) {
    wanted += spec?.replicas ?? 1;
    replicas += status?.replicas ?? 0;
    ready += status?.readyReplicas ?? 0;
    available += status?.availableReplicas ?? 0;
    terminating += status?.terminatingReplicas ?? 0;
  }
  return { wanted, replicas, ready, available, terminating };
};

/** How many replicas the new ReplicaSet may have now. */
export const newReplicas = (deployment: Deployment, sets: readonly ReplicaSet[], current: number): number => {
  const wanted = replicasOf(deployment);
  if (deployment.spec?.strategy?.type === 'Recreate' || (sets.length === 0 && current === 0)) return wanted;
  const room = wanted + maxSurge(deployment) - totalReplicas(sets);
  return room <= 0 ? current : current + Math.min(room, wanted - current);
};

const round = (value: number): number => (value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5));

/** How much of a change of size falls to one ReplicaSet, in proportion to its own size. */
const proportion = (set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number => {
  const size = replicasOf(set);
  if (size === 0 || toAdd === 0 || toAdd === added) return 0;
  const wanted = replicasOf(deployment);
  if (wanted === 0) return toAdd > 0 ? Math.min(-size, toAdd - added) : Math.max(-size, toAdd - added);
  const before = Number(set.metadata?.annotations?.[maxAnnotation]) || (deployment.status?.replicas ?? 0);
  const fraction = before === 0 ? 0 : round((size * (wanted + maxSurge(deployment))) / before) - size;
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
};

/** Sizes of several active ReplicaSets after a change of `replicas` in the middle of a rollout; what rounding leaves goes to the largest. */
export const proportionalSizes = (
  deployment: Deployment,
  sets: readonly Admitted<ReplicaSet>[],
): readonly { readonly set: Admitted<ReplicaSet>; readonly size: number }[] => {
  const wanted = replicasOf(deployment);
  const toAdd = (wanted > 0 ? wanted + maxSurge(deployment) : 0) - totalReplicas(sets);
  const newer = (a: Admitted<ReplicaSet>, b: Admitted<ReplicaSet>): number =>
    (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') || revisionOf(b) - revisionOf(a);
  const ordered = [...sets].sort((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? newer(a, b) : newer(b, a)));
  let added = 0;
  const sizes = ordered.map((set) => {
    const share = proportion(set, deployment, toAdd, added);
    added += share;
    return { set, size: replicasOf(set) + share };
  });
  return sizes.map(({ set, size }, index) => ({
    set,
    size: index === 0 && toAdd !== 0 ? Math.max(0, size + toAdd - added) : size,
  }));
};

export const revisionAnnotation = 'deployment.kubernetes.io/revision';

export const revisionOf = ({ metadata: { annotations } }: Admitted): number =>
  Number(annotations?.[revisionAnnotation] ?? 0) || 0;

/** The largest 32-bit integer means no deadline. */
export const hasProgressDeadline = (deployment: Deployment): boolean => {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== 2 ** 31 - 1;
};
