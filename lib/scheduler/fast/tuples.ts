const span = 2 ** 26;

/** Lists of small integers, numbered, so that equal lists have equal numbers. Lists grow one by one from the empty one, 0. */
export class Tuples {
  readonly #children = new Map<number, number>();
  readonly #parents: number[] = [0];
  readonly #values: number[] = [0];

  /** The list that has `value` after what `tuple` has. */
  extend(tuple: number, value: number): number {
    const key = tuple * span + value + span / 2;
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const made = this.#parents.push(tuple) - 1;
    this.#values.push(value);
    this.#children.set(key, made);
    return made;
  }

  values(tuple: number): readonly number[] {
    const values: number[] = [];
    for (let at = tuple; at !== 0; at = this.#parents[at] ?? 0) values.push(this.#values[at] ?? 0);
    return values.reverse();
  }
}
