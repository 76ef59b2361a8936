import { addTo, type Cell, type Entry, objectsOf, removeFrom } from './cell.js';
import type { Stored } from './kinds.js';

type Labels = Readonly<Record<string, string>>;

const none: readonly Stored[] = [];

/** Objects by each of their labels, so that a selector looks only at objects that carry its rarest pair. */
export class LabelIndex {
  /** Namespace -> label -> value -> objects. */
  readonly #spaces = new Map<string, Map<string, Map<string | undefined, Entry>>>();
  readonly #labelsOf: (object: Stored) => Labels | undefined;

  constructor(labelsOf: (object: Stored) => Labels | undefined) {
    this.#labelsOf = labelsOf;
  }

  put(cell: Cell): void {
    const labels = this.#labelsOf(cell.object);
    if (!labels) return;
    const space = entryOf(this.#spaces, cell.object.metadata.namespace ?? '');
    for (const name in labels) addTo(entryOf(space, name), labels[name], cell);
  }

  remove(cell: Cell): void {
    const labels = this.#labelsOf(cell.object);
    const space = this.#spaces.get(cell.object.metadata.namespace ?? '');
    if (labels === undefined || space === undefined) return;
    for (const name in labels) {
      const values = space.get(name);
      if (values !== undefined) removeFrom(values, labels[name], cell);
    }
  }

  /** Objects of the namespace that carry all of `labels`; none for no labels. */
  matching(namespace: string, labels: Labels): readonly Stored[] {
    const space = this.#spaces.get(namespace);
    if (space === undefined) return none;
    let rarest: Entry | undefined;
    let wanted = 0;
    for (const name in labels) {
      const entry = space.get(name)?.get(labels[name]);
      if (entry === undefined) return none;
      if (rarest === undefined || sizeOf(entry) < sizeOf(rarest)) rarest = entry;
      wanted++;
    }
    const found = objectsOf(rarest);
    return wanted < 2 ? found : found.filter((object) => carries(this.#labelsOf(object), labels));
  }

  /** Objects of the namespace whose own labels (a selector) are all among `labels`. */
  selecting(namespace: string, labels: Labels): readonly Stored[] {
    const space = this.#spaces.get(namespace);
    if (space === undefined) return none;
    let found: Stored[] | undefined;
    for (const name in labels) {
      const entry = space.get(name)?.get(labels[name]);
      if (entry === undefined) continue;
      for (const object of objectsOf(entry)) {
        if (found?.includes(object) || !carries(labels, this.#labelsOf(object))) continue;
        if (found === undefined) found = [object];
        else found.push(object);
      }
    }
    return found ?? none;
  }
}

const sizeOf = (entry: Entry): number => (entry instanceof Set ? entry.size : 1);

const carries = (labels: Labels | undefined, wanted: Labels | undefined): boolean => {
  for (const name in wanted)
    if (labels === undefined || !Object.hasOwn(labels, name) || labels[name] !== wanted[name]) return false;
  return true;
};

const entryOf = <K, V>(index: Map<string, Map<K, V>>, name: string): Map<K, V> => {
  const entry = index.get(name);
  if (entry !== undefined) return entry;
  const made = new Map<K, V>();
  index.set(name, made);
  return made;
};
