import type { OwnerReference } from '../api/generated/types.js';
import { type Admitted, groupOf } from '../api/object.js';
import { type Kind, type Kinds, kindVersion, type Stored } from './kinds.js';
import { type Cell, LabelIndex } from './label-index.js';

/** One write, as watches see it. */
export interface Change {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly key: string;
  readonly object: Stored;
  /** The object before; absent for `added`. */
  readonly previous?: Stored | undefined;
}

type Subscriber = (change: Change) => void;

/** A kind that the engines do not read by name. */
export interface GroupKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export const keyOf = (object: Admitted): string => {
  const { namespace, name } = object.metadata;
  return `${groupOf(object.apiVersion)}/${object.kind}/${namespace ?? ''}/${name}`;
};

/** The owner that manages the object; there is at most one. */
export const controllerRefOf = (object: Admitted): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

const none: ReadonlyMap<string, Cell> = new Map();

/** etcd's role: objects by key, kind and owner, and watches. */
export class Store {
  readonly #cells = new Map<string, Cell>();
  /** `group/kind` -> objects of all namespaces, by key. */
  readonly #kinds = new Map<string, Map<string, Cell>>();
  /** `group/kind` -> namespace -> name -> object. */
  readonly #names = new Map<string, Map<string, Map<string, Cell>>>();
  readonly #byUid = new Map<string, Cell>();
  /** Owner uid -> key -> object. */
  readonly #dependents = new Map<string, Map<string, Cell>>();
  /** `group/kind/namespace` -> objects without a controller. */
  readonly #uncontrolled = new Map<string, Map<string, Cell>>();
  readonly #incarnations = new Map<string, number>();
  readonly #podLabels = new LabelIndex((object) => object.metadata.labels);
  readonly #serviceSelectors = new LabelIndex(
    (object) => (object.spec as { selector?: Record<string, string> } | undefined)?.selector,
  );
  readonly #subscribers: { readonly subscriber: Subscriber; readonly kinds: ReadonlySet<string> | undefined }[] = [];
  /** `group/kind` -> who watches it, in the order in which they began. */
  readonly #watching = new Map<string, readonly Subscriber[]>();
  readonly #undelivered: Change[] = [];
  #delivering = false;
  #revision = 0;

  /** Counts the writes. An object carries the count of its last one but those of its status: nobody here writes on top of what he has not seen. */
  get revision(): number {
    return this.#revision;
  }

  get(key: string): Stored | undefined {
    return this.#cells.get(key)?.object;
  }

  /** The object of this uid, if it still exists. */
  withUid(uid: string): Stored | undefined {
    return this.#byUid.get(uid)?.object;
  }

  find<K extends Kind>(kind: K, namespace: string | undefined, name: string): Admitted<Kinds[K]> | undefined {
    return this.#names
      .get(kindKeys[kind])
      ?.get(namespace ?? '')
      ?.get(name)?.object as Admitted<Kinds[K]> | undefined;
  }

  /** Objects of a kind, in order of creation; of all namespaces when none is given. */
  list<K extends Kind>(kind: K, namespace?: string): readonly Admitted<Kinds[K]>[];
  list(kind: GroupKind, namespace?: string): readonly Stored[];
  list(kind: Kind | GroupKind, namespace = ''): readonly Admitted[] {
    return objectsOf(this.#listed(typeof kind === 'string' ? kindKeys[kind] : kindKey(kind), namespace));
  }

  count(kind: Kind, namespace = ''): number {
    return this.#listed(kindKeys[kind], namespace)?.size ?? 0;
  }

  #listed(kind: string, namespace: string): ReadonlyMap<string, Cell> | undefined {
    return namespace === '' ? this.#kinds.get(kind) : this.#names.get(kind)?.get(namespace);
  }

  all(): readonly Stored[] {
    return objectsOf(this.#cells);
  }

  /** Objects that name `uid` as an owner. */
  dependents(uid: string): readonly Stored[] {
    return objectsOf(this.#dependents.get(uid));
  }

  /** Objects of a kind whose controller is `uid`. */
  controlledBy<K extends Kind>(kind: K, uid: string): readonly Admitted<Kinds[K]>[] {
    const found: Stored[] = [];
    for (const { object } of (this.#dependents.get(uid) ?? none).values()) {
      if (object.kind === kind && controllerRefOf(object)?.uid === uid) found.push(object);
    }
    return found as readonly Admitted[] as readonly Admitted<Kinds[K]>[];
  }

  /** Objects of a kind that no controller manages. */
  uncontrolled<K extends Kind>(kind: K, namespace: string): readonly Admitted<Kinds[K]>[] {
    return objectsOf(this.#uncontrolled.get(`${kindKeys[kind]}/${namespace}`)) as readonly Admitted[] as readonly Admitted<
      Kinds[K]
    >[];
  }

  /** Pods of a namespace that carry all of `labels`. */
  podsWith(namespace: string, labels: Readonly<Record<string, string>>): readonly Admitted<Kinds['Pod']>[] {
    return this.#podLabels.matching(namespace, labels) as readonly Admitted[] as readonly Admitted<Kinds['Pod']>[];
  }

  /** Services of a namespace whose selector matches a Pod with these labels. */
  servicesSelecting(namespace: string, labels: Readonly<Record<string, string>>): readonly Admitted<Kinds['Service']>[] {
    return this.#serviceSelectors.selecting(namespace, labels) as readonly Admitted[] as readonly Admitted<Kinds['Service']>[];
  }

  /** How many objects of this key were deleted before. */
  incarnation(key: string): number {
    return this.#incarnations.get(key) ?? 0;
  }

  /** Writes an object and tells the watches. */
  put(stored: Stored): Stored {
    const known = this.#byUid.get(stored.metadata.uid);
    const key = known?.key ?? keyOf(stored);
    const cell = known ?? this.#cells.get(key);
    const previous = cell?.object;
    this.#revision++;
    if (cell === undefined) {
      const made = { key, object: stored };
      this.#cells.set(key, made);
      this.#byUid.set(stored.metadata.uid, made);
      const kind = kindKey(stored);
      entryOf(this.#kinds, kind).set(key, made);
      entryOf(entryOf(this.#names, kind), stored.metadata.namespace ?? '').set(stored.metadata.name, made);
      this.#index(made);
    } else if (sameIndexes(cell.object, stored)) {
      cell.object = stored;
    } else {
      this.#unindex(cell);
      cell.object = stored;
      this.#index(cell);
    }
    this.#tell({ type: previous === undefined ? 'added' : 'modified', key, object: stored, previous });
    return stored;
  }

  remove(key: string): Stored | undefined {
    const cell = this.#cells.get(key);
    if (cell === undefined) return undefined;
    const { object } = cell;
    this.#revision++;
    this.#cells.delete(key);
    this.#byUid.delete(object.metadata.uid);
    this.#unindex(cell);
    const kind = kindKey(object);
    this.#kinds.get(kind)?.delete(key);
    this.#names
      .get(kind)
      ?.get(object.metadata.namespace ?? '')
      ?.delete(object.metadata.name);
    this.#incarnations.set(key, this.incarnation(key) + 1);
    this.#tell({ type: 'deleted', key, object, previous: object });
    return object;
  }

  /** Calls `subscriber` for every later change (of these kinds; without, of all), in order; never inside another's call. */
  watch(subscriber: Subscriber, kinds?: readonly (Kind | GroupKind)[]): void {
    const keys = kinds?.map((kind) => (typeof kind === 'string' ? kindKeys[kind] : kindKey(kind)));
    this.#subscribers.push({ subscriber, kinds: keys && new Set(keys) });
    this.#watching.clear();
  }

  #watchersOf(object: Stored): readonly Subscriber[] {
    const kind = kindKey(object);
    const known = this.#watching.get(kind);
    if (known !== undefined) return known;
    const watchers = this.#subscribers.filter(({ kinds }) => kinds?.has(kind) ?? true).map(({ subscriber }) => subscriber);
    this.#watching.set(kind, watchers);
    return watchers;
  }

  #tell(change: Change): void {
    this.#undelivered.push(change);
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = 0; next < this.#undelivered.length; next++) {
      const due = this.#undelivered[next];
      if (due !== undefined) for (const subscriber of this.#watchersOf(due.object)) subscriber(due);
    }
    this.#undelivered.length = 0;
    this.#delivering = false;
  }

  #index(cell: Cell): void {
    const { key, object } = cell;
    for (const owner of object.metadata.ownerReferences ?? []) entryOf(this.#dependents, owner.uid).set(key, cell);
    if (controllerRefOf(object) === undefined) entryOf(this.#uncontrolled, bucketOf(object)).set(key, cell);
    if (object.kind === 'Pod') this.#podLabels.put(cell);
    if (object.kind === 'Service') this.#serviceSelectors.put(cell);
  }

  #unindex(cell: Cell): void {
    const { key, object } = cell;
    for (const owner of object.metadata.ownerReferences ?? []) {
      const owned = this.#dependents.get(owner.uid);
      owned?.delete(key);
      if (owned?.size === 0) this.#dependents.delete(owner.uid);
    }
    this.#uncontrolled.get(bucketOf(object))?.delete(key);
    if (object.kind === 'Pod') this.#podLabels.remove(cell);
    if (object.kind === 'Service') this.#serviceSelectors.remove(cell);
  }
}

const objectsOf = (cells: ReadonlyMap<string, Cell> | undefined): readonly Stored[] =>
  cells === undefined ? [] : Array.from(cells.values(), (cell) => cell.object);

/** Most writes change a status only: then no index moves. */
const sameIndexes = (a: Stored, b: Stored): boolean =>
  a.metadata.ownerReferences === b.metadata.ownerReferences &&
  a.metadata.labels === b.metadata.labels &&
  (a.kind !== 'Service' || a.spec === b.spec);

const kindKey = ({ apiVersion, kind }: GroupKind): string => `${groupOf(apiVersion)}/${kind}`;

const kindKeys = Object.fromEntries(
  Object.entries(kindVersion).map(([kind, apiVersion]) => [kind, kindKey({ apiVersion, kind })]),
) as Readonly<Record<Kind, string>>;

const bucketOf = (object: Stored): string => `${kindKey(object)}/${object.metadata.namespace ?? ''}`;

const entryOf = <V>(index: Map<string, Map<string, V>>, name: string): Map<string, V> => {
  const entry = index.get(name);
  if (entry !== undefined) return entry;
  const made = new Map<string, V>();
  index.set(name, made);
  return made;
};
