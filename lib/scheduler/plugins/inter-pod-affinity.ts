import type { Labels } from '../../api/selector.js';
import type { Cache } from '../cache.js';
import type { NodeRefusal } from '../decision.js';
import { type Filter, maxNodeScore, type Plugin, type Score, unresolvable, unschedulable } from '../framework.js';
import { getOrInsert } from '../get-or-insert.js';
import { labelOf } from '../labels.js';
import type { NodeInfo, PodQuery } from '../node-info.js';
import { type AffinityTerm, resolveNamespaces, termMatches } from '../pod-affinity-term.js';
import type { PodInfo } from '../pod-info.js';

const name = 'InterPodAffinity';
export const affinityRefusal = unresolvable(name, "node(s) didn't match pod affinity rules");
export const antiAffinityRefusal = unschedulable(name, "node(s) didn't match pod anti-affinity rules");
export const existingAntiAffinityRefusal = unschedulable(name, "node(s) didn't satisfy existing pods anti-affinity rules");
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

/** Terms of the Pod that is to be scheduled which another Pod must meet together. */
export interface Group extends PodQuery {
  readonly terms: readonly AffinityTerm[];
}

export const groupOf = (terms: readonly AffinityTerm[], { lists }: Cache): Group => {
  const resolved = terms.map((term) => resolveNamespaces(term, lists['/Namespace']));
  return {
    terms: resolved,
    key: resolved.map(({ key }) => key).join(' & '),
    pairs: resolved.flatMap(({ selector }) => selector.pairs),
    // The namespaces of the terms are resolved, so the labels of namespaces do not matter.
    matches: (pod) => resolved.every((term) => termMatches(term, pod, noLabels)),
  };
};

/** What the Pod wants and who it is, for the terms of others. */
interface Subject {
  readonly pod: PodInfo;
  readonly namespaceLabels: Labels;
  readonly near: Group;
  readonly far: readonly Group[];
}

class AffinityFilter implements Filter {
  readonly #subject: Subject;
  /** Pods that meet the Pod's affinity, Pods that its anti-affinity means, Pods whose anti-affinity means it. */
  readonly #near: TopologyCounts;
  readonly #far: TopologyCounts;
  readonly #farFromUs: TopologyCounts;

  constructor(subject: Subject, near = new TopologyCounts(), far = new TopologyCounts(), farFromUs = new TopologyCounts()) {
    this.#subject = subject;
    this.#near = near;
    this.#far = far;
    this.#farFromUs = farFromUs;
  }

  /** Whether some term, the Pod's or one of another Pod, has a say. */
  get matters(): boolean {
    const { near, far } = this.#subject;
    return near.terms.length > 0 || far.length > 0 || !this.#farFromUs.empty;
  }

  count(node: NodeInfo): void {
    const { near, far } = this.#subject;
    if (near.terms.length > 0) this.#add(this.#near, near, node, node.countPods(near));
    for (const group of far) this.#add(this.#far, group, node, node.countPods(group));
    if (node.podsWithRequiredAntiAffinity.size === 0) return;
    for (const other of node.podsWithRequiredAntiAffinity.values()) this.#countTheirs(other, node, 1);
  }

  #add(counts: TopologyCounts, { terms }: Group, node: NodeInfo, amount: number): void {
    for (const { topologyKey } of terms) counts.add(node, topologyKey, amount);
  }

  #countTheirs(other: PodInfo, node: NodeInfo, amount: 1 | -1): void {
    const { pod, namespaceLabels } = this.#subject;
    for (const term of other.affinity.requiredAntiAffinity) {
      if (termMatches(term, pod, namespaceLabels)) this.#farFromUs.add(node, term.topologyKey, amount);
    }
  }

  filter(node: NodeInfo): NodeRefusal | undefined {
    if (!this.#satisfiesAffinity(node)) return affinityRefusal;
    for (const { terms } of this.#subject.far) {
      if (terms.some(({ topologyKey }) => this.#far.has(node, topologyKey))) return antiAffinityRefusal;
    }
    return this.#farFromUs.hasAny(node) ? existingAntiAffinityRefusal : undefined;
  }

  #satisfiesAffinity(node: NodeInfo): boolean {
    const { near, pod } = this.#subject;
    let satisfied = true;
    for (const { topologyKey } of near.terms) {
      if (labelOf(node.labels, topologyKey) === undefined) return false;
      satisfied &&= this.#near.has(node, topologyKey);
    }
    // The first of a group of Pods that want to be near each other has nobody to be near to.
    return satisfied || (this.#near.empty && near.matches(pod));
  }

  addPod(added: PodInfo, node: NodeInfo): void {
    this.#change(added, node, 1);
  }

  removePod(removed: PodInfo, node: NodeInfo): void {
    this.#change(removed, node, -1);
  }

  #change(other: PodInfo, node: NodeInfo, amount: 1 | -1): void {
    const { near, far } = this.#subject;
    if (near.matches(other)) this.#add(this.#near, near, node, amount);
    for (const group of far) if (group.matches(other)) this.#add(this.#far, group, node, amount);
    this.#countTheirs(other, node, amount);
  }

  clone(): Filter {
    return new AffinityFilter(this.#subject, this.#near.clone(), this.#far.clone(), this.#farFromUs.clone());
  }
}

const prepareFilter = (pod: PodInfo, cache: Cache): Filter | undefined => {
  const filter = new AffinityFilter({
    pod,
    namespaceLabels: cache.namespaceLabels(pod.namespace),
    near: groupOf(pod.affinity.requiredAffinity, cache),
    far: pod.affinity.requiredAntiAffinity.map((term) => groupOf([term], cache)),
  });
  for (const node of cache.nodes) filter.count(node);
  return filter.matters ? filter : undefined;
};

/** Weights per topology key and domain. Unlike with counts, a domain at 0 is one that has been scored. */
class TopologyScores {
  readonly #scores = new Map<string, Map<string, number>>();

  get empty(): boolean {
    return this.#scores.size === 0;
  }

  add(node: NodeInfo, { topologyKey, weight }: AffinityTerm, times: number): void {
    const domain = labelOf(node.labels, topologyKey);
    if (domain === undefined || times === 0) return;
    const domains = getOrInsert(this.#scores, topologyKey, () => new Map<string, number>());
    domains.set(domain, (domains.get(domain) ?? 0) + times * weight);
  }

  of(node: NodeInfo): number {
    let sum = 0;
    for (const [topologyKey, domains] of this.#scores) {
      const domain = labelOf(node.labels, topologyKey);
      if (domain !== undefined) sum += domains.get(domain) ?? 0;
    }
    return sum;
  }
}

export const normalizeAffinity = (scores: number[]): void => {
  const min = scores.reduce((least, score) => Math.min(least, score), Infinity);
  const max = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  for (const [i, score] of scores.entries()) {
    scores[i] = max > min ? Math.trunc(maxNodeScore * ((score - min) / (max - min))) : 0;
  }
};

/** InterPodAffinityArgs of the profile. */
export interface InterPodAffinityArgs {
  /** A Pod that must be near another draws it near as if it preferred to, with this weight. */
  readonly hardPodAffinityWeight: number;
  /** The terms of Pods on nodes score only Pods that have preferred terms themselves. */
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

/** Whether the plugin scores the Pod for what other Pods want. */
export const heedsOthers = ({ affinity }: PodInfo, { ignorePreferredTermsOfExistingPods }: InterPodAffinityArgs): boolean =>
  !ignorePreferredTermsOfExistingPods || affinity.preferredAffinity.length + affinity.preferredAntiAffinity.length > 0;

const prepareScore = (args: InterPodAffinityArgs, pod: PodInfo, cache: Cache): Score | undefined => {
  if (!heedsOthers(pod, args)) return undefined;
  const near = pod.affinity.preferredAffinity.map((term) => groupOf([term], cache));
  const far = pod.affinity.preferredAntiAffinity.map((term) => groupOf([term], cache));
  const namespaceLabels = cache.namespaceLabels(pod.namespace);
  const scores = new TopologyScores();
  const addOurs = (groups: readonly Group[], node: NodeInfo, sign: 1 | -1): void => {
    for (const group of groups) for (const term of group.terms) scores.add(node, term, sign * node.countPods(group));
  };
  const addTheirs = (terms: readonly AffinityTerm[], node: NodeInfo, times: number): void => {
    for (const term of terms) if (termMatches(term, pod, namespaceLabels)) scores.add(node, term, times);
  };
  for (const node of cache.nodes) {
    addOurs(near, node, 1);
    addOurs(far, node, -1);
    if (node.podsWithAffinity.size === 0) continue;
    for (const { affinity } of node.podsWithAffinity.values()) {
      addTheirs(affinity.requiredAffinity, node, args.hardPodAffinityWeight);
      addTheirs(affinity.preferredAffinity, node, 1);
      addTheirs(affinity.preferredAntiAffinity, node, -1);
    }
  }
  return scores.empty ? undefined : { score: (node) => scores.of(node), normalizeScore: normalizeAffinity };
};

/** Affinity and anti-affinity between Pods, in both directions. */
export const interPodAffinityWith = (args: InterPodAffinityArgs): Plugin => ({
  name,
  weight: 2,
  preFilter: prepareFilter,
  preScore: (pod, _feasible, cache) => prepareScore(args, pod, cache),
});

export const defaultInterPodAffinityArgs: InterPodAffinityArgs = {
  hardPodAffinityWeight: 1,
  ignorePreferredTermsOfExistingPods: false,
};

export const interPodAffinity = interPodAffinityWith(defaultInterPodAffinityArgs);
