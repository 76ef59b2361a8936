import type { Node } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { getOrInsert } from '../../scheduler/get-or-insert.js';
import { labelOf } from '../../scheduler/labels.js';
import { type Inventory, isStatic } from './inventory.js';
import { isPassing } from './like-nodes.js';

const zone = 'topology.kubernetes.io/zone';

interface Zone {
  readonly name: string;
  readonly nodes: readonly Admitted<Node>[];
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

const zonesOf = (nodes: readonly Admitted<Node>[]): readonly Zone[] => {
  const zones = new Map<string, Admitted<Node>[]>();
  for (const node of nodes) {
    getOrInsert(zones, labelOf(node.metadata.labels, zone) ?? '', (): Admitted<Node>[] => []).push(node);
  }
  return [...zones].map(([name, all]) => ({ name, nodes: all })).sort(byName);
};

/** More nodes of a pool that is known by its nodes only: each a copy of one of them, in the zone that has fewest. */
export class NodeCopies {
  readonly #inventory: Inventory;
  readonly #pool: string;
  /** The pool's nodes, one zone after the other, so that a smaller pool has all its zones. */
  readonly nodes: readonly Admitted<Node>[];
  /** Zones in the order in which they get further nodes. */
  readonly #next: Zone[] = [];
  readonly #company = new Map<string, ReturnType<typeof companyOf>>();
  readonly #zones: { readonly zone: Zone; count: number }[];

  constructor(inventory: Inventory, pool: string, nodes: readonly Admitted<Node>[]) {
    this.#inventory = inventory;
    this.#pool = pool;
    const zones = zonesOf(nodes);
    this.#zones = zones.map((each) => ({ zone: each, count: each.nodes.length }));
    const rounds = Math.max(...zones.map((each) => each.nodes.length));
    this.nodes = Array.from({ length: rounds }, (_, round) => zones.flatMap((each) => each.nodes[round] ?? [])).flat();
  }

  grow(index: number): { readonly node: Admitted<Node>; readonly company: readonly Admitted[] } {
    const model = this.#modelOf(index);
    const name = `${this.#pool}-new-${index + 1}`.replace(/[^a-z0-9.-]+/g, '-');
    return { node: copyOf(model, name), company: this.#companyOf(model.metadata.name, name) };
  }

  #modelOf(index: number): Admitted<Node> {
    while (this.#next.length <= index) {
      const fewest = this.#zones.reduce((least, each) => (each.count < least.count ? each : least));
      fewest.count++;
      this.#next.push(fewest.zone);
    }
    const nodes = this.#next[index]?.nodes ?? this.nodes;
    const model = nodes.find(({ spec }) => spec?.unschedulable !== true && !spec?.taints?.some(isPassing)) ?? nodes[0];
    if (model === undefined) throw new RangeError(`the pool ${this.#pool} has no nodes`);
    return model;
  }

  /** What else there is because of a node, for a copy of it. */
  #companyOf(model: string, name: string): readonly Admitted[] {
    const { storage, statics } = getOrInsert(this.#company, model, () => companyOf(this.#inventory, model));
    const copy = <T>(object: Admitted<T>): Admitted<T> => {
      const own = object.metadata.name.replace(model, name);
      return { ...object, metadata: { ...object.metadata, name: own, uid: `${object.metadata.uid}-${name}` } };
    };
    return [...storage.map(copy), ...statics.map((pod) => ({ ...copy(pod), spec: { ...pod.spec, nodeName: name } }))];
  }
}

const companyOf = ({ others, bound }: Inventory, node: string) => ({
  storage: others.filter(({ kind, metadata }) => kind === 'CSINode' && metadata.name === node),
  statics: bound.filter((pod) => pod.spec?.nodeName === node && pod.metadata.name.endsWith(node) && isStatic(pod)),
});

const copyOf = (model: Admitted<Node>, name: string): Admitted<Node> => {
  const { name: old, labels = {} } = model.metadata;
  const { unschedulable: _, taints = [], ...spec } = model.spec ?? {};
  const renamed = Object.entries(labels).map(([label, value]) => [label, value === old ? name : value]);
  return {
    ...model,
    metadata: {
      ...model.metadata,
      name,
      uid: `node-${name}`,
      labels: { ...Object.fromEntries(renamed), 'kubernetes.io/hostname': name },
    },
    spec: { ...spec, taints: taints.filter((taint) => !isPassing(taint)) },
  };
};
