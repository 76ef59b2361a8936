import type { Labels } from '../../api/selector.js';
import type { Cache } from '../cache.js';
import { type Filter, maxNodeScore, type Plugin, type Score, unresolvable, unschedulable } from '../framework.js';
import { getOrInsert } from '../get-or-insert.js';
import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';
import { type AffinityTerm, resolveNamespaces, termMatches } from '../pod-affinity-term.js';
import type { PodInfo } from '../pod-info.js';

const name = 'InterPodAffinity';
const affinityRefusal = unresolvable(name, "node(s) didn't match pod affinity rules");
const antiAffinityRefusal = unschedulable(name, "node(s) didn't match pod anti-affinity rules");
const existingAntiAffinityRefusal = unschedulable(name, "node(s) didn't satisfy existing pods anti-affinity rules");
const noLabels: Labels = {};

/** Amounts per topology key and domain. Domains that come to 0 are forgotten. */
class TopologyCounts {
  readonly #counts: Map<string, Map<string, number>>;

  constructor(counts = new Map<string, Map<string, number>>()) {
    this.#counts = counts;
  }

  get empty(): boolean {
    return this.#counts.size === 0;
  }

  add(node: NodeInfo, topologyKey: string, amount: number): void {
    const domain = labelOf(node.labels, topologyKey);
    if (domain === undefined || amount === 0) return;
    const domains = getOrInsert(this.#counts, topologyKey, () => new Map<string, number>());
    const count = (domains.get(domain) ?? 0) + amount;
    if (count !== 0) domains.set(domain, count);
    else if (domains.delete(domain) && domains.size === 0) this.#counts.delete(topologyKey);
  }

  has(node: NodeInfo, topologyKey: string): boolean {
    const domain = labelOf(node.labels, topologyKey);
    return domain !== undefined && (this.#counts.get(topologyKey)?.get(domain) ?? 0) > 0;
  }

  hasAny(node: NodeInfo): boolean {
    for (const topologyKey of this.#counts.keys()) if (this.has(node, topologyKey)) return true;
    return false;
  }

  clone(): TopologyCounts {
    return new TopologyCounts(new Map([...this.#counts].map(([key, domains]) => [key, new Map(domains)])));
  }
}

const resolve = (terms: readonly AffinityTerm[], { lists }: Cache): readonly AffinityTerm[] =>
  terms.map((term) =>
    resolveNamespaces(
      term,
      [...lists['/Namespace']].map(([namespace, { metadata }]) => [namespace, metadata.labels ?? noLabels]),
    ),
  );

/** How many Pods of the node all of the terms mean. The terms are resolved, so the labels of namespaces do not matter. */
const countMatches = (terms: readonly AffinityTerm[], node: NodeInfo): number =>
  node.countPods(terms.map(({ key }) => key).join(' & '), (pod) => matchesAll(terms, pod));

const matchesAll = (terms: readonly AffinityTerm[], pod: PodInfo): boolean =>
  terms.every((term) => termMatches(term, pod, noLabels));

class AffinityFilter implements Filter {
  readonly #pod: PodInfo;
  readonly #namespaceLabels: Labels;
  readonly #affinityTerms: readonly AffinityTerm[];
  readonly #antiAffinityTerms: readonly AffinityTerm[];
  /** Pods that match all of the Pod's affinity terms, its anti-affinity terms, and whose anti-affinity means the Pod. */
  readonly #affinity: TopologyCounts;
  readonly #antiAffinity: TopologyCounts;
  readonly #existingAntiAffinity: TopologyCounts;

  private constructor(
    from: {
      readonly pod: PodInfo;
      readonly namespaceLabels: Labels;
      readonly affinityTerms: readonly AffinityTerm[];
      readonly antiAffinityTerms: readonly AffinityTerm[];
    },
    counts: { readonly affinity: TopologyCounts; readonly antiAffinity: TopologyCounts; readonly existing: TopologyCounts },
  ) {
    this.#pod = from.pod;
    this.#namespaceLabels = from.namespaceLabels;
    this.#affinityTerms = from.affinityTerms;
    this.#antiAffinityTerms = from.antiAffinityTerms;
    this.#affinity = counts.affinity;
    this.#antiAffinity = counts.antiAffinity;
    this.#existingAntiAffinity = counts.existing;
  }

  /** undefined when no term, neither the Pod's nor one of another Pod, has a say. */
  static prepare(pod: PodInfo, cache: Cache): AffinityFilter | undefined {
    const filter = new AffinityFilter(
      {
        pod,
        namespaceLabels: cache.namespaceLabels(pod.namespace),
        affinityTerms: resolve(pod.affinity.requiredAffinity, cache),
        antiAffinityTerms: resolve(pod.affinity.requiredAntiAffinity, cache),
      },
      { affinity: new TopologyCounts(), antiAffinity: new TopologyCounts(), existing: new TopologyCounts() },
    );
    const ownTerms = filter.#affinityTerms.length + filter.#antiAffinityTerms.length > 0;
    for (const node of cache.nodes) {
      for (const existing of node.podsWithRequiredAntiAffinity.values()) filter.#countExisting(existing, node, 1);
      if (ownTerms) filter.#countOwn(node);
    }
    return ownTerms || !filter.#existingAntiAffinity.empty ? filter : undefined;
  }

  #countExisting(existing: PodInfo, node: NodeInfo, amount: 1 | -1): void {
    for (const term of existing.affinity.requiredAntiAffinity) {
      if (termMatches(term, this.#pod, this.#namespaceLabels)) this.#existingAntiAffinity.add(node, term.topologyKey, amount);
    }
  }

  #countOwn(node: NodeInfo): void {
    const near = this.#affinityTerms;
    const count = near.length === 0 ? 0 : countMatches(near, node);
    for (const { topologyKey } of near) this.#affinity.add(node, topologyKey, count);
    for (const term of this.#antiAffinityTerms) this.#antiAffinity.add(node, term.topologyKey, countMatches([term], node));
  }

  #change(other: PodInfo, node: NodeInfo, amount: 1 | -1): void {
    this.#countExisting(other, node, amount);
    const near = this.#affinityTerms;
    if (matchesAll(near, other)) for (const { topologyKey } of near) this.#affinity.add(node, topologyKey, amount);
    for (const term of this.#antiAffinityTerms) {
      if (termMatches(term, other, noLabels)) this.#antiAffinity.add(node, term.topologyKey, amount);
    }
  }

  filter(node: NodeInfo): ReturnType<Filter['filter']> {
    if (!this.#satisfiesAffinity(node)) return affinityRefusal;
    if (this.#antiAffinityTerms.some(({ topologyKey }) => this.#antiAffinity.has(node, topologyKey))) return antiAffinityRefusal;
    return this.#existingAntiAffinity.hasAny(node) ? existingAntiAffinityRefusal : undefined;
  }

  #satisfiesAffinity(node: NodeInfo): boolean {
    let near = true;
    for (const { topologyKey } of this.#affinityTerms) {
      if (labelOf(node.labels, topologyKey) === undefined) return false;
      near &&= this.#affinity.has(node, topologyKey);
    }
    // The first of a group of Pods that want to be near each other has nobody to be near to.
    return near || (this.#affinity.empty && matchesAll(this.#affinityTerms, this.#pod));
  }

  addPod(added: PodInfo, node: NodeInfo): void {
    this.#change(added, node, 1);
  }

  removePod(removed: PodInfo, node: NodeInfo): void {
    this.#change(removed, node, -1);
  }

  clone(): Filter {
    return new AffinityFilter(
      {
        pod: this.#pod,
        namespaceLabels: this.#namespaceLabels,
        affinityTerms: this.#affinityTerms,
        antiAffinityTerms: this.#antiAffinityTerms,
      },
      {
        affinity: this.#affinity.clone(),
        antiAffinity: this.#antiAffinity.clone(),
        existing: this.#existingAntiAffinity.clone(),
      },
    );
  }
}

/** Weights per topology key and domain. Unlike with counts, a domain at 0 is one that has been scored. */
type TopologyScores = Map<string, Map<string, number>>;

const addScore = (scores: TopologyScores, node: NodeInfo, term: AffinityTerm, times: number): void => {
  const domain = labelOf(node.labels, term.topologyKey);
  if (domain === undefined || times === 0) return;
  const domains = getOrInsert(scores, term.topologyKey, () => new Map<string, number>());
  domains.set(domain, (domains.get(domain) ?? 0) + times * term.weight);
};

const prepareScore = (pod: PodInfo, _feasible: readonly NodeInfo[], cache: Cache): Score | undefined => {
  const affinity = resolve(pod.affinity.preferredAffinity, cache);
  const antiAffinity = resolve(pod.affinity.preferredAntiAffinity, cache);
  const namespaceLabels = cache.namespaceLabels(pod.namespace);
  const prefers = affinity.length + antiAffinity.length > 0;
  const scores: TopologyScores = new Map();
  const theirs = (terms: readonly AffinityTerm[], node: NodeInfo, sign: 1 | -1): void => {
    for (const term of terms) if (termMatches(term, pod, namespaceLabels)) addScore(scores, node, term, sign);
  };
  for (const node of cache.nodes) {
    if (prefers) {
      for (const term of affinity) addScore(scores, node, term, countMatches([term], node));
      for (const term of antiAffinity) addScore(scores, node, term, -countMatches([term], node));
    }
    for (const existing of node.podsWithAffinity.values()) {
      theirs(existing.affinity.requiredAffinity, node, 1);
      theirs(existing.affinity.preferredAffinity, node, 1);
      theirs(existing.affinity.preferredAntiAffinity, node, -1);
    }
  }
  if (scores.size === 0) return undefined;
  return {
    score: (node) => {
      let sum = 0;
      for (const [topologyKey, domains] of scores) {
        const domain = labelOf(node.labels, topologyKey);
        if (domain !== undefined) sum += domains.get(domain) ?? 0;
      }
      return sum;
    },
    normalizeScore: (raw) => {
      let min = Infinity;
      let max = -Infinity;
      for (const score of raw) {
        min = Math.min(min, score);
        max = Math.max(max, score);
      }
      for (const [i, score] of raw.entries()) raw[i] = max > min ? Math.trunc(maxNodeScore * ((score - min) / (max - min))) : 0;
    },
  };
};

/** Affinity and anti-affinity between Pods, in both directions. */
export const interPodAffinity: Plugin = {
  name,
  weight: 2,
  preFilter: (pod, cache) => AffinityFilter.prepare(pod, cache),
  preScore: prepareScore,
};
