import type { Cache } from './cache.js';
import type { Cycle } from './cycle.js';
import type { NodeRefusal, PostFilterOutcome, VolumeDecision } from './decision.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';

/** A plugin's Filter with the state that its PreFilter computed for one Pod. */
export interface Filter {
  /** The only nodes that come into question. */
  readonly nodeNames?: ReadonlySet<string> | undefined;
  /** Why the Pod cannot run on the node; undefined when it can. */
  filter(node: NodeInfo): NodeRefusal | undefined;
  /** PreFilterExtensions: what if `added` ran on the node, `removed` did not? Only ever called on a clone. */
  addPod?(added: PodInfo, node: NodeInfo): void;
  removePod?(removed: PodInfo, node: NodeInfo): void;
  /** Needed where addPod and removePod are. */
  clone?(): Filter;
  /** Reserve: what the plugin takes for the Pod on the node it goes to. */
  reserve?(node: NodeInfo): VolumeDecision | undefined;
}

/** A plugin's Score with the state that its PreScore computed for one Pod. */
export interface Score {
  /** An integer; between 0 and 100 unless `normalizeScore` brings it there. */
  score(node: NodeInfo): number;
  /** Rewrites the scores in place; `scores[i]` belongs to `nodes[i]`. */
  normalizeScore?(scores: number[], nodes: readonly NodeInfo[]): void;
}

/** The explicit answers of nodes, and the code of all others. */
export interface NodeRefusals {
  readonly nodes: ReadonlyMap<string, NodeRefusal>;
  readonly absent: NodeRefusal['code'];
}

/**
 * A plugin of the scheduling framework. An extension point that needs no work for a Pod answers undefined, which is the
 * framework's Skip. Extension points are pure functions of the Pod and the cache.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/
 */
export interface Plugin {
  readonly name: string;
  /** Weight of the plugin's score in the total. */
  readonly weight?: number;
  /** Why the Pod must not enter the queue. */
  preEnqueue?(pod: PodInfo): string | undefined;
  /** QueueSort: negative when `a` is to be scheduled before `b`. */
  queueSort?(a: number, b: number): number;
  preFilter?(pod: PodInfo, cache: Cache): Filter | NodeRefusal | undefined;
  postFilter?(cycle: Cycle, refusals: NodeRefusals): PostFilterOutcome;
  preScore?(pod: PodInfo, nodes: readonly NodeInfo[], cache: Cache): Score | undefined;
}

export const maxNodeScore = 100;

/** Scales scores so that the highest becomes 100; `reverse` turns them round. */
export const defaultNormalizeScore = (scores: number[], reverse: boolean): void => {
  let max = 0;
  for (const score of scores) max = Math.max(max, score);
  for (let i = 0; i < scores.length; i++) {
    const scaled = max === 0 ? 0 : Math.floor((maxNodeScore * (scores[i] ?? 0)) / max);
    scores[i] = reverse ? maxNodeScore - scaled : scaled;
  }
};

/** A refusal that evicting Pods may lift. */
export const unschedulable = (plugin: string, ...reasons: readonly string[]): NodeRefusal => ({
  plugin,
  code: 'Unschedulable',
  reasons,
});

/** A refusal that no eviction lifts. */
export const unresolvable = (plugin: string, ...reasons: readonly string[]): NodeRefusal => ({
  plugin,
  code: 'UnschedulableAndUnresolvable',
  reasons,
});
