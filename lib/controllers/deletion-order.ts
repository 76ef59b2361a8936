import type { Pod } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { isReady, readySince } from './pods.js';

const phaseRank = (pod: Pod): number => (pod.status?.phase === 'Pending' ? 0 : pod.status?.phase === 'Unknown' ? 1 : 2);

const deletionCost = (pod: Admitted<Pod>): number =>
  Number.parseInt(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '0', 10) || 0;

const restarts = (pod: Pod): number => Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));

/** Ages count by their order of magnitude (KEP-2185), so that scaling down does not always hit the youngest. */
const magnitude = (since: number, now: number): number => (now > since ? Math.floor(Math.log2((now - since) * 1e6)) : -1);

/**
 * Which of a controller's Pods goes first when it scales down (`ActivePodsWithRanks`): unassigned, pending, not ready, cheap to
 * delete, crowded on its node, ready for the shorter time, restarted more often, younger; then by uid.
 */
export const inDeletionOrder = (
  pods: readonly Admitted<Pod>[],
  related: readonly Admitted<Pod>[],
  now: number,
): readonly Admitted<Pod>[] => {
  const onNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const crowd = (pod: Pod): number => onNode.get(pod.spec?.nodeName ?? '') ?? 0;
  const compare = (a: Admitted<Pod>, b: Admitted<Pod>): number => {
    const assigned = Number(a.spec?.nodeName !== undefined) - Number(b.spec?.nodeName !== undefined);
    if (assigned !== 0) return assigned;
    const order =
      phaseRank(a) - phaseRank(b) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      deletionCost(a) - deletionCost(b) ||
      crowd(b) - crowd(a);
    if (order !== 0) return order;
    const byUid = a.metadata.uid < b.metadata.uid ? -1 : 1;
    const [readyA, readyB] = [readySince(a), readySince(b)];
    if (readyA !== undefined && readyB !== undefined && readyA !== readyB)
      return magnitude(readyA, now) - magnitude(readyB, now) || byUid;
    if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a);
    const [createdA, createdB] = [Date.parse(a.metadata.creationTimestamp ?? ''), Date.parse(b.metadata.creationTimestamp ?? '')];
    if (createdA !== createdB) return magnitude(createdA, now) - magnitude(createdB, now) || byUid;
    return byUid;
  };
  return [...pods].sort(compare);
};
