import type { DaemonSet, Pod } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { scaledValue } from '../percent.js';
import { isAvailable, isTerminating } from '../pods.js';
import { revisionLabel } from '../revisions.js';

export interface Update {
  readonly create: readonly string[];
  readonly delete: readonly Admitted<Pod>[];
}

/** The Pod of the current revision on a node and the one of an earlier; undefined where there are more than these. */
const pairOn = (
  pods: readonly Admitted<Pod>[],
  hash: string,
): { readonly fresh?: Admitted<Pod>; readonly old?: Admitted<Pod> } | undefined => {
  let fresh: Admitted<Pod> | undefined;
  let old: Admitted<Pod> | undefined;
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    if (pod.metadata.labels?.[revisionLabel] === hash) {
      if (fresh !== undefined) return undefined;
      fresh = pod;
    } else {
      if (old !== undefined) return undefined;
      old = pod;
    }
  }
  return { ...(fresh && { fresh }), ...(old && { old }) };
};

/** How far a rolling update may go on, one Pod down at most as `maxUnavailable` says, or one more as `maxSurge` says. */
export const rollingUpdate = (
  set: DaemonSet,
  podsByNode: ReadonlyMap<string, readonly Admitted<Pod>[]>,
  desired: number,
  hash: string,
  now: number,
): Update => {
  const { maxSurge = 0, maxUnavailable = 1 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, desired, Math.ceil);
  const allowed = scaledValue(maxUnavailable, desired, Math.ceil);
  const available = (pod: Pod): boolean => isAvailable(pod, set.spec?.minReadySeconds ?? 0, now);
  return surge === 0 ? replace(podsByNode, hash, allowed, available) : exceed(podsByNode, hash, surge, available);
};

/** Old Pods go first, new ones come when they are gone. */
const replace = (
  podsByNode: ReadonlyMap<string, readonly Admitted<Pod>[]>,
  hash: string,
  allowed: number,
  available: (pod: Pod) => boolean,
): Update => {
  let unavailable = 0;
  const broken: Admitted<Pod>[] = [];
  const candidates: Admitted<Pod>[] = [];
  for (const pods of podsByNode.values()) {
    const pair = pairOn(pods, hash);
    const { fresh, old } = pair ?? {};
    if (pair === undefined || (fresh === undefined) === (old === undefined)) unavailable++;
    else if (fresh !== undefined) unavailable += available(fresh) ? 0 : 1;
    else if (old !== undefined && !available(old)) broken.push(old);
    else if (old !== undefined) candidates.push(old);
  }
  // A Pod that is down already costs nothing to replace, but it counts.
  const room = Math.max(0, allowed - unavailable - broken.length);
  return { create: [], delete: [...broken, ...candidates.slice(0, room)] };
};

/** New Pods come beside the old ones, which go when they are available. */
const exceed = (
  podsByNode: ReadonlyMap<string, readonly Admitted<Pod>[]>,
  hash: string,
  surge: number,
  available: (pod: Pod) => boolean,
): Update => {
  let surging = 0;
  const broken: string[] = [];
  const candidates: string[] = [];
  const surplus: Admitted<Pod>[] = [];
  for (const [node, pods] of podsByNode) {
    const pair = pairOn(pods, hash);
    const { fresh, old } = pair ?? {};
    if (pair === undefined) surging++;
    else if (old === undefined) continue;
    else if (fresh === undefined) (available(old) ? candidates : broken).push(node);
    else if (available(fresh)) surplus.push(old);
    else surging++;
  }
  return { create: [...broken, ...candidates.slice(0, Math.max(0, surge - surging))], delete: surplus };
};
