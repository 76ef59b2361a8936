import type { HorizontalPodAutoscaler, Pod, StatefulSet } from '../../api/generated/types.js';
import { type Admitted, groupOf, type ObjectRef, refOf } from '../../api/object.js';
import type { Stored } from '../../apiserver/kinds.js';
import type { Decision } from '../../scheduler/decision.js';
import type { Cluster } from '../cluster.js';
import { bottlenecksOf } from './bottlenecks.js';
import { Daemons } from './daemons.js';
import { inventoryOf } from './inventory.js';
import type { Limit } from './limit.js';
import { type Pool, poolsIn } from './pools.js';
import { quotaLimits } from './quota.js';
import { hasOwnClaims, type MakeReplica, replicasNow, replicasOf } from './replica.js';
import { Trial } from './trial.js';

/** How many more replicas of a workload fit, and what limits them. */
export interface Headroom {
  readonly workload: ObjectRef;
  /** Replicas that there are, and how many of them the scheduler has not placed. */
  readonly replicas: number;
  readonly pending: number;
  /** How many more can be had. */
  readonly more: number;
  /** What binds first. */
  readonly limitedBy: Limit;
  /** Everything that limits, tightest first. */
  readonly limits: readonly Limit[];
  /** How many more have room with one node more of a pool, if asked for. */
  readonly withOneNodeMore?: readonly { readonly pool: string; readonly more: number }[] | undefined;
}

export interface HeadroomOptions {
  /** How many replicas are tried at most; default 100,000, and 10,000 of those that have claims of their own. */
  readonly limit?: number | undefined;
  /** Whether to try also how many have room with one node more of each pool. */
  readonly withOneNodeMore?: boolean | undefined;
  /** Called now and then with how many replicas have been placed. */
  readonly progress?: ((placed: number) => void) | undefined;
}

const defaultLimit = 100_000;
const limitOfClaimed = 10_000;
const perProgress = 1000;

/** Where further replicas went, and why there is no place for the next one. */
interface Placing {
  readonly count: number;
  /** The next one: a Pod that fits nowhere, or why the server refuses it. */
  readonly next?: { readonly pod: Admitted<Pod>; readonly decision: Decision } | string | undefined;
}

/** Why the scheduler does not look for a node at all. */
const notScheduled = ({ spec }: Admitted<Pod>, message: string, outcome: Decision['outcome']): string => {
  if (outcome === 'ignored') return `the scheduler ${spec?.schedulerName} places it, which is not simulated`;
  return outcome === 'preassigned' ? `it names its node ${spec?.nodeName} itself` : message;
};

/** Places replica after replica until one does not fit; `from` counts those that were made before. */
const placeReplicas = (
  trial: Trial,
  make: MakeReplica,
  from: number,
  limit: number,
  progress?: (placed: number) => void,
): Placing => {
  for (let count = 0; count < limit; count++) {
    if (count % perProgress === 0) progress?.(count);
    const pod = make(from + count, trial);
    if (typeof pod === 'string') return { count, next: pod };
    const decision = trial.place(pod);
    const { outcome, message } = decision;
    if (outcome === 'unschedulable' || outcome === 'preempting') return { count, next: { pod, decision } };
    if (outcome !== 'scheduled') return { count, next: notScheduled(pod, message ?? outcome, outcome) };
  }
  return { count: limit };
};

const schedulingLimit = (
  cluster: Cluster,
  pools: readonly Pool[],
  trial: Trial,
  { count: more, next }: Placing & { readonly next: { readonly pod: Admitted<Pod>; readonly decision: Decision } },
): Limit => {
  const { pod, decision } = next;
  const names = new Map(pools.flatMap(({ name, nodes }) => nodes.map((node) => [node.metadata.name, name])));
  const { postFilter } = decision;
  return {
    kind: 'scheduling',
    more,
    message: decision.message ?? '',
    bottlenecks: bottlenecksOf(pod, trial, cluster, (node) => names.get(node) ?? ''),
    ...(postFilter?.nominated && {
      evicts: {
        node: postFilter.nominated,
        pods: postFilter.victims ?? [],
        pdbViolations: postFilter.candidates?.find(({ node }) => node === postFilter.nominated)?.pdbViolations ?? 0,
      },
    }),
  };
};

const isTarget = ({ spec }: HorizontalPodAutoscaler, { apiVersion, kind, name }: ObjectRef): boolean =>
  spec?.scaleTargetRef.kind === kind &&
  spec.scaleTargetRef.name === name &&
  groupOf(spec.scaleTargetRef.apiVersion ?? apiVersion) === groupOf(apiVersion);

const autoscalerLimits = (cluster: Cluster, workload: ObjectRef, replicas: number): readonly Limit[] =>
  cluster
    .list('HorizontalPodAutoscaler', { namespace: workload.namespace })
    .filter((autoscaler) => isTarget(autoscaler, workload))
    .map((autoscaler): Limit => {
      const maxReplicas = autoscaler.spec?.maxReplicas ?? 0;
      return { kind: 'autoscaler', more: Math.max(0, maxReplicas - replicas), autoscaler: refOf(autoscaler), maxReplicas };
    });

/** Where the tightest of several are equal, what the author has set is told before what the nodes lack. */
const order: readonly Limit['kind'][] = ['daemon', 'refused', 'autoscaler', 'quota', 'scheduling', 'cap'];

const byTightness = (a: Limit, b: Limit): number => a.more - b.more || order.indexOf(a.kind) - order.indexOf(b.kind);

/** The objects that one replica consists of: the Pod, and the claims that are made for it. */
const partsOf = (pod: Admitted<Pod>, { cache }: Trial, { kind, spec }: Stored): readonly Stored[] => {
  const templates = kind === 'StatefulSet' ? ((spec as StatefulSet['spec'])?.volumeClaimTemplates ?? []) : [];
  const own = new Set(templates.map(({ metadata }) => metadata?.name));
  const claims = (pod.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim }) => {
    const key = `${pod.metadata.namespace}/${persistentVolumeClaim?.claimName}`;
    return (own.has(name) ? cache.lists['/PersistentVolumeClaim'].get(key) : undefined) ?? [];
  });
  return [pod, ...claims] as readonly Admitted[] as readonly Stored[];
};

/** How many further replicas have room with one node more of a pool; the trial is left as it was. */
const gainOf = (trial: Trial, make: MakeReplica, pool: Pool, daemons: Daemons, from: number, limit: number): number => {
  const before = trial.placed.length;
  const { node, company } = pool.grow(0);
  for (const object of [node, ...company]) trial.add(object);
  for (const pod of daemons.on(node)) trial.place(pod);
  const { count } = placeReplicas(trial, make, from, limit);
  trial.undo(before);
  for (const object of [...company, node]) trial.remove(object);
  return count;
};

/**
 * How many more replicas of a workload fit into a settled cluster, found by placing one after the other with the scheduler until one has no
 * place; and what its quotas and its autoscaler allow. Nobody is evicted, and nothing happens to the cluster.
 *
 * @example
 * const { more, limitedBy } = headroom(cluster, { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' });
 */
export const headroom = (cluster: Cluster, workload: ObjectRef, options: HeadroomOptions = {}): Headroom => {
  const object = cluster.get(workload);
  const { limit = object !== undefined && hasOwnClaims(object) ? limitOfClaimed : defaultLimit } = options;
  const now = replicasNow(cluster, workload);
  const answer = (limits: readonly Limit[]): Headroom => {
    const sorted = limits.toSorted(byTightness);
    const limitedBy = sorted[0] ?? { kind: 'cap', more: limit };
    const pending = now.filter(({ spec }) => spec?.nodeName === undefined).length;
    return { workload, replicas: now.length, pending, more: limitedBy.more, limitedBy, limits: sorted };
  };
  if (object === undefined) return answer([{ kind: 'refused', more: 0, message: 'it does not exist' }]);
  if (object.kind === 'DaemonSet') return answer([{ kind: 'daemon', more: 0 }]);

  const inventory = inventoryOf(cluster);
  const pools = poolsIn(inventory);
  const trial = new Trial(inventory, inventory.nodes, inventory.bound);
  const make = replicasOf(cluster, object);
  const { count, next } = placeReplicas(trial, make, 0, limit, options.progress);
  const limits: Limit[] = [...autoscalerLimits(cluster, workload, now.length)];
  const sample = trial.placed[0] ?? (typeof next === 'object' ? next.pod : undefined);
  if (sample !== undefined) limits.push(...quotaLimits(cluster, partsOf(sample, trial, object), limit));
  if (next === undefined) limits.push({ kind: 'cap', more: count });
  else if (typeof next === 'string') limits.push({ kind: 'refused', more: count, message: next });
  else limits.push(schedulingLimit(cluster, pools, trial, { count, next }));
  if (options.withOneNodeMore !== true || typeof next !== 'object') return answer(limits);
  const daemons = new Daemons(cluster);
  const withOneNodeMore = pools.map((pool) => ({
    pool: pool.name,
    more: gainOf(trial, make, pool, daemons, count, limit - count),
  }));
  return { ...answer(limits), withOneNodeMore };
};
