import { Level, type Ranks } from './level.js';

/** Up to so many nodes it is cheaper to look at each than to keep them in order. */
const few = 64;

/** Nodes that one Pod cannot tell apart but by their own room: they share whatever depends on other Pods, labels and taints. */
export class Bucket {
  /** What they share: one number a trait, see `Traits`. */
  readonly traits: readonly number[];
  /** Place among the buckets in use. */
  slot = -1;
  /** For the Pod at hand: who refuses all of its nodes (0: nobody), and what its nodes score for what they share. */
  refusal = 0;
  score = 0;
  /** The parts of the score, one a column. */
  readonly scores: number[] = [];
  /** How many nodes are in it. */
  size = 0;
  /** Places of its nodes while they are few; else by their score. */
  readonly #few: number[] = [];
  #levels: Map<number, Level> | undefined;
  /** The highest score. */
  #top = -1;
  readonly #ranks: Ranks;

  constructor(traits: readonly number[], ranks: Ranks) {
    this.traits = traits;
    this.#ranks = ranks;
  }

  enter(place: number): void {
    this.size++;
    if (this.#levels === undefined && this.size > few) this.#order();
    if (this.#levels === undefined) this.#few.push(place);
    else this.#add(this.#levels, place, this.#ranks.scores[place] ?? 0);
  }

  leave(place: number): void {
    this.size--;
    if (this.#levels !== undefined) {
      this.#take(this.#levels, place, this.#ranks.scores[place] ?? 0);
      if (this.size === 0) this.#levels = undefined;
      return;
    }
    const last = this.#few.pop();
    if (last !== undefined && last !== place) this.#few[this.#few.indexOf(place)] = last;
  }

  /** The score of the node was `before`. */
  update(place: number, before: number): void {
    if (this.#levels === undefined) return;
    this.#take(this.#levels, place, before);
    this.#add(this.#levels, place, this.#ranks.scores[place] ?? 0);
  }

  /** The place of its best node, the first by name among equals; undefined if it is empty. */
  first(): number | undefined {
    if (this.#levels !== undefined) return this.#levels.get(this.#top)?.first;
    let best: number | undefined;
    let most = -1;
    const places = this.#few;
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? 0;
      const score = this.#ranks.scores[place] ?? 0;
      if (score < most || (score === most && best !== undefined && place > best)) continue;
      best = place;
      most = score;
    }
    return best;
  }

  #order(): void {
    this.#levels = new Map();
    this.#top = -1;
    for (const place of this.#few) this.#add(this.#levels, place, this.#ranks.scores[place] ?? 0);
    this.#few.length = 0;
  }

  #add(levels: Map<number, Level>, place: number, score: number): void {
    let level = levels.get(score);
    if (level === undefined) {
      level = this.#ranks.spare.pop() ?? new Level(this.#ranks.scores.length);
      levels.set(score, level);
      if (score > this.#top) this.#top = score;
    }
    level.add(place);
  }

  #take(levels: Map<number, Level>, place: number, score: number): void {
    const level = levels.get(score);
    if (level === undefined) return;
    level.remove(place);
    if (level.size > 0) return;
    levels.delete(score);
    this.#ranks.spare.push(level);
    if (score !== this.#top) return;
    this.#top = -1;
    for (const other of levels.keys()) if (other > this.#top) this.#top = other;
  }
}
