import type { KubeObject } from '../api/object.js';
import type { Stored } from './kinds.js';
import type { Shelf } from './shelf.js';

/** The place of an object in the indexes; a write that moves no index only replaces the object in it. */
export interface Cell {
  readonly key: string;
  readonly shelf: Shelf;
  /** The uid under which it is known: that of the object that came first. */
  readonly uid: string;
  object: Stored;
  /** Uid of the object's controller. */
  controller: string | undefined;
  /** What was last applied: the annotation of `kubectl apply`. */
  applied: KubeObject | undefined;
}

/** What an index holds under one name: mostly a single cell, which then stands for itself. */
export type Entry = Cell | Set<Cell>;

export const addTo = <K>(index: Map<K, Entry>, name: K, cell: Cell): void => {
  const entry = index.get(name);
  if (entry === undefined) index.set(name, cell);
  else if (entry instanceof Set) entry.add(cell);
  else if (entry !== cell) index.set(name, new Set([entry, cell]));
};

export const removeFrom = <K>(index: Map<K, Entry>, name: K, cell: Cell): void => {
  const entry = index.get(name);
  if (entry instanceof Set) {
    entry.delete(cell);
    if (entry.size === 0) index.delete(name);
  } else if (entry === cell) index.delete(name);
};

const none: readonly Stored[] = [];

/** The objects of an entry, in the order in which they joined. */
export const objectsOf = (entry: Entry | undefined): readonly Stored[] => {
  if (entry === undefined) return none;
  if (!(entry instanceof Set)) return [entry.object];
  const found: Stored[] = [];
  for (const { object } of entry) found.push(object);
  return found;
};
