/** Nodes that one Pod cannot tell apart but by their own room: they share whatever depends on other Pods, labels and taints. */
export class Bucket {
  /** What they share: one number a trait, see `Traits`. */
  readonly traits: readonly number[];
  /** How many nodes are in it. */
  size = 0;
  /** Place among the buckets in use. */
  place = -1;
  /** For the Pod at hand: who refuses all of its nodes (0: nobody), and what its nodes score for what they share. */
  refusal = 0;
  score = 0;
  /** The parts of the score, one a column. */
  readonly scores: number[] = [];
  /** Rankings of nodes, least first once `#ordered`. Those of nodes that have left or changed since are void, and stay until they come up. */
  #heap: number[] = [];
  #ordered = false;

  readonly #isValid: (ranking: number, bucket: Bucket) => boolean;

  constructor(traits: readonly number[], isValid: (ranking: number, bucket: Bucket) => boolean) {
    this.traits = traits;
    this.#isValid = isValid;
  }

  push(ranking: number): void {
    const heap = this.#heap;
    heap.push(ranking);
    if (this.#ordered) this.#rise(heap.length - 1);
  }

  /** The least ranking that is valid; undefined if there is none. */
  first(): number | undefined {
    if (this.#heap.length > 2 * this.size + 64) this.#tidy();
    else if (!this.#ordered) this.#order();
    const heap = this.#heap;
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (this.#isValid(top, this)) return top;
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        this.#sink(0);
      }
    }
    return undefined;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #tidy(): void {
    // What is sorted is a heap.
    this.#heap = [...new Set(this.#heap)].filter((ranking) => this.#isValid(ranking, this)).sort((a, b) => a - b);
    this.#ordered = true;
  }

  #order(): void {
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#sink(i);
    this.#ordered = true;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const ranking = heap[from] ?? 0;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= ranking) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = ranking;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const ranking = heap[from] ?? 0;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let least = left;
      if (right !== undefined && right < left) {
        child++;
        least = right;
      }
      if (least >= ranking) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = ranking;
  }
}
