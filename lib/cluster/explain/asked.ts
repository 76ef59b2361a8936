import type { Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import { Sandbox } from '../../scheduler/explain/sandbox.js';
import { defaultProfile, type Profile } from '../../scheduler/profile.js';
import { Daemons } from '../capacity/daemons.js';
import { type Inventory, inventoryOf } from '../capacity/inventory.js';
import { type Pool, poolsIn } from '../capacity/pools.js';
import type { Cluster } from '../cluster.js';
import { schedulerProfiles } from '../scheduler-profiles.js';

/** A settled cluster that questions are asked about; what they share is made once. */
export interface Asked {
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  readonly pools: readonly Pool[];
  /** What a pool has more when it has so many nodes more: nodes, and what comes with each. */
  growth(pool: Pool, count: number): readonly Admitted[];
  profileOf(pod: Admitted<Pod>): Profile;
  /** Position of the Pod in the order in which Pods were bound; undefined for one that came with its node. */
  boundAt(ref: ObjectRef): number | undefined;
  /** The Pods that were bound here, the last first. */
  readonly boundLast: readonly ObjectRef[];
}

const onNode = (pod: Admitted<Pod>, nodeName: string): Admitted => ({ ...pod, spec: { ...pod.spec, nodeName } }) as Admitted;

const make = (cluster: Cluster): Asked => {
  let inventory: Inventory | undefined;
  let sandbox: Sandbox | undefined;
  let pools: readonly Pool[] | undefined;
  let daemons: Daemons | undefined;
  let bound: Map<string, number> | undefined;
  let boundLast: readonly ObjectRef[] | undefined;
  const grown = new Map<Pool, (readonly Admitted[])[]>();
  const known = (): Inventory => {
    inventory ??= inventoryOf(cluster);
    return inventory;
  };
  const asked: Asked = {
    cluster,
    get sandbox() {
      const { others, nodes, bound: running, pending } = known();
      sandbox ??= new Sandbox(
        [...others, ...nodes, ...running, ...pending],
        schedulerProfiles(cluster.config)?.profiles ?? [defaultProfile],
      );
      return sandbox;
    },
    get pools() {
      pools ??= poolsIn(known());
      return pools;
    },
    growth(pool, count) {
      const all = grown.get(pool) ?? [];
      grown.set(pool, all);
      daemons ??= new Daemons(cluster);
      for (let index = all.length; index < count; index++) {
        const { node, company } = pool.grow(index);
        all.push([node, ...company, ...daemons.on(node).map((pod) => onNode(pod, node.metadata.name))]);
      }
      return all.slice(0, count).flat();
    },
    boundAt(ref) {
      bound ??= new Map(
        cluster.events
          .filter(({ reason, component }) => reason === 'Scheduled' && component === 'default-scheduler')
          .map(({ object }, index) => [refKey(object), index]),
      );
      return bound.get(refKey(ref));
    },
    get boundLast() {
      const at = (ref: ObjectRef): number => asked.boundAt(ref) ?? -1;
      boundLast ??= cluster
        .list('Pod')
        .map(refOf)
        .filter((ref) => at(ref) >= 0)
        .sort((a, b) => at(b) - at(a));
      return boundLast;
    },
    profileOf: (pod) => asked.sandbox.profiles.of(pod) ?? defaultProfile,
  };
  return asked;
};

/** By what `list` returns, which is another list as soon as anything in the cluster changes. */
const made = new WeakMap<readonly Admitted[], Asked>();

export const askedOf = (cluster: Cluster): Asked => {
  const key = cluster.list('Pod');
  const known = made.get(key);
  if (known !== undefined) return known;
  const asked = make(cluster);
  made.set(key, asked);
  return asked;
};
