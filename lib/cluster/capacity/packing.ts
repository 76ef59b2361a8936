import type { Node, Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import { controllerRefOf } from '../../apiserver/store.js';
import { targetNode } from '../../controllers/daemonset/node-fit.js';
import { compareQueue } from '../../scheduler/index.js';
import { Daemons } from './daemons.js';
import { belongsToNode, type Inventory, unbound } from './inventory.js';
import type { Pool } from './pools.js';
import { Trial } from './trial.js';

/** A Pod that fits nowhere, and kube-scheduler's message. */
export interface Blocked {
  readonly pod: ObjectRef;
  readonly message: string;
}

/** What comes of one size of a pool. */
export interface Outcome {
  /** The Pods that fit nowhere; of more than allowed only the first. */
  readonly blocked: readonly Blocked[];
  /** Whether some of them would fit on further nodes of the pool if those came now. */
  readonly hopeful: boolean;
}

/** Tries a size of a pool; undefined when all attempts together have placed as many Pods as they may. */
export type Attempt = (nodes: number, allowed: number) => Outcome | undefined;

/** A trial after all Pods were tried, and those without a node. */
interface Packed {
  readonly trial: Trial;
  readonly blocked: readonly Blocked[];
  readonly left: readonly Admitted<Pod>[];
}

/** Is told before a size is tried. */
type Progress = ((pool: string, nodes: number) => void) | undefined;

/** With so many nodes more each zone has had one. */
const oneEach = 8;

/** A pool's new nodes are made once: many sizes are tried. */
interface Growth {
  readonly node: Admitted<Node>;
  readonly company: readonly Admitted[];
  readonly daemons: readonly Admitted<Pod>[];
}

/** Schedules the Pods of a settled cluster with other sizes of its pools. An attempt ends when more Pods than allowed fit nowhere. */
export class Packing {
  readonly #inventory: Inventory;
  readonly #daemons: Daemons;
  readonly #growth = new Map<Pool, Growth[]>();
  /** Pods that belong to their nodes, or that nobody would make again: they stay or go with them. */
  readonly #fixed: readonly Admitted<Pod>[];
  /** All others without their nodes, as the queue gives them out. */
  readonly #movable: readonly Admitted<Pod>[];
  readonly #pendingDaemons: readonly Admitted<Pod>[];
  readonly #pending: readonly Admitted<Pod>[];
  /** What comes of scheduling every Pod anew on the pools as they are. */
  #asItIs: Packed | undefined;
  #left: number;
  readonly #progress: Progress;

  constructor(inventory: Inventory, budget: number, progress: Progress) {
    const { cluster, pods, bound, pending } = inventory;
    const isFixed = (pod: Admitted<Pod>): boolean =>
      belongsToNode(pod) ||
      (controllerRefOf(pod) === undefined && cluster.decisions.get(refKey(refOf(pod)))?.outcome === 'preassigned');
    this.#inventory = inventory;
    this.#daemons = new Daemons(cluster);
    this.#fixed = bound.filter(isFixed);
    this.#pendingDaemons = pending.filter(belongsToNode);
    this.#pending = pending.toSorted(compareQueue);
    this.#movable = pods
      .filter((pod) => (pod.spec?.nodeName === undefined ? !belongsToNode(pod) : !isFixed(pod)))
      .map((pod) => (pod.spec?.nodeName === undefined ? pod : unbound(pod)))
      .sort(compareQueue);
    this.#left = budget;
    this.#progress = progress;
  }

  /** How many Pods there are to place. */
  get pods(): number {
    return this.#movable.length;
  }

  get fixed(): readonly Admitted<Pod>[] {
    return this.#fixed;
  }

  /** Pods that run stay where they are; only those that fitted nowhere are tried again, on `nodes` nodes of the pool or more. */
  readonly keeping =
    (pool: Pool): Attempt =>
    (nodes, allowed) => {
      const { bound, nodes: all } = this.#inventory;
      if (this.#pending.length === 0) return { blocked: [], hopeful: false };
      if (!this.#begin(pool, nodes, bound.length + this.#pending.length)) return undefined;
      const trial = new Trial(this.#inventory, all, bound);
      this.#grow(trial, pool, 0, nodes - pool.nodes.length);
      return this.#outcome(pack(trial, this.#pending, allowed), pool, nodes, allowed);
    };

  /** Every Pod is scheduled anew. */
  readonly anew =
    (pool: Pool): Attempt =>
    (nodes, allowed) => {
      const isAsItIs = nodes === pool.nodes.length;
      if (isAsItIs && this.#asItIs !== undefined) return this.#outcome(this.#asItIs, pool, nodes, allowed);
      if (!this.#begin(pool, nodes, this.#fixed.length + this.#movable.length)) return undefined;
      const gone = new Set(pool.nodes.slice(nodes).map(({ metadata }) => metadata.name));
      const stays = (node: string | undefined): boolean => !gone.has(node ?? '');
      const trial = new Trial(
        this.#inventory,
        this.#inventory.nodes.filter(({ metadata }) => stays(metadata.name)),
        this.#fixed.filter(({ spec }) => stays(spec?.nodeName)),
      );
      this.#grow(trial, pool, 0, nodes - pool.nodes.length);
      const lost = this.#fixed.filter((pod) => !stays(pod.spec?.nodeName) && !belongsToNode(pod));
      const blocked = lost.map((pod): Blocked => ({ pod: refOf(pod), message: `its node ${pod.spec?.nodeName} is gone` }));
      const daemons = this.#pendingDaemons.filter(({ spec }) => stays(targetNode(spec)));
      const packed = pack(trial, [...daemons, ...this.#movable], allowed, blocked);
      if (isAsItIs && packed.blocked.length <= allowed) this.#asItIs = packed;
      return this.#outcome(packed, pool, nodes, allowed);
    };

  /** Further nodes are added to what was packed, for as long as it takes to see whether they help. */
  #outcome({ trial, blocked, left }: Packed, pool: Pool, nodes: number, allowed: number): Outcome {
    if (left.length === 0 || blocked.length > allowed) return { blocked, hopeful: left.length > 0 };
    const before = trial.placed.length;
    const from = Math.max(0, nodes - pool.nodes.length);
    const more = this.#grow(trial, pool, from, from + oneEach);
    const hopeful = left.some((pod) => trial.place(pod).outcome === 'scheduled');
    trial.undo(before);
    for (const object of more) trial.remove(object);
    return { blocked, hopeful };
  }

  /** Whether so many Pods more may be placed. */
  #begin(pool: Pool, nodes: number, pods: number): boolean {
    this.#left -= pods;
    if (this.#left >= 0) this.#progress?.(pool.name, nodes);
    return this.#left >= 0;
  }

  /** Adds the new nodes of a pool from one to another with what runs on each; returns what was added, Pods that were placed aside. */
  #grow(trial: Trial, pool: Pool, from: number, to: number): readonly Admitted[] {
    const growth = this.#growthOf(pool, to).slice(from);
    const added = growth.flatMap(({ node, company }) => [node, ...company]);
    for (const object of added) trial.add(object);
    for (const { daemons } of growth) for (const pod of daemons) trial.place(pod);
    return added;
  }

  #growthOf(pool: Pool, count: number): readonly Growth[] {
    const made = this.#growth.get(pool) ?? [];
    this.#growth.set(pool, made);
    while (made.length < count) {
      const { node, company } = pool.grow(made.length);
      made.push({ node, company, daemons: this.#daemons.on(node) });
    }
    return made.slice(0, Math.max(0, count));
  }
}

/** Places the Pods one after the other; `known` are some that have no chance. */
const pack = (trial: Trial, pods: readonly Admitted<Pod>[], allowed: number, known: readonly Blocked[] = []): Packed => {
  const blocked = [...known];
  const left: Admitted<Pod>[] = [];
  for (const pod of pods) {
    if (blocked.length > allowed) break;
    const { outcome, message } = trial.place(pod);
    // What another scheduler places is not ours to judge.
    if (outcome === 'scheduled' || outcome === 'ignored') continue;
    blocked.push({ pod: refOf(pod), message: message ?? outcome });
    left.push(pod);
  }
  return { trial, blocked, left };
};
