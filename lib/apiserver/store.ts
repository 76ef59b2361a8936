import type { OwnerReference } from '../api/generated/types.js';
import { type Admitted, groupOf, type KubeObject, type ObjectRef, refKey } from '../api/object.js';
import { addTo, type Cell, type Entry, objectsOf, removeFrom } from './cell.js';
import { type Kind, type Kinds, kindVersion, type Stored } from './kinds.js';
import { LabelIndex } from './label-index.js';
import { Shelf } from './shelf.js';

/** One write, as watches see it. */
export interface Change {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly key: string;
  readonly object: Stored;
  /** The object before; absent for `added`. */
  readonly previous?: Stored | undefined;
}

export type Subscriber = (change: Change) => void;

/** A kind that the engines do not read by name. */
export interface GroupKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export const keyOf = ({ apiVersion, kind, metadata: { namespace, name } }: Admitted): string =>
  refKey({ apiVersion, kind, namespace, name });

/** The owner that manages the object; there is at most one. */
export const controllerRefOf = ({ metadata: { ownerReferences } }: Admitted): OwnerReference | undefined => {
  if (!ownerReferences) return undefined;
  for (let i = 0; i < ownerReferences.length; i++) {
    const owner = ownerReferences[i];
    if (owner?.controller === true) return owner;
  }
  return undefined;
};

/** A change that was not told yet. */
interface Due extends Change {
  readonly shelf: Shelf;
}

const none: readonly Stored[] = [];
/** Chains of owners end here, those that go round too. */
const mostOwners = 10;

/** etcd's role: objects by kind, name, uid and owner, and watches. */
export class Store {
  /** Kind -> apiVersion -> objects; all versions of a group share theirs. */
  readonly #shelves = new Map<string, Map<string, Shelf>>();
  readonly #named: Readonly<Record<Kind, Shelf>>;
  readonly #podLabels = new LabelIndex((object) => object.metadata.labels);
  readonly #serviceSelectors = new LabelIndex(
    (object) => (object.spec as { selector?: Record<string, string> } | undefined)?.selector,
  );
  /** In order of creation. */
  readonly #byUid = new Map<string, Cell>();
  /** Owner uid -> objects. */
  readonly #dependents = new Map<string, Entry>();
  /** By key. */
  readonly #incarnations = new Map<string, number>();
  readonly #subscribers: { readonly subscriber: Subscriber; readonly shelves: ReadonlySet<Shelf> | undefined }[] = [];
  readonly #undelivered: Due[] = [];
  readonly #listeners: (() => void)[] = [];
  #delivering = false;
  #revision = 0;

  constructor() {
    const own: Partial<Record<Kind, Shelf>> = {
      Pod: new Shelf(this.#podLabels, new Map()),
      ReplicaSet: new Shelf(undefined, new Map()),
      Service: new Shelf(this.#serviceSelectors),
    };
    const shelves = Object.entries(kindVersion).map(([kind, apiVersion]): [string, Shelf] => {
      const shelf = own[kind as Kind] ?? new Shelf();
      this.#shelves.set(kind, new Map([[apiVersion, shelf]]));
      return [kind, shelf];
    });
    this.#named = Object.fromEntries(shelves) as Readonly<Record<Kind, Shelf>>;
  }

  /** Counts the writes. An object carries the count of its last one but those of its status: nobody here writes on top of what he has not seen. */
  get revision(): number {
    return this.#revision;
  }

  /** By `refKey`. */
  get(key: string): Stored | undefined {
    return this.#cellOf(key)?.object;
  }

  /** By reference, without making its key. */
  at({ apiVersion, kind, namespace, name }: ObjectRef): Stored | undefined {
    const shelf = this.#shelves.get(kind)?.get(apiVersion) ?? this.#newShelf(apiVersion, kind);
    return shelf.names.get(namespace ?? '')?.get(name)?.object;
  }

  /** The place of what is stored under the name of an object. */
  namesake({ apiVersion, kind, metadata: { namespace, name } }: Admitted): Cell | undefined {
    const { names } = this.#shelfOf(apiVersion, kind);
    return names.get(namespace ?? '')?.get(name);
  }

  /** The object of this uid, if it still exists. */
  withUid(uid: string): Stored | undefined {
    return this.#byUid.get(uid)?.object;
  }

  /** The place of the object of this uid, for who reads it and then writes it. */
  cell(uid: string): Cell | undefined {
    return this.#byUid.get(uid);
  }

  find<K extends Kind>(kind: K, namespace: string | undefined, name: string): Admitted<Kinds[K]> | undefined {
    return this.#named[kind].names.get(namespace ?? '')?.get(name)?.object as Admitted<Kinds[K]> | undefined;
  }

  /** Objects of a kind, in order of creation; of all namespaces when none is given. */
  list<K extends Kind>(kind: K, namespace?: string): readonly Admitted<Kinds[K]>[];
  list(kind: GroupKind, namespace?: string): readonly Stored[];
  list(kind: Kind | GroupKind, namespace = ''): readonly Admitted[] {
    return this.#shelf(kind).list(namespace);
  }

  count(kind: Kind, namespace = ''): number {
    const { cells, names } = this.#named[kind];
    return namespace === '' ? cells.size : (names.get(namespace)?.size ?? 0);
  }

  all(): readonly Stored[] {
    return Array.from(this.#byUid.values(), ({ object }) => object);
  }

  /** Objects that name `uid` as an owner. */
  dependents(uid: string): readonly Stored[] {
    return objectsOf(this.#dependents.get(uid));
  }

  /** The last of the controllers above an object; itself when there is none. */
  rootOf(object: Admitted): Admitted {
    let root = object;
    let uid = controllerRefOf(object)?.uid;
    for (let height = 0; uid !== undefined && height < mostOwners; height++) {
      const cell = this.#byUid.get(uid);
      if (cell === undefined) break;
      root = cell.object;
      uid = cell.controller;
    }
    return root;
  }

  /** The chain of controllers above an object, the nearest first. */
  ownersOf(object: Admitted): readonly Stored[] {
    const owners: Stored[] = [];
    let uid = controllerRefOf(object)?.uid;
    while (uid !== undefined && owners.length < mostOwners) {
      const cell = this.#byUid.get(uid);
      if (cell === undefined) break;
      owners.push(cell.object);
      uid = cell.controller;
    }
    return owners;
  }

  /** Objects of a kind whose controller is `uid`. */
  controlledBy<K extends Kind>(kind: K, uid: string): readonly Admitted<Kinds[K]>[];
  controlledBy(kind: Kind, uid: string): readonly Stored[] {
    const entry = this.#dependents.get(uid);
    if (entry === undefined) return none;
    const shelf = this.#named[kind];
    if (!(entry instanceof Set)) return entry.controller === uid && entry.shelf === shelf ? [entry.object] : none;
    const found: Stored[] = [];
    for (const cell of entry) if (cell.controller === uid && cell.shelf === shelf) found.push(cell.object);
    return found;
  }

  /** Objects of a kind that no controller manages. */
  uncontrolled<K extends 'Pod' | 'ReplicaSet'>(kind: K, namespace: string): readonly Admitted<Kinds[K]>[] {
    const entry = this.#named[kind].uncontrolled?.get(namespace);
    return (entry === undefined ? none : objectsOf(entry)) as readonly Admitted[] as readonly Admitted<Kinds[K]>[];
  }

  /** Pods of a namespace that carry all of `labels`. */
  podsWith(namespace: string, labels: Readonly<Record<string, string>>): readonly Admitted<Kinds['Pod']>[] {
    return this.#podLabels.matching(namespace, labels) as readonly Admitted[] as readonly Admitted<Kinds['Pod']>[];
  }

  /** Services of a namespace whose selector matches a Pod with these labels. */
  servicesSelecting(namespace: string, labels: Readonly<Record<string, string>>): readonly Admitted<Kinds['Service']>[] {
    return this.#serviceSelectors.selecting(namespace, labels) as readonly Admitted[] as readonly Admitted<Kinds['Service']>[];
  }

  /** How many objects of the key that consists of these two were deleted before. */
  incarnation(space: string, name: string): number {
    return this.#incarnations.size === 0 ? 0 : (this.#incarnations.get(space + name) ?? 0);
  }

  /** What was last applied of an object. */
  lastApplied({ metadata: { uid } }: Stored): KubeObject | undefined {
    return this.#byUid.get(uid)?.applied;
  }

  noteApplied({ metadata: { uid } }: Stored, sent: KubeObject): void {
    const cell = this.#byUid.get(uid);
    if (cell !== undefined) cell.applied = sent;
  }

  /** Writes an object and tells the watches. */
  put(stored: Stored): Stored {
    const cell = this.#byUid.get(stored.metadata.uid) ?? this.namesake(stored);
    return cell === undefined ? this.add(stored) : this.write(cell, stored);
  }

  /** Writes an object that the store does not have yet. `applied`: what its author applied, if he did. */
  add(stored: Stored, applied?: KubeObject): Stored {
    const { apiVersion, kind } = stored;
    const { namespace, name, uid } = stored.metadata;
    const key = refKey({ apiVersion, kind, namespace, name });
    const shelf = this.#shelfOf(apiVersion, kind);
    const cell: Cell = { key, shelf, uid, object: stored, controller: undefined, applied };
    this.#revision++;
    this.#byUid.set(uid, cell);
    if (shelf.add(cell) === 1) this.#census();
    this.#index(cell);
    this.#tell('added', cell, stored, undefined);
    return stored;
  }

  /** Writes what is stored in a place anew. */
  write(cell: Cell, stored: Stored): Stored {
    const previous = cell.object;
    this.#revision++;
    cell.shelf.all = undefined;
    if (sameIndexes(previous, stored)) cell.object = stored;
    else {
      this.#unindex(cell);
      cell.object = stored;
      this.#index(cell);
    }
    this.#tell('modified', cell, stored, previous);
    return stored;
  }

  remove(key: string): Stored | undefined {
    const cell = this.#cellOf(key);
    if (cell === undefined) return undefined;
    const { object, shelf, uid } = cell;
    this.#revision++;
    this.#byUid.delete(uid);
    this.#unindex(cell);
    if (shelf.remove(cell) === 0) this.#census();
    this.#incarnations.set(key, (this.#incarnations.get(key) ?? 0) + 1);
    this.#tell('deleted', cell, object, object);
    return object;
  }

  /** Calls `subscriber` for every later change (of these kinds; without, of all), in order; never inside another's call. */
  watch(subscriber: Subscriber, kinds?: readonly (Kind | GroupKind)[]): void {
    this.#subscribers.push({ subscriber, shelves: kinds && new Set(kinds.map((kind) => this.#shelf(kind))) });
    for (const versions of this.#shelves.values()) for (const shelf of versions.values()) shelf.watchers = undefined;
  }

  /** Calls `listener` at once whenever a kind gets its first object or loses its last. */
  onCensus(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #census(): void {
    for (const listener of this.#listeners) listener();
  }

  #shelf(kind: Kind | GroupKind): Shelf {
    return typeof kind === 'string' ? this.#named[kind] : this.#shelfOf(kind.apiVersion, kind.kind);
  }

  #shelfOf(apiVersion: string, kind: string): Shelf {
    return this.#shelves.get(kind)?.get(apiVersion) ?? this.#newShelf(apiVersion, kind);
  }

  #newShelf(apiVersion: string, kind: string): Shelf {
    const versions = this.#shelves.get(kind) ?? new Map<string, Shelf>();
    this.#shelves.set(kind, versions);
    const group = groupOf(apiVersion);
    let shelf: Shelf | undefined;
    for (const [version, known] of versions) if (groupOf(version) === group) shelf ??= known;
    shelf ??= new Shelf();
    versions.set(apiVersion, shelf);
    return shelf;
  }

  #cellOf(key: string): Cell | undefined {
    const afterGroup = key.indexOf('/') + 1;
    const afterKind = key.indexOf('/', afterGroup) + 1;
    const afterNamespace = key.indexOf('/', afterKind) + 1;
    const kind = key.slice(afterGroup, afterKind - 1);
    if (!this.#shelves.has(kind)) return undefined;
    const { names } = this.#shelfOf(key.slice(0, afterGroup), kind);
    return names.get(key.slice(afterKind, afterNamespace - 1))?.get(key.slice(afterNamespace));
  }

  #tell(type: Change['type'], cell: Cell, object: Stored, previous: Stored | undefined): void {
    const { key, shelf } = cell;
    let due: Due | undefined = { type, key, object, previous, shelf };
    if (this.#delivering) {
      this.#undelivered.push(due);
      return;
    }
    this.#delivering = true;
    for (let next = 0; due !== undefined; next++) {
      const watchers = due.shelf.watchers ?? this.#watchersOf(due.shelf);
      for (let i = 0; i < watchers.length; i++) watchers[i]?.(due);
      due = this.#undelivered[next];
    }
    if (this.#undelivered.length > 0) this.#undelivered.length = 0;
    this.#delivering = false;
  }

  #watchersOf(shelf: Shelf): readonly Subscriber[] {
    const watchers = this.#subscribers.filter(({ shelves }) => shelves?.has(shelf) ?? true).map(({ subscriber }) => subscriber);
    shelf.watchers = watchers;
    return watchers;
  }

  #index(cell: Cell): void {
    const { object, shelf } = cell;
    const { ownerReferences, namespace } = object.metadata;
    cell.controller = undefined;
    if (ownerReferences) {
      for (const { uid } of ownerReferences) addTo(this.#dependents, uid, cell);
      cell.controller = controllerRefOf(object)?.uid;
    }
    if (cell.controller === undefined && shelf.uncontrolled !== undefined) addTo(shelf.uncontrolled, namespace ?? '', cell);
    shelf.labels?.put(cell);
  }

  #unindex(cell: Cell): void {
    const { object, shelf } = cell;
    const { ownerReferences, namespace } = object.metadata;
    if (ownerReferences) for (const { uid } of ownerReferences) removeFrom(this.#dependents, uid, cell);
    if (shelf.uncontrolled !== undefined) removeFrom(shelf.uncontrolled, namespace ?? '', cell);
    shelf.labels?.remove(cell);
  }
}

/** Most writes change a status only: then no index moves. */
const sameIndexes = (a: Stored, b: Stored): boolean =>
  (a.metadata === b.metadata ||
    (a.metadata.ownerReferences === b.metadata.ownerReferences && a.metadata.labels === b.metadata.labels)) &&
  (a.kind !== 'Service' || a.spec === b.spec);
