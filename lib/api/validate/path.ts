// Every rule names the place it judges and next to none finds a fault: places are kept, so that naming one costs a look-up. Bounded, since a
// few fields are named by the author.
const mostKept = 64;

/** A place in an object: `spec.containers[0].name`, `metadata.labels[a/b]`. Its text is made only when a fault needs it. */
export class Path {
  readonly #parent: Path | undefined;
  readonly #part: string | number;
  readonly #isKey: boolean;
  #children: Map<string | number, Path> | undefined;

  private constructor(parent: Path | undefined, part: string | number, isKey: boolean) {
    this.#parent = parent;
    this.#part = part;
    this.#isKey = isKey;
  }

  /** The place of a field at the top of the object. */
  static of(field: string): Path {
    return new Path(undefined, field, false);
  }

  child(field: string): Path {
    return this.#children?.get(field) ?? this.#keep(field, false);
  }

  index(index: number): Path {
    return this.#children?.get(index) ?? this.#keep(index, true);
  }

  /** An entry of a map. */
  key(key: string): Path {
    return new Path(this, key, true);
  }

  toString(): string {
    if (this.#parent === undefined) return String(this.#part);
    const parent = this.#parent.toString();
    return this.#isKey ? `${parent}[${this.#part}]` : parent === '' ? String(this.#part) : `${parent}.${this.#part}`;
  }

  #keep(part: string | number, isKey: boolean): Path {
    const path = new Path(this, part, isKey);
    this.#children ??= new Map();
    if (this.#children.size < mostKept) this.#children.set(part, path);
    return path;
  }
}
