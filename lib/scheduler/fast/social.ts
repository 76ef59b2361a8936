import type { Cache } from '../cache.js';
import { compileSelector, conjunction, type Selector } from '../label-selector.js';
import { labelPairs } from '../labels.js';
import { groupOf, heedsOthers, interPodAffinity } from '../plugins/inter-pod-affinity.js';
import { podTopologySpread } from '../plugins/pod-topology-spread.js';
import type { PodInfo } from '../pod-info.js';
import { defaultSpreadConstraints, type SpreadConstraint, siblingSelectors } from '../topology-spread.js';
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
  /** Its hard topology spread constraints, and which of them count the Pod itself. */
  readonly hard: readonly SpreadConstraint[];
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

const siblingsOf = (pod: PodInfo, cache: Cache): Selector => conjunction(siblingSelectors(pod, cache).map(compileSelector));

const knownSiblings = (pod: PodInfo, cache: Cache, world: World): Selector => {
  const selectors = siblingSelectors(pod, cache);
  for (const { matchLabels } of selectors) {
    if (matchLabels !== undefined && !world.queries.haveAll(labelPairs(matchLabels))) return nobody;
  }
  return conjunction(selectors.map(compileSelector));
};

export const socialOf = (pod: PodInfo, podClass: PodClass, cache: Cache, world: World): Social => {
  const { interPodAffinity: args, podTopologySpread: spreadArgs } = world.profile;
  const isOwn = podClass.soft !== undefined;
  const siblings = isOwn ? undefined : knownSiblings(pod, cache, world);
  const hard =
    siblings === undefined || !world.hasHardDefaults
      ? podClass.hard
      : defaultSpreadConstraints(pod, 'DoNotSchedule', siblingsOf(pod, cache), spreadArgs);
  const selves = hard.map(({ selector }) => selector.matches(pod.labels));
  const neighbours = podClass.neighbours(cache);
  const isItsOwnNeighbour = neighbours.near.terms.length > 0 && neighbours.near.matches(pod);
  const meant = world.held.meaning(pod, cache.namespaceLabels(pod.namespace));
  const held = heedsOthers(pod, args) ? meant : meant.filter(({ repels }) => repels);
  const taints = podClass.honorsTaints ? world.taints : 0;
  const ids = held.length === 0 ? '' : held.map(({ id }) => id).join();
  const counted = isOwn ? '' : hard.map(({ selector }) => selector.key).join();
  const key = `${podClass.id} ${taints} ${selves.join()} ${isItsOwnNeighbour} ${ids} ${siblings?.key} ${counted} ${neighbours.key}`;
  return { key, pod, hard, selves, siblings, neighbours, isItsOwnNeighbour, held };
};

/** The same as filters and scores. */
export interface SocialRules {
  readonly hard: HardSpread | undefined;
  readonly soft: SoftSpread | undefined;
  readonly affinity: AffinityRules | undefined;
}

export const rulesOf = (social: Social, podClass: PodClass, world: World, traits: Traits): SocialRules => {
  const { pod, hard, selves, siblings, isItsOwnNeighbour } = social;
  const { podTopologySpread: spreadArgs } = world.profile;
  const { id, honorsTaints } = podClass;
  const soft =
    podClass.soft ?? (siblings === undefined ? [] : defaultSpreadConstraints(pod, 'ScheduleAnyway', siblings, spreadArgs));
  const needsAll = podClass.soft !== undefined || !spreadArgs.isSystemDefaulted;
  const nodesKey = `${id} ${honorsTaints ? world.taints : 0}`;
  const filters = world.filtersBy(interPodAffinity);
  const scores = world.scoresBy(interPodAffinity);
  const near = filters ? social.neighbours.near : groupOf([], world.cache);
  const far = filters ? social.neighbours.far : [];
  const preferred = scores ? social.neighbours.preferred : [];
  const held = social.held.filter(({ repels }) => (repels ? filters : scores));
  const isSolitary = near.terms.length + far.length + preferred.length + held.length === 0;
  return {
    hard:
      hard.length === 0 || !world.filtersBy(podTopologySpread)
        ? undefined
        : new HardSpread(hard, selves, nodesKey, world, traits),
    soft:
      soft.length === 0 || !world.scoresBy(podTopologySpread)
        ? undefined
        : new SoftSpread(soft, needsAll, nodesKey, world, traits),
    affinity: isSolitary ? undefined : new AffinityRules({ near, far, preferred }, isItsOwnNeighbour, held, world, traits),
  };
};
