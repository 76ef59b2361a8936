import type { Cache } from '../cache.js';
import type { Plugin } from '../framework.js';
import { getOrInsert } from '../get-or-insert.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';
import type { Profile } from '../profile.js';
import { ChangeLog } from './change-log.js';
import { HeldTerms } from './held-terms.js';
import type { Judgement } from './judgement.js';
import { Queries } from './node-counts.js';
import { type PodClass, PodClasses } from './pod-class.js';
import type { Table } from './table.js';
import { type Topology, topologyOf } from './topology.js';
import { Verdicts } from './verdicts.js';

/** How much the tables of one world may hold, in nodes; beyond, a new world forgets them. About 30 bytes each. */
const maxCells = 8_000_000;
/** What a table costs before it holds any node. */
const cellsPerTable = 300;

/** A cluster whose nodes keep their names, labels and images, with all that is worth remembering about it. */
export class World {
  readonly cache: Cache;
  readonly profile: Profile;
  /** Whether the profile has hard constraints for Pods that have none. */
  readonly hasHardDefaults: boolean;
  readonly nodes: NodeInfo[];
  readonly classes: PodClasses;
  readonly queries: Queries;
  readonly held: HeldTerms;
  readonly verdicts = new Verdicts();
  readonly changes: ChangeLog;
  /** Grows when a node is exchanged for what it is now, by which its taints may have changed. */
  replacements = 0;
  readonly #index: ReadonlyMap<string, number>;
  readonly #topologies = new Map<string, Topology>();
  readonly #judgements = new Map<string, Judgement>();
  #cells = 0;

  constructor(cache: Cache, profile: Profile) {
    this.cache = cache;
    this.profile = profile;
    this.hasHardDefaults = profile.podTopologySpread.defaultConstraints.some(
      ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
    );
    this.nodes = [...cache.nodes];
    this.changes = new ChangeLog(this.nodes.length);
    this.#index = new Map(this.nodes.map(({ name }, i) => [name, i]));
    this.classes = new PodClasses(this);
    this.queries = new Queries(this.nodes);
    this.held = new HeldTerms(this.nodes, (key) => this.topology(key), profile.interPodAffinity.hardPodAffinityWeight);
  }

  topology(key: string): Topology {
    return getOrInsert(this.#topologies, key, () => topologyOf(key, this.nodes));
  }

  node(index: number): NodeInfo {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`there is no node ${index}`);
    return node;
  }

  filtersBy({ name }: Plugin): boolean {
    return this.profile.plugins.some((plugin) => plugin.name === name && plugin.preFilter !== undefined);
  }

  scoresBy({ name }: Plugin): boolean {
    return this.profile.plugins.some((plugin) => plugin.name === name && plugin.preScore !== undefined);
  }

  indexOf(name: string): number | undefined {
    return this.#index.get(name);
  }

  /** Keeps a table for the Pods of one class and social key. */
  keep(podClass: PodClass, key: string, table: Table): Table {
    podClass.tables.set(key, table);
    this.#cells += cellsPerTable + table.size;
    return table;
  }

  judgement(key: string, make: () => Judgement): Judgement {
    return getOrInsert(this.#judgements, key, () => {
      this.#cells += this.nodes.length;
      return make();
    });
  }

  get isFull(): boolean {
    return this.#cells > maxCells;
  }

  changePod(pod: PodInfo, { name }: NodeInfo, amount: 1 | -1): void {
    const node = this.#index.get(name);
    if (node === undefined) return;
    this.changes.add(node, false);
    this.queries.change(node, pod, amount);
    this.held.change(node, pod, amount);
  }

  /** Something else than which Pods run there: when they started, which is the order in which they would be evicted, or who waits. */
  touch(nodeName: string): void {
    const index = this.#index.get(nodeName);
    if (index !== undefined) this.changes.add(index, false);
  }

  /** Takes the node for what it is now; false if that makes another world. */
  replaceNode(before: NodeInfo | undefined, after: NodeInfo | undefined): boolean {
    const index = before && this.#index.get(before.name);
    if (before === undefined || after === undefined || index === undefined) return false;
    if (!haveSameLabels(before, after) || before.node.status?.images !== after.node.status?.images) return false;
    this.nodes[index] = after;
    this.replacements++;
    this.changes.add(index, true);
    return true;
  }
}

const haveSameLabels = ({ labels: a }: NodeInfo, { labels: b }: NodeInfo): boolean => {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
};
