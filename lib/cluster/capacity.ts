import type { Pod } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../api/object.js';
import { getOrInsert } from '../scheduler/get-or-insert.js';
import { belongsToNode, inventoryOf } from './capacity/inventory.js';
import { Packing } from './capacity/packing.js';
import { poolsIn } from './capacity/pools.js';
import { type PoolSize, poolSizeOf } from './capacity/sizes.js';
import { type Utilization, utilizationOf } from './capacity/utilization.js';
import type { Cluster } from './cluster.js';

export { type Headroom, type HeadroomOptions, headroom } from './capacity/headroom.js';
export type { Bottleneck, Limit, Shortage } from './capacity/limit.js';
export type { Blocked } from './capacity/packing.js';
export type { PoolSize, Size } from './capacity/sizes.js';
export type { NodeUtilization, PoolUtilization, Share, Shares, Utilization } from './capacity/utilization.js';

/** What Pods request of each node and pool of a settled cluster. Nodes of a snapshot form a pool where labels, taints and shape are the same. */
export const utilization = (cluster: Cluster): Utilization => {
  const inventory = inventoryOf(cluster);
  return utilizationOf(inventory, poolsIn(inventory));
};

/** Pods of one workload that have no node for the same reason. */
export interface PendingPods {
  readonly workload: ObjectRef;
  readonly pods: number;
  /** kube-scheduler's. */
  readonly message: string;
}

/** What waits for a node in a settled cluster. */
export const pendingPods = (cluster: Cluster): readonly PendingPods[] => {
  const groups = new Map<string, { readonly workload: ObjectRef; pods: number; readonly message: string }>();
  for (const pod of inventoryOf(cluster).pending) {
    const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    const message = condition?.message ?? 'waiting for a scheduler';
    const workload = refOf(cluster.controllerOf(pod));
    getOrInsert(groups, `${refKey(workload)} ${message}`, () => ({ workload, pods: 0, message })).pods++;
  }
  return [...groups.values()];
};

export interface PoolSizesOptions {
  /** Only these pools. */
  readonly pools?: readonly string[] | undefined;
  /** How many Pods are placed at most for all tries together; default 1,000,000. */
  readonly limit?: number | undefined;
  /** Called before each size is tried. */
  readonly progress?: ((pool: string, nodes: number) => void) | undefined;
}

/**
 * How many nodes of each pool it takes for all Pods of a settled cluster, those without a node included, the other pools being what they are.
 * Every size is tried with the scheduler, and so is the one below the answer. New nodes get their DaemonSets' Pods first.
 */
export const poolSizes = (
  cluster: Cluster,
  { pools, limit = 1_000_000, progress }: PoolSizesOptions = {},
): readonly PoolSize[] => {
  const inventory = inventoryOf(cluster);
  const packing = new Packing(inventory, limit, progress);
  return poolsIn(inventory)
    .filter(({ name }) => pools?.includes(name) !== false)
    .map((pool) => {
      const own = new Set(pool.nodes.map(({ metadata }) => metadata.name));
      const isHosted = (pod: Admitted<Pod>): boolean => own.has(pod.spec?.nodeName ?? '') && !belongsToNode(pod);
      return poolSizeOf(packing, pool, [...inventory.bound.filter(isHosted), ...inventory.pending]);
    });
};
