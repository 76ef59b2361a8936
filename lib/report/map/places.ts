import type { Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { PodClass } from '../../network/map/classes.js';
import type { NetworkMap } from '../../network/map/map.js';

/** One row of the map: Pods of a workload that nothing in the network tells apart. */
export interface Place {
  /** `shop/web`; what else it takes to be the only one of that name stands behind it. */
  readonly name: string;
  readonly namespace: string;
  readonly workload: ObjectRef;
  /** How many workloads like this one stand in the same row. */
  readonly more: number;
  readonly of: PodClass;
  readonly pods: number;
}

/** A class of more workloads than this (Pods without a controller, mostly) is one row. */
const mostWorkloads = 20;

const isLess = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The controller that an author wrote: a CronJob stands behind the Jobs that it made. */
const rootOf = (cluster: Cluster, ref: ObjectRef): ObjectRef => {
  const object = cluster.get(ref);
  return object === undefined ? ref : refOf(cluster.controllerOf(object));
};

const rowsOf = (cluster: Cluster, of: PodClass): readonly Omit<Place, 'name'>[] => {
  const roots = new Map<string, { workload: ObjectRef; pods: number }>();
  for (const { ref, pods } of of.workloads) {
    const workload = of.workloads.length > mostWorkloads ? ref : rootOf(cluster, ref);
    const known = roots.get(refKey(workload));
    if (known === undefined) roots.set(refKey(workload), { workload, pods });
    else known.pods += pods;
  }
  const { namespace } = of;
  const all = [...roots.values()];
  const [first] = all;
  if (first !== undefined && all.length > mostWorkloads)
    return [{ namespace, workload: first.workload, more: all.length - 1, of, pods: of.pods }];
  return all.map(({ workload, pods }) => ({ namespace, workload, more: 0, of, pods }));
};

/** Rows in the order of their names. What every cluster has of its own accord is left out. */
export const placesOf = (cluster: Cluster, map: NetworkMap): readonly Place[] => {
  const rows = map.classes.filter(({ sample }) => !cluster.isBuiltIn(refOf(sample))).flatMap((each) => rowsOf(cluster, each));
  const named = new Map<string, { readonly kinds: Set<string>; readonly keys: Set<string>; count: number }>();
  const plain = ({ workload, namespace }: Omit<Place, 'name'>): string => `${namespace}/${workload.name}`;
  for (const row of rows) {
    const same = named.get(plain(row)) ?? { kinds: new Set(), keys: new Set(), count: 0 };
    named.set(plain(row), same);
    same.kinds.add(row.workload.kind);
    same.keys.add(refKey(row.workload));
    same.count++;
  }
  return rows
    .map((row): Place => {
      const { workload, of } = row;
      const same = named.get(plain(row));
      const marks = [
        ...(same !== undefined && same.keys.size > 1 ? [workload.kind] : []),
        ...(same !== undefined && same.count > same.keys.size ? [`as ${of.sample.metadata.name}`] : []),
        ...(row.more > 0 ? [`and ${row.more} more`] : []),
      ];
      return { ...row, name: marks.length === 0 ? plain(row) : `${plain(row)} (${marks.join(', ')})` };
    })
    .sort((a, b) => isLess(a.name, b.name));
};

/** The rows of Pods. */
export const placeFinder = (cluster: Cluster, map: NetworkMap, places: readonly Place[]) => {
  const byClass = new Map<PodClass, Place[]>();
  for (const place of places) byClass.set(place.of, [...(byClass.get(place.of) ?? []), place]);
  return (pod: Admitted<Pod>): Place | undefined => {
    const of = map.classOf(pod);
    const same = (of && byClass.get(of)) ?? [];
    const root = same.length > 1 ? refKey(refOf(cluster.controllerOf(pod))) : '';
    return same.find(({ workload }) => refKey(workload) === root) ?? same[0];
  };
};
