import type { Labels } from '../../api/selector.js';
import { labelPairs } from '../labels.js';

/** Things that concern Pods with certain labels, found by the labels of a Pod without asking all. */
export class PairIndex<T> {
  readonly #places = new Map<string, T[]>();
  /** Things that demand no label. */
  readonly #others: T[] = [];

  isEmpty = true;

  /** `pairs`: labels, as `key=value`, that every Pod has whom the thing concerns. */
  add(pairs: readonly string[], item: T): void {
    this.isEmpty = false;
    let place = this.#others;
    // Under the label that fewest others have chosen: some labels are on everything.
    for (const pair of pairs) {
      const candidate = this.#places.get(pair);
      if (candidate === undefined) {
        this.#places.set(pair, [item]);
        return;
      }
      if (place === this.#others || candidate.length < place.length) place = candidate;
    }
    place.push(item);
  }

  /** Visits everything that may concern Pods with these labels. */
  visit(labels: Labels, visitor: (item: T) => void): void {
    for (const item of this.#others) visitor(item);
    if (this.#places.size === 0) return;
    for (const pair of labelPairs(labels)) {
      const items = this.#places.get(pair);
      if (items !== undefined) for (const item of items) visitor(item);
    }
  }
}
