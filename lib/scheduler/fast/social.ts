import type { LabelSelector } from '../../api/generated/types.js';
import type { Cache } from '../cache.js';
import { compileSelector, conjunction, nothing, type Selector } from '../label-selector.js';
import { groupOf, heedsOthers, interPodAffinity } from '../plugins/inter-pod-affinity.js';
import { podTopologySpread } from '../plugins/pod-topology-spread.js';
import type { PodInfo } from '../pod-info.js';
import { controllerSelector, defaultSpreadConstraints, type SpreadConstraint, siblingSelectors } from '../topology-spread.js';
import { AffinityRules } from './affinity-rules.js';
import type { DomainSums } from './domain-sums.js';
import type { HeldTerm } from './held-terms.js';
import { type Neighbours, neighboursOf } from './neighbours.js';
import type { PodClass } from './pod-class.js';
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

const siblingsOf = (pod: PodInfo, cache: Cache): Selector => conjunction(siblingSelectors(pod, cache).map(compileSelector));

const selectsNobody = ({ matchLabels }: LabelSelector, { queries }: World): boolean =>
  matchLabels !== undefined && !queries.haveAll(matchLabels);

/** Pods without siblings on any node are all alike, whatever would select theirs: the first Pods of all workloads share their work. */
const knownSiblings = (pod: PodInfo, cache: Cache, world: World): Selector => {
  const own = controllerSelector(pod, cache);
  if (own !== undefined && selectsNobody(own, world)) return nothing;
  const selectors = siblingSelectors(pod, cache);
  for (const selector of selectors) if (selectsNobody(selector, world)) return nothing;
  return conjunction(selectors.map(compileSelector));
};

const noSelves: readonly boolean[] = [];
const noTerms: readonly HeldTerm[] = [];

const heldTerms = (pod: PodInfo, cache: Cache, { held, profile }: World): readonly HeldTerm[] => {
  const meant = held.meaning(pod, cache.namespaceLabels(pod.namespace));
  return heedsOthers(pod, profile.interPodAffinity) ? meant : meant.filter(({ repels }) => repels);
};

const keyOf = (social: Omit<Social, 'key' | 'pod'>, { soft, honorsTaints }: PodClass, { replacements }: World): string => {
  const { hard, selves, siblings, neighbours, isItsOwnNeighbour, held } = social;
  const selected = siblings?.key ?? '';
  if (hard.length + held.length === 0 && !honorsTaints && !isItsOwnNeighbour && neighbours.key === '') return selected;
  const ids = held.map(({ id }) => id).join();
  const counted = soft === undefined ? hard.map(({ selector }) => selector.key).join() : '';
  return `\n${honorsTaints ? replacements : 0} ${selves.join()} ${isItsOwnNeighbour} ${ids} ${selected} ${counted} ${neighbours.key}`;
};

export const socialOf = (pod: PodInfo, podClass: PodClass, cache: Cache, world: World): Social => {
  const { podTopologySpread: spreadArgs } = world.profile;
  const isOwn = podClass.soft !== undefined;
  const siblings = isOwn ? undefined : knownSiblings(pod, cache, world);
  const hard =
    siblings === undefined || !world.hasHardDefaults
      ? podClass.hard
      : defaultSpreadConstraints(pod, 'DoNotSchedule', siblingsOf(pod, cache), spreadArgs);
  const selves = hard.length === 0 ? noSelves : hard.map(({ selector }) => selector.matches(pod.labels));
  const neighbours = podClass.neighbours ?? neighboursOf(pod, cache);
  const isItsOwnNeighbour = neighbours.near.terms.length > 0 && neighbours.near.matches(pod);
  const held = world.held.isEmpty ? noTerms : heldTerms(pod, cache, world);
  const key = keyOf({ hard, selves, siblings, neighbours, isItsOwnNeighbour, held }, podClass, world);
  return { key, pod, hard, selves, siblings, neighbours, isItsOwnNeighbour, held };
};

/** The same as filters and scores; `sums` are what they count, where it is not in the traits. */
export interface SocialRules {
  readonly hard: HardSpread | undefined;
  readonly soft: SoftSpread | undefined;
  readonly affinity: AffinityRules | undefined;
  readonly sums: readonly DomainSums[];
}

export const rulesOf = (social: Social, podClass: PodClass, world: World, traits: Traits): SocialRules => {
  const { pod, hard, selves, siblings, isItsOwnNeighbour } = social;
  const { podTopologySpread: spreadArgs } = world.profile;
  const { id, honorsTaints } = podClass;
  const soft =
    podClass.soft ?? (siblings === undefined ? [] : defaultSpreadConstraints(pod, 'ScheduleAnyway', siblings, spreadArgs));
  const needsAll = podClass.soft !== undefined || !spreadArgs.isSystemDefaulted;
  const nodesKey = `${id} ${honorsTaints ? world.replacements : 0}`;
  const filters = world.filtersBy(interPodAffinity);
  const scores = world.scoresBy(interPodAffinity);
  const near = filters ? social.neighbours.near : groupOf([], world.cache);
  const far = filters ? social.neighbours.far : [];
  const preferred = scores ? social.neighbours.preferred : [];
  const held = social.held.filter(({ repels }) => (repels ? filters : scores));
  const isSolitary = near.terms.length + far.length + preferred.length + held.length === 0;
  const rules = {
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
  return { ...rules, sums: [rules.hard, rules.soft, rules.affinity].flatMap((rule) => rule?.sums ?? []) };
};
