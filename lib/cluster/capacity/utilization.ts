import { amountOf } from '../../scheduler/amount.js';
import type { NodeInfo } from '../../scheduler/node-info.js';
import type { Resource } from '../../scheduler/resource.js';
import type { Inventory } from './inventory.js';
import { loadsOf } from './loads.js';
import type { Pool } from './pools.js';

/** What Pods request of what there is: millicores of `cpu`, bytes of memory and storage, else pieces. */
export interface Share {
  readonly requested: number;
  readonly allocatable: number;
}

/** By resource: `cpu`, `memory`, `ephemeral-storage`, `pods`, then extended resources and huge pages by name. */
export type Shares = Readonly<Record<string, Share>>;

export interface NodeUtilization {
  readonly name: string;
  readonly pool: string;
  /** Cordoned. */
  readonly unschedulable: boolean;
  readonly resources: Shares;
}

export interface PoolUtilization {
  readonly name: string;
  readonly nodes: number;
  /** Sums over its nodes. */
  readonly resources: Shares;
}

const native = ['cpu', 'memory', 'ephemeral-storage'];

const namesOf = (...resources: readonly Resource[]): readonly string[] => [
  ...native,
  ...[...new Set(resources.flatMap(({ scalars }) => [...scalars.keys()]))].sort(),
];

const sharesOf = ({ allocatable, requested, pods }: NodeInfo): Shares => {
  const share = (name: string): readonly [string, Share] => [
    name,
    { requested: amountOf(requested, name), allocatable: amountOf(allocatable, name) },
  ];
  const [cpu, memory, storage, ...others] = namesOf(allocatable, requested).map(share);
  const count: readonly [string, Share] = ['pods', { requested: pods.size, allocatable: allocatable.pods }];
  return Object.fromEntries([cpu, memory, storage, count, ...others].filter((entry) => entry !== undefined));
};

const sumOf = (all: readonly Shares[]): Shares => {
  const sums = new Map<string, Share>();
  for (const shares of all) {
    for (const [name, { requested, allocatable }] of Object.entries(shares)) {
      const sum = sums.get(name) ?? { requested: 0, allocatable: 0 };
      sums.set(name, { requested: sum.requested + requested, allocatable: sum.allocatable + allocatable });
    }
  }
  return Object.fromEntries(sums);
};

export interface Utilization {
  readonly pools: readonly PoolUtilization[];
  readonly nodes: readonly NodeUtilization[];
}

/** What Pods request of each node and pool. */
export const utilizationOf = ({ nodes, bound }: Inventory, pools: readonly Pool[]): Utilization => {
  const loads = loadsOf(nodes, bound);
  const byPool = pools.map((pool) =>
    pool.nodes.flatMap((node): readonly NodeUtilization[] => {
      const load = loads.get(node.metadata.name);
      return load === undefined
        ? []
        : [{ name: load.name, pool: pool.name, unschedulable: load.unschedulable, resources: sharesOf(load) }];
    }),
  );
  return {
    pools: pools.map(({ name }, index) => {
      const own = byPool[index] ?? [];
      return { name, nodes: own.length, resources: sumOf(own.map(({ resources }) => resources)) };
    }),
    nodes: byPool.flat(),
  };
};
