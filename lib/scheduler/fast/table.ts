import type { Filter } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import type { Nominations } from '../nominations.js';
import { interPodAffinity } from '../plugins/inter-pod-affinity.js';
import type { PodInfo } from '../pod-info.js';
import { Bucket } from './bucket.js';
import { newReader } from './change-log.js';
import type { Judgement, NodeScore } from './judgement.js';
import type { Ranks } from './level.js';
import type { ClassColumn, PodClass } from './pod-class.js';
import { NormalizedScore, type SharedScore } from './shared-score.js';
import { rulesOf, type Social, type SocialRules } from './social.js';
import { type Trait, Traits } from './traits.js';
import { Tuples } from './tuples.js';
import type { World } from './world.js';

/** How one plugin scores: nodes one by one, or buckets. */
export type Column =
  | { readonly node: NodeScore; readonly shared?: never }
  | { readonly node?: never; readonly shared: { readonly name: string; readonly weight: number; readonly by: SharedScore } };

/**
 * What every node is to Pods of one class and social key, kept from one Pod to the next: who refuses it, or else what it scores. Nodes that
 * share all that depends on other nodes are in one bucket, so that a Pod that comes to a zone changes buckets and not every node of the zone.
 */
export class Table {
  readonly #world: World;
  readonly #nominations: Nominations;
  readonly #rules: SocialRules;
  readonly #traits = new Traits();
  readonly #tuples = new Tuples();
  /** The refusal of plugins that come after those about other Pods. */
  readonly #late: Trait | undefined;
  readonly columns: readonly Column[];
  /** The nodes at the places of the table, as indices in the world; undefined when those are the same. */
  readonly #indices: readonly number[] | undefined;
  /** How many nodes come into question. */
  readonly size: number;
  /** What nodes are by themselves: where they are and what room they have; all judgements. */
  readonly #place: Judgement;
  readonly #room: Judgement;
  readonly #images: Judgement;
  readonly #volumes: Judgement;
  readonly #judgements: readonly Judgement[];
  /** Those of plugins that look at single nodes, in the order of the profile. */
  readonly filters: readonly Filter[];
  readonly #priority: number;
  /** A Pod that waits for room itself, and where: its own nomination does not count for it. */
  #exempt: { readonly key: string; readonly place: number } | undefined;
  #placeVersion = 0;
  /** Which nodes it has been brought up to: those of `World.replacements`. */
  #replacements = -1;
  /** Grows when a node comes to a bucket or leaves one. */
  #moves = 0;
  /** What the buckets were last scored by. */
  #scoredBy = -1;
  /** Grows when the verdict on a node may have changed. */
  #epoch = 0;
  /** Per place: who refuses the node for what it is by itself. */
  readonly #refusals: Uint16Array;
  /** Per place: the tuple of its fixed traits, and that of all its traits, which is its bucket; -1 where the node is refused. */
  readonly #fixed: Int32Array;
  readonly #buckets: Int32Array;
  /** Per place: what the node scores by itself. */
  readonly #scores: Int32Array;
  readonly #ranks: Ranks;
  readonly #byTuple: (Bucket | undefined)[] = [];
  readonly #used: Bucket[] = [];
  /** Buckets whose nodes passed all filters for the Pod at hand. */
  readonly #passing: Bucket[] = [];
  readonly #buffer: number[] = [];
  /** How many nodes each refusal keeps off, not counting those of whole buckets. */
  readonly #refused: number[] = [];
  /** The score plugins that did not skip the Pod at hand. */
  readonly active: boolean[] = [];
  readonly #reader = newReader();
  readonly #visit = (node: number, isNodeItself: boolean): void => this.#evaluate(node, isNodeItself);

  constructor(world: World, podClass: PodClass, social: Social) {
    this.#world = world;
    this.#nominations = world.cache.nominations;
    const { judgements, indices } = podClass;
    this.#place = judgements.place;
    this.#room = judgements.room;
    this.#images = judgements.images;
    this.#volumes = judgements.volumes;
    this.#priority = social.pod.priority;
    this.#judgements = [judgements.place, judgements.room, judgements.volumes, judgements.images, judgements.features];
    this.filters = this.#judgements.flatMap(({ filters }) => filters);
    this.#indices = indices;
    this.size = indices?.length ?? world.nodes.length;
    this.#refusals = new Uint16Array(this.size);
    this.#fixed = new Int32Array(this.size);
    this.#buckets = new Int32Array(this.size).fill(-1);
    this.#ranks = { scores: new Int32Array(this.size), spare: [] };
    this.#scores = this.#ranks.scores;
    this.#refused[0] = this.size;

    const traits = this.#traits;
    this.#rules = rulesOf(social, podClass, world, traits);
    const { features } = judgements;
    this.#late = features.filters.length > 0 ? traits.judged(features.refusals) : undefined;
    this.columns = podClass.columns.flatMap((column) => this.#column(column) ?? []);
    traits.seal();
  }

  #column({ name, weight, node, raw }: ClassColumn): Column | undefined {
    if (raw !== undefined && node !== undefined) {
      return { shared: { name, weight, by: new NormalizedScore(node.score, this.#traits.judged(raw)) } };
    }
    if (node !== undefined) return { node };
    const by = name === interPodAffinity.name ? this.#rules.affinity : this.#rules.soft;
    return by && { shared: { name, weight, by } };
  }

  /** The index in the world of the node at that place. */
  index(place: number): number {
    return this.#indices?.[place] ?? place;
  }

  node(place: number): NodeInfo {
    return this.#world.node(this.index(place));
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Whether nothing but the node itself and its Pods can keep the Pod off it; then `filters` are all there are. */
  get isLocal(): boolean {
    return this.#rules.hard === undefined && this.#rules.affinity?.isFilter !== true;
  }

  /** Takes in what has changed since it was last asked. `waiting`: the Pod at hand, if it is nominated to a node itself. */
  refresh(waiting?: PodInfo): void {
    const { replacements, changes } = this.#world;
    const hasOthers = this.#replacements !== replacements;
    if (hasOthers) this.#place.refresh();
    // Where the Pod cannot be at all, what room there is does not matter.
    if (this.#place.open === 0 && this.#place.version === this.#placeVersion) return;
    this.#placeVersion = this.#place.version;
    if (hasOthers) for (const judgement of this.#judgements) judgement.refresh();
    else this.#room.refresh();
    this.#replacements = replacements;
    if (this.#indices === undefined) changes.catchUp(this.#reader, this.#visit);
    else for (let place = 0; place < this.size; place++) this.#evaluate(place, true);
    if (this.#exempt !== undefined || this.#nominations.size > 0) this.#changeExempt(waiting);
  }

  #changeExempt(waiting: PodInfo | undefined): void {
    const before = this.#exempt;
    const nodeName = waiting && this.#nominations.nodeOf(waiting.key);
    const place = nodeName === undefined ? -1 : this.placeOf(nodeName);
    this.#exempt = waiting === undefined || place < 0 ? undefined : { key: waiting.key, place };
    if (before !== undefined) this.#evaluate(before.place, false);
    if (this.#exempt !== undefined) this.#evaluate(place, false);
  }

  /** The place of a node; -1 if it does not come into question. */
  placeOf(nodeName: string): number {
    const index = this.#world.indexOf(nodeName);
    return index === undefined ? -1 : this.placeAt(index);
  }

  /** The place of the node with that index in the world; -1 if it does not come into question. */
  placeAt(index: number): number {
    return this.#indices === undefined ? index : this.#indices.indexOf(index);
  }

  #evaluate(place: number, isFixedVoid: boolean): void {
    const { fixed, live } = this.#traits;
    const index = this.#indices?.[place] ?? place;
    if (isFixedVoid) {
      let tuple = 0;
      for (const trait of fixed) tuple = this.#tuples.extend(tuple, trait.of(index, place));
      this.#fixed[place] = tuple;
    }
    const refusal =
      (this.#nominations.size > 0 && this.#besideNominated(place, index)) ||
      this.#place.refusals[place] ||
      this.#room.refusals[place] ||
      this.#volumes.refusals[place] ||
      0;
    if (refusal !== 0) {
      this.#move(place, refusal, -1, 0);
      return;
    }
    let tuple = this.#fixed[place] ?? 0;
    if (live.length > 0) {
      const before = isFixedVoid ? undefined : this.#bucketAt(place);
      if (before !== undefined && this.#isStill(before, index, place)) tuple = this.#buckets[place] ?? 0;
      else for (const trait of live) tuple = this.#tuples.extend(tuple, trait.of(index, place));
    }
    this.#move(place, 0, tuple, (this.#room.scores[place] ?? 0) + (this.#images.scores[place] ?? 0));
  }

  /** Whether the live traits of the node are those of its bucket. */
  #isStill(bucket: Bucket, index: number, place: number): boolean {
    const { live } = this.#traits;
    for (let at = 0; at < live.length; at++) {
      const trait = live[at];
      if (trait !== undefined && trait.of(index, place) !== trait.in(bucket)) return false;
    }
    return true;
  }

  /** Who refuses the node if those that wait for it, and come before the Pod, ran there already. */
  #besideNominated(place: number, index: number): number {
    const node = this.#world.node(index);
    let full: NodeInfo | undefined;
    for (const nominated of this.#nominations.on(node.name)) {
      if (nominated.priority < this.#priority) continue;
      if (this.#exempt?.place === place && this.#exempt.key === nominated.key) continue;
      full ??= node.clone();
      full.addPod(nominated);
    }
    if (full === undefined) return 0;
    for (const filter of this.filters) {
      const refusal = filter.filter(full);
      if (refusal !== undefined) return this.#world.verdicts.id(refusal);
    }
    return 0;
  }

  #move(place: number, refusal: number, tuple: number, own: number): void {
    const before = this.#refusals[place] ?? 0;
    if (before !== refusal) {
      this.#refused[before] = (this.#refused[before] ?? 0) - 1;
      this.#refused[refusal] = (this.#refused[refusal] ?? 0) + 1;
      this.#refusals[place] = refusal;
      this.#epoch++;
    }
    const from = this.#buckets[place] ?? -1;
    if (from === tuple && (tuple < 0 || this.#scores[place] === own)) return;
    if (from === tuple) {
      const score = this.#scores[place] ?? 0;
      this.#scores[place] = own;
      this.#byTuple[tuple]?.update(place, score);
      return;
    }
    this.#epoch++;
    this.#moves++;
    if (from >= 0) this.#leave(from, place);
    this.#buckets[place] = tuple;
    this.#scores[place] = own;
    if (tuple >= 0) this.#enter(tuple, place);
  }

  #enter(tuple: number, place: number): void {
    let bucket = this.#byTuple[tuple];
    if (bucket === undefined) {
      bucket = new Bucket(this.#tuples.values(tuple), this.#ranks);
      this.#byTuple[tuple] = bucket;
    }
    if (bucket.size === 0) bucket.slot = this.#used.push(bucket) - 1;
    bucket.enter(place);
  }

  #leave(tuple: number, place: number): void {
    const bucket = this.#byTuple[tuple];
    if (bucket === undefined) return;
    bucket.leave(place);
    if (bucket.size > 0) return;
    const last = this.#used.pop();
    if (last === undefined || last === bucket) return;
    this.#used[bucket.slot] = last;
    last.slot = bucket.slot;
  }

  /** The place of the best node for the Pod at hand, the first by name among equals; -1 if none passes. */
  pick(): number {
    const passing = this.#passing;
    // Neither of them ever shrinks, so that their sum tells whether all are as they were.
    let version = this.#moves;
    const { sums } = this.#rules;
    for (let index = 0; index < sums.length; index++) version += sums[index]?.version ?? 0;
    if (this.#scoredBy !== version) {
      this.#scoredBy = version;
      this.#judgeBuckets();
      if (passing.length > 0) this.#scoreBuckets();
    }
    let best = -1;
    let most = -1;
    for (let index = 0; index < passing.length; index++) {
      const bucket = passing[index];
      const place = bucket?.first();
      if (bucket === undefined || place === undefined) continue;
      const total = bucket.score + (this.#scores[place] ?? 0);
      if (total < most || (total === most && place > best)) continue;
      most = total;
      best = place;
    }
    return best;
  }

  #judgeBuckets(): void {
    this.#passing.length = 0;
    for (const bucket of this.#used) {
      const refusal = this.#sharedRefusal(bucket);
      if (refusal !== bucket.refusal) this.#epoch++;
      bucket.refusal = refusal;
      if (bucket.refusal === 0) this.#passing.push(bucket);
    }
  }

  #sharedRefusal(bucket: Bucket): number {
    const { hard, affinity } = this.#rules;
    const refusal = hard?.refusal(bucket) ?? affinity?.refusal(bucket);
    return refusal === undefined ? (this.#late?.in(bucket) ?? 0) : this.#world.verdicts.id(refusal);
  }

  #scoreBuckets(): void {
    const passing = this.#passing;
    const buffer = this.#buffer;
    for (const bucket of passing) bucket.score = 0;
    for (const [c, { shared }] of this.columns.entries()) {
      if (shared === undefined) {
        this.active[c] = true;
        continue;
      }
      buffer.length = passing.length;
      const active = shared.by.score(passing, buffer);
      this.active[c] = active;
      if (!active) continue;
      for (const [j, bucket] of passing.entries()) {
        const score = (buffer[j] ?? 0) * shared.weight;
        bucket.scores[c] = score;
        bucket.score += score;
      }
    }
  }

  /** How many nodes each refusal keeps off the Pod at hand, by its number. */
  refusedBy(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    this.#refused.forEach((count, refusal) => {
      if (refusal !== 0 && count > 0) counts.set(refusal, count);
    });
    for (const { refusal, size } of this.#used) if (refusal !== 0) counts.set(refusal, (counts.get(refusal) ?? 0) + size);
    return counts;
  }

  /** Who refuses a node for the Pod at hand. */
  verdict(place: number): number {
    return this.#bucketAt(place)?.refusal ?? this.#refusals[place] ?? 0;
  }

  /** The same of each node, by place. */
  verdicts(): Uint16Array {
    const verdicts = this.#refusals.slice();
    if (this.#used.length === 0) return verdicts;
    for (let place = 0; place < this.size; place++) {
      const bucket = this.#bucketAt(place);
      if (bucket !== undefined) verdicts[place] = bucket.refusal;
    }
    return verdicts;
  }

  #bucketAt(place: number): Bucket | undefined {
    return this.#byTuple[this.#buckets[place] ?? -1];
  }

  /** The total of a node for the Pod at hand; undefined where it is refused. */
  total(place: number): number | undefined {
    const bucket = this.#bucketAt(place);
    return bucket === undefined || bucket.refusal !== 0 ? undefined : bucket.score + (this.#scores[place] ?? 0);
  }

  /** What one active plugin gives to a node that passed. */
  score(place: number, column: number): number {
    const { node } = this.columns[column] ?? {};
    if (node === undefined) return this.#bucketAt(place)?.scores[column] ?? 0;
    return node.weight * node.score.score(this.node(place));
  }
}
