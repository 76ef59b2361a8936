import { getOrInsert } from '../get-or-insert.js';
import type { Bucket } from './bucket.js';
import type { DomainSums } from './domain-sums.js';
import type { Topology } from './topology.js';

/** A number of each node by which a Pod tells nodes apart, other than by their room. */
export class Trait {
  /** By the index of the node in the world and its place in the table. */
  readonly of: (node: number, place: number) => number;
  /** Place in the traits of a bucket. */
  index = -1;

  constructor(of: (node: number, place: number) => number) {
    this.of = of;
  }

  in(bucket: Bucket): number {
    return bucket.traits[this.index] ?? -1;
  }
}

/** All traits that matter to one kind of Pod. */
export class Traits {
  /** Those that change only with the node itself. */
  readonly fixed: Trait[] = [];
  /** Those that also change with the Pods on the node. */
  readonly live: Trait[] = [];
  readonly #domains = new Map<Topology, Trait>();

  /** What a judgement says of each place. */
  judged(values: Uint16Array | Int32Array): Trait {
    return this.#fix((_, place) => values[place] ?? 0);
  }

  watch(of: (node: number) => number): Trait {
    const trait = new Trait(of);
    this.live.push(trait);
    return trait;
  }

  /** The node's domain; -1 where it has none. */
  domain(topology: Topology): Trait {
    return getOrInsert(this.#domains, topology, () => this.#fix((node) => topology.domainOf[node] ?? -1));
  }

  #fix(of: Trait['of']): Trait {
    const trait = new Trait(of);
    this.fixed.push(trait);
    return trait;
  }

  /** To be called once all are known. */
  seal(): void {
    for (const [index, trait] of [...this.fixed, ...this.live].entries()) trait.index = index;
  }
}

/** Reads the sum of the domain that all nodes of a bucket are in; -1 if they are in none. */
export type SharedSum = (bucket: Bucket) => number;

/** Where many nodes share a domain they are told apart by it; where each is its own, by what the sum is. */
export const sharedSum = (sums: DomainSums, traits: Traits): SharedSum => {
  if (sums.topology.isPerNode) {
    const sum = traits.watch((node) => sums.at(node));
    return (bucket) => sum.in(bucket);
  }
  const domain = traits.domain(sums.topology);
  return (bucket) => {
    const at = domain.in(bucket);
    return at < 0 ? -1 : sums.of(at);
  };
};
