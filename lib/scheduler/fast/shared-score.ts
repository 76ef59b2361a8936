import type { Score } from '../framework.js';
import type { Bucket } from './bucket.js';
import type { Trait } from './traits.js';

/** A score that all nodes of a bucket share. */
export interface SharedScore {
  /**
   * Writes the scores of the buckets that passed, before weighting, one each; false when the plugin skips the Pod. The buckets hold all
   * feasible nodes, so that scores can be normalized over them.
   */
  score(buckets: readonly Bucket[], scores: number[]): boolean;
}

/** The score of a plugin that looks at single nodes but normalizes over all of them; the trait is the score before that. */
export class NormalizedScore implements SharedScore {
  readonly #score: Score;
  readonly #trait: Trait;

  constructor(score: Score, trait: Trait) {
    this.#score = score;
    this.#trait = trait;
  }

  score(buckets: readonly Bucket[], scores: number[]): boolean {
    for (let j = 0; j < buckets.length; j++) {
      const bucket = buckets[j];
      if (bucket !== undefined) scores[j] = this.#trait.in(bucket);
    }
    this.#score.normalizeScore?.(scores, []);
    return true;
  }
}
