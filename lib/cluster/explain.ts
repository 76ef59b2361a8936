import type { Pod } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../api/object.js';
import type { Decision } from '../scheduler/decision.js';
import type { Obstacle } from '../scheduler/explain/explanation.js';
import { answersOf } from '../scheduler/explain/obstacles.js';
import type { TriedChange } from '../scheduler/explain/search.js';
import { getOrInsert } from '../scheduler/get-or-insert.js';
import { PodInfo } from '../scheduler/pod-info.js';
import type { Cluster } from './cluster.js';
import { type Asked, askedOf } from './explain/asked.js';
import { changesFor } from './explain/changes.js';
import type { Explanation, Placement } from './explain/explanation.js';
import { type Placed, placements } from './explain/placement.js';
import { happenedPreemption, wouldPreempt } from './explain/preemption.js';

export type { Explanation, Loss } from './explain/explanation.js';

export interface ExplainOptions {
  /** For Pods with a node: as of when they were placed, or as the cluster stands now. Default: the former, if it can be told. */
  readonly asOf?: Placement['asOf'] | undefined;
}

type Gist = Pick<Explanation, 'outcome' | 'node' | 'message'>;

const gistOf = ({ cluster, sandbox }: Asked, pod: Admitted<Pod>): Gist => {
  const decision = cluster.decisions.get(refKey(refOf(pod)));
  const node = pod.spec?.nodeName;
  // A Pod that every cluster has was there before anyone asked the scheduler.
  if (node !== undefined) return { outcome: decision?.outcome ?? 'preassigned', node };
  // Of a cluster that has not settled the scheduler may not have seen every Pod.
  const { outcome, message } = decision ?? sandbox.decide(pod);
  return { outcome, message };
};

/** Outcomes of Pods that a change could give a node. */
const waitingOutcomes: ReadonlySet<Decision['outcome']> = new Set(['unschedulable', 'preempting', 'gated', 'ignored']);

/** Pods of one workload of which the same is true. */
interface Group {
  readonly gist: Gist;
  readonly pods: Admitted<Pod>[];
}

interface Answering {
  readonly asked: Asked;
  readonly workload: ObjectRef;
  /** Of the first Pod of each group that has a node. */
  placedOf(ref: ObjectRef): Placed | undefined;
}

const nothing: Pick<Explanation, 'obstacles' | 'changes'> = { obstacles: [], changes: [] };

const ofPlaced = ({ asked: { cluster }, placedOf }: Answering, ref: ObjectRef): Partial<Explanation> => ({
  get placement() {
    return placedOf(ref)?.placement;
  },
  get obstacles() {
    return placedOf(ref)?.obstacles ?? [];
  },
  changes: [],
  preemption: happenedPreemption(cluster, ref),
});

const ofWaiting = ({ asked, workload }: Answering, pods: readonly Admitted<Pod>[], first: Admitted<Pod>, { outcome }: Gist) => {
  const isBarred = outcome === 'gated' || outcome === 'ignored';
  let obstacles: readonly Obstacle[] | undefined = isBarred ? [] : undefined;
  let changes: readonly TriedChange[] | undefined = outcome === 'preempting' ? [] : undefined;
  return {
    get obstacles() {
      obstacles ??= answersOf(new PodInfo(first), asked.sandbox.cache, asked.profileOf(first), pods.length).obstacles;
      return obstacles;
    },
    get changes() {
      changes ??= changesFor(asked, workload, pods);
      return changes;
    },
    get preemption() {
      return isBarred ? undefined : (happenedPreemption(asked.cluster, refOf(first)) ?? wouldPreempt(asked, first));
    },
  };
};

/** A group is explained by its first Pod. */
const explanationOf = (answering: Answering, { gist, pods }: Group): Explanation => {
  const [first] = pods;
  const base = { workload: answering.workload, pods: pods.map(refOf), ...gist };
  if (first === undefined || answering.asked.cluster.isBuiltIn(refOf(first))) return { ...base, ...nothing };
  const more =
    gist.outcome === 'scheduled' || gist.node !== undefined
      ? ofPlaced(answering, refOf(first))
      : waitingOutcomes.has(gist.outcome)
        ? ofWaiting(answering, pods, first, gist)
        : nothing;
  // Getters stay getters: what they give is costly to know.
  return Object.defineProperties({ ...nothing, ...base }, Object.getOwnPropertyDescriptors(more));
};

/** What the message says is the same for Pods of one template; claims and ordinals have the Pod's own name in it. */
const alike = ({ outcome, node, message = '' }: Gist): string => `${outcome} ${node ?? ''} ${message}`;

/**
 * Why a Pod, or the Pods of a workload, run where they do or nowhere: one explanation for all Pods of which the same is true, those without a node
 * first. Empty for what has no Pods.
 */
export const explain = (cluster: Cluster, ref: ObjectRef, options: ExplainOptions = {}): readonly Explanation[] => {
  const pods = cluster.podsOf(ref);
  const [first] = pods;
  if (first === undefined) return [];
  const asked = askedOf(cluster);
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    const gist = gistOf(asked, pod);
    getOrInsert(groups, alike(gist), (): Group => ({ gist, pods: [] })).pods.push(pod);
  }
  let placed: ReadonlyMap<string, Placed> | undefined;
  const answering: Answering = {
    asked,
    workload: refOf(cluster.controllerOf(first)),
    placedOf(one) {
      placed ??= placements(
        asked,
        [...groups.values()].flatMap((group) => (waitingOutcomes.has(group.gist.outcome) ? [] : group.pods.slice(0, 1))),
        options.asOf,
      );
      return placed.get(refKey(one));
    },
  };
  const order = ({ gist, pods: [one] }: Group): number =>
    gist.node === undefined || one === undefined ? -1 : (asked.boundAt(refOf(one)) ?? 0);
  return [...groups.values()].sort((a, b) => order(a) - order(b)).map((group) => explanationOf(answering, group));
};
