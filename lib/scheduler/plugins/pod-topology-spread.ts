import type { Cache } from '../cache.js';
import type { NodeRefusal } from '../decision.js';
import { type Filter, maxNodeScore, type Plugin, type Score, unresolvable, unschedulable } from '../framework.js';
import { compileSelector, conjunction } from '../label-selector.js';
import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';
import {
  defaultSpreadConstraints,
  hasAllTopologies,
  hasOwnConstraints,
  type PodTopologySpreadArgs,
  type SpreadConstraint,
  siblingSelectors,
  spreadConstraints,
  systemDefaulting,
} from '../topology-spread.js';

const name = 'PodTopologySpread';
export const skewRefusal = unschedulable(name, "node(s) didn't match pod topology spread constraints");
export const missingLabel = unresolvable(name, "node(s) didn't match pod topology spread constraints (missing required label)");
export const hostname = 'kubernetes.io/hostname';

/** Matching Pods per domain of one hard constraint. */
class Domains {
  readonly constraint: SpreadConstraint;
  /** 1 if the Pod itself will count once it is placed. */
  readonly #self: 0 | 1;
  readonly #counts: Map<string, number>;
  #minimum: number | undefined;

  constructor(constraint: SpreadConstraint, self: 0 | 1, counts = new Map<string, number>()) {
    this.constraint = constraint;
    this.#self = self;
    this.#counts = counts;
  }

  add(domain: string, count: number): void {
    this.#counts.set(domain, (this.#counts.get(domain) ?? 0) + count);
    this.#minimum = undefined;
  }

  /** How far ahead of the least loaded domain this one would be with the Pod in it. */
  skewOf(domain: string): number {
    return (this.#counts.get(domain) ?? 0) + this.#self - this.#leastLoaded();
  }

  /** 0 while there are fewer domains than the constraint asks for. */
  #leastLoaded(): number {
    if (this.#counts.size < this.constraint.minDomains) return 0;
    this.#minimum ??= Math.min(...this.#counts.values());
    return this.#minimum;
  }

  clone(): Domains {
    return new Domains(this.constraint, this.#self, new Map(this.#counts));
  }
}

class SpreadFilter implements Filter {
  readonly #pod: PodInfo;
  readonly #domains: readonly Domains[];

  constructor(pod: PodInfo, domains: readonly Domains[]) {
    this.#pod = pod;
    this.#domains = domains;
  }

  filter(node: NodeInfo): NodeRefusal | undefined {
    for (const domains of this.#domains) {
      const { topologyKey, maxSkew } = domains.constraint;
      const domain = labelOf(node.labels, topologyKey);
      if (domain === undefined) return missingLabel;
      if (domains.skewOf(domain) > maxSkew) return skewRefusal;
    }
    return undefined;
  }

  addPod(added: PodInfo, node: NodeInfo): void {
    this.#change(added, node, 1);
  }

  removePod(removed: PodInfo, node: NodeInfo): void {
    this.#change(removed, node, -1);
  }

  #change(other: PodInfo, node: NodeInfo, count: 1 | -1): void {
    if (other.namespace !== this.#pod.namespace) return;
    const constraints = this.#domains.map(({ constraint }) => constraint);
    if (!hasAllTopologies(node, constraints)) return;
    for (const domains of this.#domains) {
      const { topologyKey, selector } = domains.constraint;
      if (!selector.matches(other.labels) || !domains.constraint.includes(node)) continue;
      domains.add(labelOf(node.labels, topologyKey) ?? '', count);
    }
  }

  clone(): Filter {
    return new SpreadFilter(
      this.#pod,
      this.#domains.map((domains) => domains.clone()),
    );
  }
}

/** The constraints that the Pod is held to: its own, or those of the profile if it has none. */
const constraintsOf = (
  pod: PodInfo,
  whenUnsatisfiable: string,
  cache: Cache,
  args: PodTopologySpreadArgs,
): readonly SpreadConstraint[] => {
  if (hasOwnConstraints(pod)) return spreadConstraints(pod, whenUnsatisfiable);
  if (args.defaultConstraints.every((constraint) => constraint.whenUnsatisfiable !== whenUnsatisfiable)) return [];
  return defaultSpreadConstraints(pod, whenUnsatisfiable, conjunction(siblingSelectors(pod, cache).map(compileSelector)), args);
};

const prepareFilter = (pod: PodInfo, cache: Cache, args: PodTopologySpreadArgs): Filter | undefined => {
  const constraints = constraintsOf(pod, 'DoNotSchedule', cache, args);
  if (constraints.length === 0) return undefined;
  const all = constraints.map((constraint) => new Domains(constraint, constraint.selector.matches(pod.labels) ? 1 : 0));
  for (const node of cache.nodes) {
    if (!hasAllTopologies(node, constraints)) continue;
    for (const domains of all) {
      const { constraint } = domains;
      if (constraint.includes(node)) domains.add(labelOf(node.labels, constraint.topologyKey) ?? '', constraint.count(node));
    }
  }
  return new SpreadFilter(pod, all);
};

interface SoftConstraint {
  readonly constraint: SpreadConstraint;
  /** Matching Pods per domain that holds a feasible node; undefined for hostnames, where every node is a domain. */
  readonly counts: Map<string, number> | undefined;
  readonly weight: number;
}

/** Many domains water down the count of each, so their counts weigh more. */
export const spreadWeight = (domains: number): number => Math.log(domains + 2);

/** What one constraint adds to the score of a node with `count` Pods in its domain. */
export const spreadScore = (count: number, weight: number, maxSkew: number): number => count * weight + (maxSkew - 1);

/** Fewer Pods score higher. Ignored nodes score nothing. */
export const normalizeSpread = (scores: number[], isIgnored: (i: number) => boolean): void => {
  let min = Number.MAX_SAFE_INTEGER;
  let max = 0;
  for (const [i, score] of scores.entries()) {
    if (isIgnored(i)) continue;
    min = Math.min(min, score);
    max = Math.max(max, score);
  }
  for (const [i, score] of scores.entries()) {
    if (isIgnored(i)) scores[i] = 0;
    else scores[i] = max === 0 ? maxNodeScore : Math.floor((maxNodeScore * (max + min - score)) / max);
  }
};

const prepareScore = (
  pod: PodInfo,
  feasible: readonly NodeInfo[],
  cache: Cache,
  args: PodTopologySpreadArgs,
): Score | undefined => {
  const constraints = constraintsOf(pod, 'ScheduleAnyway', cache, args);
  if (constraints.length === 0) return undefined;
  const needsAll = hasOwnConstraints(pod) || !args.isSystemDefaulted;
  const ignored = new Set(needsAll ? feasible.filter((node) => !hasAllTopologies(node, constraints)) : []);
  const scored = feasible.filter((node) => !ignored.has(node));
  const soft = constraints.map((constraint): SoftConstraint => {
    if (constraint.topologyKey === hostname) return { constraint, counts: undefined, weight: spreadWeight(scored.length) };
    const counts = new Map(scored.map((node) => [labelOf(node.labels, constraint.topologyKey) ?? '', 0]));
    return { constraint, counts, weight: spreadWeight(counts.size) };
  });
  for (const node of cache.nodes) {
    if (needsAll && !hasAllTopologies(node, constraints)) continue;
    for (const { constraint, counts } of soft) {
      if (counts === undefined) continue;
      const domain = labelOf(node.labels, constraint.topologyKey) ?? '';
      const known = counts.get(domain);
      if (known !== undefined && constraint.includes(node)) counts.set(domain, known + constraint.count(node));
    }
  }
  return {
    score: (node) => {
      if (ignored.has(node)) return 0;
      let score = 0;
      for (const { constraint, counts, weight } of soft) {
        const domain = labelOf(node.labels, constraint.topologyKey);
        if (domain === undefined) continue;
        const count = counts === undefined ? constraint.count(node) : (counts.get(domain) ?? 0);
        score += spreadScore(count, weight, constraint.maxSkew);
      }
      return Math.round(score);
    },
    normalizeScore: (scores, nodes) => {
      normalizeSpread(scores, (i) => {
        const node = nodes[i];
        return node === undefined || ignored.has(node);
      });
    },
  };
};

/** Topology spread constraints, hard and soft, with the profile's defaults for Pods of a Service or workload. */
export const podTopologySpreadWith = (args: PodTopologySpreadArgs): Plugin => ({
  name,
  weight: 2,
  preFilter: (pod, cache) => prepareFilter(pod, cache, args),
  preScore: (pod, feasible, cache) => prepareScore(pod, feasible, cache, args),
});

export const podTopologySpread = podTopologySpreadWith(systemDefaulting);
