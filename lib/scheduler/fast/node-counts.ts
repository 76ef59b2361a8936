import type { Labels } from '../../api/selector.js';
import { getOrInsert } from '../get-or-insert.js';
import type { NodeInfo, PodQuery } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';
import { type CountListener, DomainSums } from './domain-sums.js';
import { LabelCounts } from './label-counts.js';
import { PairIndex } from './pair-index.js';
import type { Topology } from './topology.js';

/** How many Pods of each node a query counts. */
export class NodeCounts {
  readonly #query: PodQuery;
  readonly #counts = new Map<number, number>();
  readonly #listeners = new Map<string, CountListener>();

  constructor(query: PodQuery) {
    this.#query = query;
  }

  /** Before there is any listener. */
  start(node: number, count: number): void {
    if (count > 0) this.#counts.set(node, count);
  }

  of(node: number): number {
    return this.#counts.get(node) ?? 0;
  }

  change(node: number, pod: PodInfo, amount: 1 | -1): void {
    if (!this.#query.matches(pod)) return;
    this.#counts.set(node, this.of(node) + amount);
    for (const listener of this.#listeners.values()) listener.change(node, amount);
  }

  /** The one of that key, made and told the counts so far if there is none yet. */
  listener<T extends CountListener>(key: string, make: () => T): T {
    // One key stands for one type.
    return getOrInsert(this.#listeners as Map<string, T>, key, () => {
      const listener = make();
      for (const [node, count] of this.#counts) if (count > 0) listener.change(node, count);
      return listener;
    });
  }

  sums(topology: Topology): DomainSums {
    return this.listener(`sums ${topology.key}`, () => new DomainSums(topology));
  }
}

/** All queries that have been asked, with their counts kept as Pods come and go. */
export class Queries {
  readonly #nodes: readonly NodeInfo[];
  readonly #byKey = new Map<string, NodeCounts>();
  readonly #index = new PairIndex<NodeCounts>();
  readonly #labels = new LabelCounts();

  constructor(nodes: readonly NodeInfo[]) {
    this.#nodes = nodes;
    for (const [i, { pods }] of nodes.entries()) {
      if (pods.size > 0) for (const { labels } of pods.values()) this.#labels.change(i, labels, 1);
    }
  }

  /** Whether there are Pods with each of these labels. */
  haveAll(labels: Labels): boolean {
    return this.#labels.haveAll(labels);
  }

  counts(query: PodQuery): NodeCounts {
    return getOrInsert(this.#byKey, query.key, () => {
      const counts = new NodeCounts(query);
      for (const i of this.#candidates(query.pairs)) {
        const node = this.#nodes[i];
        if (node !== undefined) counts.start(i, node.countPods(query));
      }
      this.#index.add(query.pairs, counts);
      return counts;
    });
  }

  /** Nodes that may have Pods with all of these labels: those with the rarest of them. */
  #candidates(pairs: readonly string[]): Iterable<number> {
    let rarest: readonly number[] | undefined;
    for (const pair of pairs) {
      const nodes = this.#labels.nodesWith(pair);
      if (rarest === undefined || nodes.length < rarest.length) rarest = nodes;
    }
    return rarest ?? this.#nodes.keys();
  }

  change(node: number, pod: PodInfo, amount: 1 | -1): void {
    this.#labels.change(node, pod.labels, amount);
    if (!this.#index.isEmpty) this.#index.visit(pod.labels, (counts) => counts.change(node, pod, amount));
  }
}
