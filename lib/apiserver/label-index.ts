import type { Stored } from './kinds.js';

/** The place of an object in the indexes; a write that moves no index only replaces the object in it. */
export interface Cell {
  readonly key: string;
  object: Stored;
}

type Labels = Readonly<Record<string, string>>;

const none: ReadonlyMap<string, Cell> = new Map();

/** Objects by each of their labels, so that a selector looks only at objects that carry its rarest pair. */
export class LabelIndex {
  readonly #byPair = new Map<string, Map<string, Cell>>();
  readonly #labelsOf: (object: Stored) => Labels | undefined;

  constructor(labelsOf: (object: Stored) => Labels | undefined) {
    this.#labelsOf = labelsOf;
  }

  put(cell: Cell): void {
    for (const pair of this.#pairsOf(cell.object)) {
      const entry = this.#byPair.get(pair);
      if (entry === undefined) this.#byPair.set(pair, new Map([[cell.key, cell]]));
      else entry.set(cell.key, cell);
    }
  }

  remove(cell: Cell): void {
    for (const pair of this.#pairsOf(cell.object)) {
      const entry = this.#byPair.get(pair);
      entry?.delete(cell.key);
      if (entry?.size === 0) this.#byPair.delete(pair);
    }
  }

  /** Objects of the namespace that carry all of `labels`; none for no labels. */
  matching(namespace: string, labels: Labels): readonly Stored[] {
    let rarest: ReadonlyMap<string, Cell> | undefined;
    for (const [name, value] of Object.entries(labels)) {
      const entry = this.#byPair.get(pairOf(namespace, name, value)) ?? none;
      if (rarest === undefined || entry.size < rarest.size) rarest = entry;
    }
    const found: Stored[] = [];
    for (const { object } of (rarest ?? none).values()) if (carries(this.#labelsOf(object), labels)) found.push(object);
    return found;
  }

  /** Objects of the namespace whose own labels (a selector) are all among `labels`. */
  selecting(namespace: string, labels: Labels): readonly Stored[] {
    const found = new Map<string, Stored>();
    for (const [name, value] of Object.entries(labels)) {
      for (const [key, { object }] of this.#byPair.get(pairOf(namespace, name, value)) ?? none) {
        if (!found.has(key) && carries(labels, this.#labelsOf(object) ?? {})) found.set(key, object);
      }
    }
    return [...found.values()];
  }

  #pairsOf(object: Stored): readonly string[] {
    const namespace = object.metadata.namespace ?? '';
    return Object.entries(this.#labelsOf(object) ?? {}).map(([name, value]) => pairOf(namespace, name, value));
  }
}

const pairOf = (namespace: string, name: string, value: string): string => `${namespace}/${name}=${value}`;

const carries = (labels: Labels | undefined, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels !== undefined && Object.hasOwn(labels, name) && labels[name] === value);
