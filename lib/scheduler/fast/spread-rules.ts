import type { NodeRefusal } from '../decision.js';
import {
  hostname,
  missingLabel,
  normalizeSpread,
  skewRefusal,
  spreadScore,
  spreadWeight,
} from '../plugins/pod-topology-spread.js';
import { hasAllTopologies, type SpreadConstraint } from '../topology-spread.js';
import type { Bucket } from './bucket.js';
import { type DomainSums, LeveledSums, SpreadSums } from './domain-sums.js';
import type { SharedScore } from './shared-score.js';
import { type SharedSum, sharedSum, type Trait, type Traits } from './traits.js';
import type { World } from './world.js';

/** Which nodes count for a constraint: 1 for those, undefined when all do. They have the labels of all constraints in `along`. */
const countedNodes = (world: World, constraint: SpreadConstraint, along: readonly SpreadConstraint[]): Uint8Array | undefined => {
  if (constraint.includesAll && along.every(({ topologyKey }) => world.topology(topologyKey).isWhole)) return undefined;
  const counted = new Uint8Array(world.nodes.length);
  for (const [i, node] of world.nodes.entries()) {
    counted[i] = hasAllTopologies(node, along) && constraint.includes(node) ? 1 : 0;
  }
  return counted;
};

/** `key` tells apart constraints that count the same Pods but not the same nodes. */
const subscribe = <T extends SpreadSums>(constraint: SpreadConstraint, world: World, key: string, make: () => T): T =>
  constraint.counted === undefined ? make() : world.queries.counts(constraint.counted).listener(key, make);

interface HardConstraint {
  readonly constraint: SpreadConstraint;
  readonly sums: LeveledSums;
  readonly sum: SharedSum;
  /** 1 if the Pod itself will count once it is placed. */
  readonly self: 0 | 1;
}

/** Filter of PodTopologySpread. */
export class HardSpread {
  readonly #constraints: readonly HardConstraint[];
  readonly sums: readonly DomainSums[];

  constructor(constraints: readonly SpreadConstraint[], selves: readonly boolean[], key: string, world: World, traits: Traits) {
    this.#constraints = constraints.map((constraint, i) => {
      const topology = world.topology(constraint.topologyKey);
      const make = (): LeveledSums => new LeveledSums(topology, countedNodes(world, constraint, constraints));
      const sums = subscribe(constraint, world, `hard ${key} ${i}`, make);
      return { constraint, sums, sum: sharedSum(sums, traits), self: selves[i] === true ? 1 : 0 };
    });
    this.sums = this.#constraints.map(({ sums }) => sums);
  }

  refusal(bucket: Bucket): NodeRefusal | undefined {
    for (const { constraint, sums, sum, self } of this.#constraints) {
      const count = sum(bucket);
      if (count < 0) return missingLabel;
      const least = sums.domains < constraint.minDomains ? 0 : sums.least;
      if (count + self - least > constraint.maxSkew) return skewRefusal;
    }
    return undefined;
  }
}

interface SoftConstraint {
  readonly maxSkew: number;
  /** The domain of the node; of hostnames, how many Pods count on it. -1 where the label is missing. */
  readonly trait: Trait;
  /** undefined for hostnames, where every node is a domain. */
  readonly sums: SpreadSums | undefined;
  readonly unnamed: number;
  /** Domains met so far. */
  readonly met: Set<number>;
}

/** Score of PodTopologySpread. */
export class SoftSpread implements SharedScore {
  readonly #constraints: readonly SoftConstraint[];
  readonly sums: readonly DomainSums[];
  readonly #isOwn: boolean;

  /** `isOwn`: the Pod's constraints, not the system's, which spread over hosts even where nodes have no zone. */
  constructor(constraints: readonly SpreadConstraint[], isOwn: boolean, key: string, world: World, traits: Traits) {
    this.#isOwn = isOwn;
    this.#constraints = constraints.map((constraint, i): SoftConstraint => {
      const topology = world.topology(constraint.topologyKey);
      const { maxSkew, counted } = constraint;
      const { unnamed } = topology;
      const met = new Set<number>();
      if (constraint.topologyKey === hostname) {
        const counts = counted && world.queries.counts(counted);
        const count = (node: number): number => ((topology.domainOf[node] ?? -1) < 0 ? -1 : (counts?.of(node) ?? 0));
        return { maxSkew, trait: traits.watch(count), sums: undefined, unnamed, met };
      }
      const make = (): SpreadSums =>
        new SpreadSums(topology, countedNodes(world, constraint, isOwn ? constraints : []), isOwn ? -1 : unnamed);
      const sums = subscribe(constraint, world, `soft ${key} ${i}`, make);
      return { maxSkew, trait: traits.domain(topology), sums, unnamed, met };
    });
    this.sums = this.#constraints.flatMap(({ sums }) => sums ?? []);
  }

  /** Ignored buckets come out as 0. */
  score(buckets: readonly Bucket[], scores: number[]): boolean {
    let scored = 0;
    for (const { met } of this.#constraints) met.clear();
    for (const [j, bucket] of buckets.entries()) {
      const ignored = this.#isOwn && this.#constraints.some(({ trait }) => trait.in(bucket) < 0);
      scores[j] = ignored ? Number.NaN : 0;
      if (ignored) continue;
      scored += bucket.size;
      for (const { trait, unnamed, met } of this.#constraints) {
        const domain = trait.in(bucket);
        met.add(domain < 0 ? unnamed : domain);
      }
    }
    for (const { maxSkew, trait, sums, met } of this.#constraints) {
      const weight = spreadWeight(sums === undefined ? scored : met.size);
      for (const [j, bucket] of buckets.entries()) {
        const value = trait.in(bucket);
        if (value < 0) continue;
        scores[j] = (scores[j] ?? 0) + spreadScore(sums === undefined ? value : sums.of(value), weight, maxSkew);
      }
    }
    for (let j = 0; j < buckets.length; j++) scores[j] = Math.round(scores[j] ?? 0);
    normalizeSpread(scores, (j) => Number.isNaN(scores[j]));
    return true;
  }
}
