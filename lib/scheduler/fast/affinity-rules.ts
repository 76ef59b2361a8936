import type { NodeRefusal } from '../decision.js';
import {
  affinityRefusal,
  antiAffinityRefusal,
  existingAntiAffinityRefusal,
  normalizeAffinity,
} from '../plugins/inter-pod-affinity.js';
import type { Bucket } from './bucket.js';
import type { DomainSums } from './domain-sums.js';
import type { HeldTerm } from './held-terms.js';
import type { Neighbours } from './neighbours.js';
import type { SharedScore } from './shared-score.js';
import { type SharedSum, sharedSum, type Trait, type Traits } from './traits.js';
import type { World } from './world.js';

/** Whether a bucket's nodes are in a domain with any of the Pods that some sums count. */
type Presence = (bucket: Bucket) => boolean;

/** Where each node is a domain of its own, all of the sums make one trait, so that nodes are told apart no more than is needed. */
const presence = (all: readonly DomainSums[], traits: Traits): Presence => {
  const perNode = all.filter(({ topology }) => topology.isPerNode);
  const shared = all.filter(({ topology }) => !topology.isPerNode).map((sums) => sharedSum(sums, traits));
  const any = perNode.length === 0 ? undefined : traits.watch((node) => (perNode.some((sums) => sums.at(node) > 0) ? 1 : 0));
  return (bucket) => any?.in(bucket) === 1 || shared.some((sum) => sum(bucket) > 0);
};

interface Pull {
  readonly sums: DomainSums;
  readonly weight: number;
}

/** Filter and score of InterPodAffinity. */
export class AffinityRules implements SharedScore {
  /** Sums of Pods that meet the Pod's required affinity, one for each term. */
  readonly #near: readonly DomainSums[];
  readonly #nearSums: readonly SharedSum[];
  /** Whether the Pod would be near enough to itself. */
  readonly #isItsOwnNeighbour: boolean;
  readonly #far: Presence;
  readonly #farFromUs: Presence;
  /** What draws or pushes, of the Pod's terms and of the others'. */
  readonly #pulls: readonly Pull[];
  readonly #pullPerNode: Trait | undefined;
  readonly #sharedPulls: readonly { readonly sum: SharedSum; readonly weight: number }[];
  readonly sums: readonly DomainSums[];
  /** Whether it may keep the Pod off any node. */
  readonly isFilter: boolean;

  constructor(
    neighbours: Omit<Neighbours, 'key'>,
    isItsOwnNeighbour: boolean,
    held: readonly HeldTerm[],
    world: World,
    traits: Traits,
  ) {
    const { near, far, preferred } = neighbours;
    this.isFilter = near.terms.length + far.length > 0 || held.some(({ repels }) => repels);
    const counts = near.terms.length === 0 ? undefined : world.queries.counts(near);
    this.#near = near.terms.flatMap(({ topologyKey }) => counts?.sums(world.topology(topologyKey)) ?? []);
    this.#nearSums = this.#near.map((sums) => sharedSum(sums, traits));
    this.#isItsOwnNeighbour = isItsOwnNeighbour;
    const farSums = far.flatMap((group) =>
      group.terms.map(({ topologyKey }) => world.queries.counts(group).sums(world.topology(topologyKey))),
    );
    this.#far = presence(farSums, traits);
    this.#farFromUs = presence(
      held.filter(({ repels }) => repels).map(({ sums }) => sums),
      traits,
    );
    this.#pulls = [
      ...preferred.map(({ group, topologyKey, weight }) => ({
        sums: world.queries.counts(group).sums(world.topology(topologyKey)),
        weight,
      })),
      ...held.filter(({ repels }) => !repels),
    ];
    this.sums = [...this.#near, ...farSums, ...held.map(({ sums }) => sums), ...this.#pulls.map(({ sums }) => sums)];
    const perNode = this.#pulls.filter(({ sums }) => sums.topology.isPerNode);
    const pullOf = (node: number): number =>
      perNode.reduce((pull, { sums, weight }) => pull + weight * Math.max(sums.at(node), 0), 0);
    this.#pullPerNode = perNode.length === 0 ? undefined : traits.watch(pullOf);
    this.#sharedPulls = this.#pulls
      .filter(({ sums }) => !sums.topology.isPerNode)
      .map(({ sums, weight }) => ({ sum: sharedSum(sums, traits), weight }));
  }

  refusal(bucket: Bucket): NodeRefusal | undefined {
    if (!this.#satisfiesAffinity(bucket)) return affinityRefusal;
    if (this.#far(bucket)) return antiAffinityRefusal;
    return this.#farFromUs(bucket) ? existingAntiAffinityRefusal : undefined;
  }

  #satisfiesAffinity(bucket: Bucket): boolean {
    let satisfied = true;
    for (const sum of this.#nearSums) {
      const count = sum(bucket);
      if (count < 0) return false;
      if (count === 0) satisfied = false;
    }
    // The first of a group of Pods that want to be near each other has nobody to be near to.
    return satisfied || (this.#isItsOwnNeighbour && this.#near.every(({ isEmpty }) => isEmpty));
  }

  score(buckets: readonly Bucket[], scores: number[]): boolean {
    if (this.#pulls.every(({ sums }) => sums.isEmpty)) return false;
    for (const [j, bucket] of buckets.entries()) {
      let score = this.#pullPerNode?.in(bucket) ?? 0;
      for (const { sum, weight } of this.#sharedPulls) score += weight * Math.max(sum(bucket), 0);
      scores[j] = score;
    }
    normalizeAffinity(scores);
    return true;
  }
}
