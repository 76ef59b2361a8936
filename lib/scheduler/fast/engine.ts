import type { Pod } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { Cache, type CacheWatch } from '../cache.js';
import { Cycle } from '../cycle.js';
import type { Decision } from '../decision.js';
import type { NodeRefusals, Plugin } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import { defaultPreemption } from '../plugins/default-preemption.js';
import { type PodInfo, podInfo } from '../pod-info.js';
import { decide, runPostFilter, withoutQueue } from '../reference.js';
import { fitErrorOf, Placement, refusalsOf, rejection } from './decisions.js';
import type { PodClass } from './pod-class.js';
import { Preemption } from './preemption.js';
import { socialOf } from './social.js';
import { Table } from './table.js';
import { World } from './world.js';

interface Remembered {
  readonly version: number;
  readonly decision: Decision;
  readonly preemption: Preemption;
}

/** Only preemption asks for refusals, and it has its own way to them. */
const noRefusals: NodeRefusals = { nodes: new Map(), absent: 'UnschedulableAndUnresolvable' };

/**
 * Decides as the reference does, from work that Pods share: what nodes are to a class of Pods is kept and brought up to date where nodes
 * changed. Leaves to the reference what is rare: Pods with volumes that bind them to places, and nominations.
 */
export class FastEngine implements CacheWatch {
  readonly cache = new Cache(this);
  readonly #plugins: readonly Plugin[];
  #world: World | undefined;
  /** How many Pods on nodes there are of each priority. */
  readonly #priorities = new Map<number, number>();
  /** Rejections hold for all Pods of a table until something changes. */
  readonly #rejections = new WeakMap<Table, Remembered>();

  constructor(plugins: readonly Plugin[]) {
    this.#plugins = plugins;
  }

  podAdded(pod: PodInfo, node: NodeInfo): void {
    this.#countPriority(pod.priority, 1);
    this.#world?.changePod(pod, node, 1);
  }

  podRemoved(pod: PodInfo, node: NodeInfo): void {
    this.#countPriority(pod.priority, -1);
    this.#world?.changePod(pod, node, -1);
  }

  podReplaced(before: PodInfo, after: PodInfo, node: NodeInfo): void {
    if (before.pod.status?.startTime !== after.pod.status?.startTime) this.#world?.changeStart(node);
  }

  nodeChanged(...[before, after]: Parameters<CacheWatch['nodeChanged']>): void {
    if (this.#world?.replaceNode(before, after) === false) this.#world = undefined;
  }

  #countPriority(priority: number, amount: 1 | -1): void {
    const count = (this.#priorities.get(priority) ?? 0) + amount;
    if (count > 0) this.#priorities.set(priority, count);
    else this.#priorities.delete(priority);
  }

  schedule(pod: Admitted<Pod>): Decision {
    const info = podInfo(pod);
    const early = withoutQueue(info, this.#plugins);
    if (early !== undefined) return early;
    const world = this.#currentWorld();
    const isPlain = !this.cache.hasNominations && !pod.status?.nominatedNodeName && world.nodes.length > 0;
    const podClass = isPlain ? world.classes.of(info) : undefined;
    if (podClass === undefined) return decide(pod, this.cache, this.#plugins);
    const social = socialOf(info, podClass, this.cache, world);
    const table = world.table(social.key, () => new Table(world, podClass, social));
    table.refresh();
    const place = table.pick();
    if (place < 0) return this.#reject(info, podClass, table, world);
    return new Placement(table, place, world, podClass.preFilter);
  }

  #currentWorld(): World {
    if (this.#world === undefined || this.#world.isFull) this.#world = new World(this.cache, this.#plugins);
    return this.#world;
  }

  #reject(info: PodInfo, podClass: PodClass, table: Table, world: World): Decision {
    const { version } = this.cache;
    const remembered = this.#rejections.get(table);
    if (remembered?.version === version) return remembered.decision;
    const preemption = remembered?.preemption ?? new Preemption(table, world);
    const plugins = this.#plugins.map((plugin) =>
      plugin.name === defaultPreemption.name
        ? { name: plugin.name, postFilter: () => preemption.postFilter(info, this.#hasLesserPods(info)) }
        : plugin,
    );
    const postFilter = runPostFilter(plugins, new Cycle(info, this.cache, []), noRefusals);
    const refusals = refusalsOf(table, world);
    const decision = rejection(fitErrorOf(table, world, podClass), postFilter, podClass.preFilter, refusals);
    this.#rejections.set(table, { version, decision, preemption });
    return decision;
  }

  #hasLesserPods({ priority }: PodInfo): boolean {
    for (const other of this.#priorities.keys()) if (other < priority) return true;
    return false;
  }
}
