import type { Labels } from '../../api/selector.js';
import { getOrInsert } from '../get-or-insert.js';
import type { NodeInfo } from '../node-info.js';
import { type AffinityTerm, type PodAffinityTerms, termMatches } from '../pod-affinity-term.js';
import type { PodInfo } from '../pod-info.js';
import { DomainSums } from './domain-sums.js';
import { PairIndex } from './pair-index.js';
import type { Topology } from './topology.js';

/** A pod affinity term that Pods on nodes have, and how many have it in each domain. */
export interface HeldTerm {
  readonly id: number;
  readonly term: AffinityTerm;
  /** Whether it is required anti-affinity, which keeps Pods off; any other draws or pushes with its weight. */
  readonly repels: boolean;
  /** Negative for anti-affinity. */
  readonly weight: number;
  readonly sums: DomainSums;
}

/** The pod affinity terms of all Pods on nodes. */
export class HeldTerms {
  readonly #topology: (key: string) => Topology;
  readonly #hardWeight: number;
  readonly #byKey = new Map<string, HeldTerm>();
  readonly #byAffinity = new WeakMap<PodAffinityTerms, readonly HeldTerm[]>();
  readonly #index = new PairIndex<HeldTerm>();

  /** `hardWeight`: how much required affinity of others draws a Pod. */
  constructor(nodes: readonly NodeInfo[], topology: (key: string) => Topology, hardWeight: number) {
    this.#topology = topology;
    this.#hardWeight = hardWeight;
    for (const [i, { podsWithAffinity }] of nodes.entries()) {
      if (podsWithAffinity.size > 0) for (const pod of podsWithAffinity.values()) this.change(i, pod, 1);
    }
  }

  change(node: number, pod: PodInfo, amount: 1 | -1): void {
    if (!pod.hasPodAffinity) return;
    for (const { sums } of this.#heldBy(pod.affinity)) sums.change(node, amount);
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Those that mean the Pod, by id. */
  meaning(pod: PodInfo, namespaceLabels: Labels): readonly HeldTerm[] {
    const found: HeldTerm[] = [];
    this.#index.visit(pod.labels, (held) => {
      if (termMatches(held.term, pod, namespaceLabels)) found.push(held);
    });
    return found.sort((a, b) => a.id - b.id);
  }

  #heldBy(affinity: PodAffinityTerms): readonly HeldTerm[] {
    return getOrInsert(this.#byAffinity, affinity, () => [
      ...affinity.requiredAntiAffinity.map((term) => this.#held(term, true, 0)),
      ...(this.#hardWeight === 0 ? [] : affinity.requiredAffinity.map((term) => this.#held(term, false, this.#hardWeight))),
      ...affinity.preferredAffinity.map((term) => this.#held(term, false, term.weight)),
      ...affinity.preferredAntiAffinity.map((term) => this.#held(term, false, -term.weight)),
    ]);
  }

  #held(term: AffinityTerm, repels: boolean, weight: number): HeldTerm {
    return getOrInsert(this.#byKey, `${repels} ${weight} ${term.topologyKey} ${term.key}`, () => {
      const held = { id: this.#byKey.size, term, repels, weight, sums: new DomainSums(this.#topology(term.topologyKey)) };
      this.#index.add(term.selector.pairs, held);
      return held;
    });
  }
}
