import { type Cell, type Entry, objectsOf } from './cell.js';
import type { Stored } from './kinds.js';
import type { LabelIndex } from './label-index.js';
import type { Subscriber } from './store.js';

/** The objects of one kind, and who watches them. */
export class Shelf {
  /** In order of creation. */
  readonly cells = new Set<Cell>();
  /** All objects, as long as none of them is written: lists are asked for in rows. */
  all: readonly Stored[] | undefined = undefined;
  /** Namespace -> name -> object. */
  readonly names = new Map<string, Map<string, Cell>>();
  /** Namespace -> objects without a controller; only of kinds that controllers adopt. */
  readonly uncontrolled: Map<string, Entry> | undefined;
  readonly labels: LabelIndex | undefined;
  /** In the order in which they began; undefined as long as nobody asked. */
  watchers: readonly Subscriber[] | undefined;

  constructor(labels?: LabelIndex, uncontrolled?: Map<string, Entry>) {
    this.labels = labels;
    this.uncontrolled = uncontrolled;
    this.watchers = undefined;
  }

  /** In order of creation; of all namespaces for the empty one. */
  list(namespace: string): readonly Stored[] {
    if (namespace === '') {
      this.all ??= objectsOf(this.cells);
      return this.all;
    }
    const named = this.names.get(namespace);
    if (named === undefined) return objectsOf(undefined);
    const found: Stored[] = [];
    for (const { object } of named.values()) found.push(object);
    return found;
  }

  /** Returns how many there are now. */
  add(cell: Cell): number {
    const { metadata } = cell.object;
    const namespace = metadata.namespace ?? '';
    this.all = undefined;
    this.cells.add(cell);
    const named = this.names.get(namespace);
    if (named === undefined) this.names.set(namespace, new Map([[metadata.name, cell]]));
    else named.set(metadata.name, cell);
    return this.cells.size;
  }

  /** Returns how many are left. */
  remove(cell: Cell): number {
    const { namespace, name } = cell.object.metadata;
    this.all = undefined;
    this.cells.delete(cell);
    this.names.get(namespace ?? '')?.delete(name);
    return this.cells.size;
  }
}
