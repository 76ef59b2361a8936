import type { Pod, PodSpec } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf } from '../api/object.js';
import { formatQuantity, quantityOf } from '../api/quantity.js';
import type { Cluster } from '../cluster/cluster.js';
import { requestsOf } from '../scheduler/pod-requests.js';
import { allocatableOf, type Resource } from '../scheduler/resource.js';

/** An amount in the scheduler's units: millicores, bytes, pieces. */
export const amountOf = (resources: Resource, name: string): number => {
  switch (name) {
    case 'cpu':
      return resources.milliCPU;
    case 'memory':
      return resources.memory;
    case 'ephemeral-storage':
      return resources.ephemeralStorage;
    default:
      return resources.scalars.get(name) ?? 0;
  }
};

/** What a Pod asks for of a resource, in the scheduler's units. */
export const requestOf = (spec: PodSpec | undefined, resource: string): number =>
  spec === undefined ? 0 : amountOf(requestsOf(spec), resource);

/** An amount as people write it: `1500m`, `2Gi`, `3`. Bytes are rounded down to whole Mi. */
export const writeAmount = (resource: string, amount: number): string => {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return String(amount);
  const mebi = 2 ** 20;
  return amount < mebi
    ? String(Math.floor(amount))
    : formatQuantity(quantityOf(BigInt(Math.floor(amount / mebi) * mebi), 'BinarySI'));
};

/** What is free of a resource on one node, and who holds the rest, largest first. */
export interface Free {
  readonly node: string;
  readonly free: number;
  readonly heldBy: readonly { readonly object: ObjectRef; readonly amount: number }[];
}

const isFinished = (pod: Admitted<Pod>): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** The one of these nodes that has most of a resource free. */
export const mostFree = (cluster: Cluster, nodes: readonly string[], resource: string): Free | undefined => {
  const held = new Map<string, { readonly object: ObjectRef; readonly amount: number }[]>(nodes.map((node) => [node, []]));
  for (const pod of cluster.list('Pod')) {
    const amount = requestOf(pod.spec, resource);
    if (amount > 0 && !isFinished(pod)) held.get(pod.spec?.nodeName ?? '')?.push({ object: refOf(pod), amount });
  }
  let best: Free | undefined;
  for (const node of cluster.list('Node')) {
    const heldBy = held.get(node.metadata.name);
    if (heldBy === undefined) continue;
    const all = amountOf(allocatableOf(node.status?.allocatable ?? {}), resource);
    const free = heldBy.reduce((rest, { amount }) => rest - amount, all);
    if (best === undefined || free > best.free)
      best = { node: node.metadata.name, free, heldBy: heldBy.sort((a, b) => b.amount - a.amount) };
  }
  return best;
};

/** The most that one node offers of a resource, empty. */
export const largestNode = (cluster: Cluster, resource: string): number =>
  Math.max(0, ...cluster.list('Node').map((node) => amountOf(allocatableOf(node.status?.allocatable ?? {}), resource)));
