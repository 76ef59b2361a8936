import { type ObjectRef, refSpace } from './object.js';

/**
 * Values by the identity of objects (see `refKey`), found by their names: no text is made and kept for each. A name that is no text, as in what
 * cannot be decoded, is what it reads as.
 */
export class RefMap<T> {
  readonly #spaces = new Map<string, Map<string, T>>();
  /** Who asks for an object mostly asks for one of the kind and namespace of the one before it. */
  #apiVersion = '';
  #kind = '';
  #namespace = '';
  #names: Map<string, T> = this.#newSpace();

  get(ref: ObjectRef): T | undefined {
    return this.#space(ref).get(String(ref.name));
  }

  has(ref: ObjectRef): boolean {
    return this.#space(ref).has(String(ref.name));
  }

  set(ref: ObjectRef, value: T): void {
    this.#space(ref).set(String(ref.name), value);
  }

  get size(): number {
    let size = 0;
    for (const names of this.#spaces.values()) size += names.size;
    return size;
  }

  #space({ apiVersion, kind, namespace = '' }: ObjectRef): Map<string, T> {
    if (kind !== this.#kind || namespace !== this.#namespace || apiVersion !== this.#apiVersion) {
      this.#apiVersion = apiVersion;
      this.#kind = kind;
      this.#namespace = namespace;
      this.#names = this.#spaces.get(refSpace(apiVersion, kind, namespace)) ?? this.#newSpace();
    }
    return this.#names;
  }

  #newSpace(): Map<string, T> {
    const names = new Map<string, T>();
    this.#spaces.set(refSpace(this.#apiVersion, this.#kind, this.#namespace), names);
    return names;
  }
}
