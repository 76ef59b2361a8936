/** What the nodes at the places of a table score by themselves, and empty levels to be used again. */
export interface Ranks {
  readonly scores: Int32Array;
  readonly spare: Level[];
}

/** Places of nodes that score alike, as bits. */
export class Level {
  size = 0;
  readonly #words: Int32Array;
  /** No word before this one has a bit. */
  #low = 0;

  /** `places`: how many there are in the table. */
  constructor(places: number) {
    this.#words = new Int32Array((places >> 5) + 1);
  }

  add(place: number): void {
    const word = place >> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (place & 31));
    this.size++;
    if (word < this.#low) this.#low = word;
  }

  remove(place: number): void {
    const word = place >> 5;
    this.#words[word] = (this.#words[word] ?? 0) & ~(1 << (place & 31));
    this.size--;
  }

  /** The first place; undefined if there is none. */
  get first(): number | undefined {
    if (this.size === 0) return undefined;
    while (this.#words[this.#low] === 0) this.#low++;
    const word = this.#words[this.#low] ?? 0;
    return this.#low * 32 + 31 - Math.clz32(word & -word);
  }
}
