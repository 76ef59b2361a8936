import type { Headroom, PendingPods, PoolSize, Utilization } from '../../cluster/capacity.js';

/** What was asked of one App's cluster, and the answer. */
export interface CapacityAnswer {
  /** What Pods request of each pool and node. */
  readonly utilization?: Utilization;
  /** Pods without a node. */
  readonly pending?: readonly PendingPods[];
  /** Which sizes of each pool would do. */
  readonly pools?: readonly PoolSize[];
  /** How many more replicas of the workload fit that was asked about. */
  readonly headroom?: Headroom;
}

/**
 * `plimsoll capacity --format json`, version 1. Within a version fields are only ever added. Amounts are integers: millicores of `cpu`, bytes of
 * memory and storage, else pieces.
 */
export interface CapacityReport {
  readonly version: 1;
  readonly apps: readonly (CapacityAnswer & {
    /** Folder of the App; absent for the only one. */
    readonly app?: string;
  })[];
}

/** Capacity for programs, in a fixed shape. */
export const capacityReport = (
  apps: readonly { readonly title?: string | undefined; readonly answer: CapacityAnswer }[],
): CapacityReport => ({
  version: 1,
  apps: apps.map(({ title, answer }) => ({ ...(title !== undefined && { app: title }), ...answer })),
});
