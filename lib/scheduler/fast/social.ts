import type { Cache } from '../cache.js';
import { compileSelector, conjunction, type Selector } from '../label-selector.js';
import { labelPairs } from '../labels.js';
import { interPodAffinity } from '../plugins/inter-pod-affinity.js';
import { podTopologySpread } from '../plugins/pod-topology-spread.js';
import type { PodInfo } from '../pod-info.js';
import { defaultSpreadConstraints, siblingSelectors } from '../topology-spread.js';
import { AffinityRules } from './affinity-rules.js';
import type { HeldTerm } from './held-terms.js';
import type { Neighbours, PodClass } from './pod-class.js';
import { HardSpread, SoftSpread } from './spread-rules.js';
import type { Traits } from './traits.js';
import type { World } from './world.js';

/** What a Pod has to do with other Pods: through its labels, its controller, its Services and its own rules. */
export interface Social {
  /** Pods of one class with equal keys have the same to do with the same Pods. */
  readonly key: string;
  readonly pod: PodInfo;
  /** Which of its own hard topology spread constraints count the Pod itself. */
  readonly selves: readonly boolean[];
  /** Selects its siblings; only of a Pod without constraints of its own. */
  readonly siblings: Selector | undefined;
  readonly neighbours: Neighbours;
  readonly isItsOwnNeighbour: boolean;
  /** Terms of other Pods that mean it. */
  readonly held: readonly HeldTerm[];
}

/** Pods without siblings on any node are all alike, whatever would select theirs: the first Pods of all workloads share their work. */
const nobody: Selector = { key: '<nobody>', empty: false, pairs: [], matches: () => false };

const siblingsOf = (pod: PodInfo, cache: Cache, world: World): Selector => {
  const selectors = siblingSelectors(pod, cache);
  for (const { matchLabels } of selectors) {
    if (matchLabels !== undefined && !world.queries.haveAll(labelPairs(matchLabels))) return nobody;
  }
  return conjunction(selectors.map(compileSelector));
};

export const socialOf = (pod: PodInfo, podClass: PodClass, cache: Cache, world: World): Social => {
  const selves = podClass.hard.map(({ selector }) => selector.matches(pod.labels));
  const siblings = podClass.soft === undefined ? siblingsOf(pod, cache, world) : undefined;
  const neighbours = podClass.neighbours(cache);
  const isItsOwnNeighbour = neighbours.near.terms.length > 0 && neighbours.near.matches(pod);
  const held = world.held.meaning(pod, cache.namespaceLabels(pod.namespace));
  const taints = podClass.honorsTaints ? world.taints : 0;
  const ids = held.length === 0 ? '' : held.map(({ id }) => id).join();
  const key = `${podClass.id} ${taints} ${selves.join()} ${isItsOwnNeighbour} ${ids} ${siblings?.key} ${neighbours.key}`;
  return { key, pod, selves, siblings, neighbours, isItsOwnNeighbour, held };
};

/** The same as filters and scores. */
export interface SocialRules {
  readonly hard: HardSpread | undefined;
  readonly soft: SoftSpread | undefined;
  readonly affinity: AffinityRules | undefined;
}

export const rulesOf = (social: Social, podClass: PodClass, world: World, traits: Traits): SocialRules => {
  const { pod, selves, siblings, neighbours, isItsOwnNeighbour, held } = social;
  const { hard, id, honorsTaints } = podClass;
  const soft = podClass.soft ?? (siblings === undefined ? [] : defaultSpreadConstraints(pod, siblings));
  const nodesKey = `${id} ${honorsTaints ? world.taints : 0}`;
  const { near, far, preferred } = neighbours;
  const isSolitary = near.terms.length + far.length + preferred.length + held.length === 0;
  return {
    hard: hard.length === 0 || !world.runs(podTopologySpread) ? undefined : new HardSpread(hard, selves, nodesKey, world, traits),
    soft:
      soft.length === 0 || !world.runs(podTopologySpread)
        ? undefined
        : new SoftSpread(soft, podClass.soft !== undefined, nodesKey, world, traits),
    affinity:
      isSolitary || !world.runs(interPodAffinity)
        ? undefined
        : new AffinityRules(neighbours, isItsOwnNeighbour, held, world, traits),
  };
};
