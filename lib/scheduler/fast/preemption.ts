import { Cycle, runPreFilter } from '../cycle.js';
import type { Candidate, NodeRefusal, PostFilterOutcome } from '../decision.js';
import { countReasons } from '../fit-error.js';
import {
  cheapest,
  ineligible,
  noVictims,
  preemptionFailure,
  preemptionSuccess,
  selectVictims,
  type Victims,
} from '../plugins/default-preemption.js';
import type { PodInfo } from '../pod-info.js';
import { newReader } from './change-log.js';
import type { Table } from './table.js';
import type { World } from './world.js';

/** What is known of a node: nothing, that evictions cannot help, that none would do, or who would have to go. */
type Result = Victims | NodeRefusal | 'not helpful' | undefined;

/** DefaultPreemption for the Pods of one table: the dry run on a node holds until the node changes. */
export class Preemption {
  readonly #table: Table;
  readonly #world: World;
  /** By place. */
  readonly #results: Result[];
  readonly #victims: (Victims | undefined)[];
  readonly #reader = newReader();
  readonly #forget = (node: number): void => {
    const place = this.#table.placeAt(node);
    if (place >= 0) this.#set(place, undefined);
  };
  #budgets = -1;
  /** Where the last Pod itself was nominated: what holds there for it does not hold for others. */
  #exempt: number | undefined;

  constructor(table: Table, world: World) {
    this.#table = table;
    this.#world = world;
    this.#results = new Array<Result>(table.size).fill(undefined);
    this.#victims = new Array<Victims | undefined>(table.size).fill(undefined);
  }

  /** `hasLesser`: whether there are Pods of lower priority anywhere. */
  postFilter(pod: PodInfo, hasLesser: boolean): PostFilterOutcome {
    const { cache } = this.#world;
    const refusal = ineligible(pod, cache, (nodeName) => this.#codeOf(nodeName));
    if (refusal !== undefined) return refusal;
    if (hasLesser) return this.#dryRun(pod);
    const potential = this.#countPotential();
    const counts = new Map<string, number>();
    if (potential > 0) countReasons(counts, noVictims.reasons, potential);
    return preemptionFailure(this.#world.nodes.length, potential, counts);
  }

  #codeOf(nodeName: string): NodeRefusal['code'] {
    const place = this.#table.placeOf(nodeName);
    const refusal = place < 0 ? undefined : this.#world.verdicts.refusal(this.#table.verdict(place));
    return refusal?.code ?? 'UnschedulableAndUnresolvable';
  }

  #countPotential(): number {
    let potential = 0;
    for (const [id, count] of this.#table.refusedBy()) if (this.#isPotential(id)) potential += count;
    return potential;
  }

  #isPotential(id: number): boolean {
    return this.#world.verdicts.refusal(id)?.code === 'Unschedulable';
  }

  #set(place: number, result: Result): void {
    this.#results[place] = result;
    this.#victims[place] = typeof result === 'object' && 'costs' in result ? result : undefined;
  }

  #forgetChanged(pod: PodInfo): void {
    const { cache, changes } = this.#world;
    const nominatedTo = cache.nominations.nodeOf(pod.key);
    const exempt = nominatedTo === undefined ? undefined : this.#world.indexOf(nominatedTo);
    // Where Pods of other nodes have a say, any change may matter; so do budgets, which count the Pods of all nodes.
    if (!this.#table.isLocal || this.#budgets !== cache.budgets) {
      for (let place = 0; place < this.#table.size; place++) this.#set(place, undefined);
    }
    this.#budgets = cache.budgets;
    changes.catchUp(this.#reader, this.#forget);
    if (this.#exempt !== undefined) this.#forget(this.#exempt);
    if (exempt !== undefined) this.#forget(exempt);
    this.#exempt = exempt;
  }

  /** Tries evictions on the nodes where they may help. */
  #dryRun(pod: PodInfo): PostFilterOutcome {
    const { cache, profile, nodes, verdicts } = this.#world;
    const table = this.#table;
    this.#forgetChanged(pod);
    let cycle: Cycle | undefined;
    for (let place = 0; place < table.size; place++) {
      if (this.#results[place] !== undefined) continue;
      if (verdicts.refusal(table.verdict(place))?.code !== 'Unschedulable') {
        this.#set(place, 'not helpful');
        continue;
      }
      cycle ??= table.isLocal ? new Cycle(pod, cache, table.filters) : runPreFilter(profile.plugins, pod, cache).cycle;
      this.#set(place, selectVictims(cycle, table.node(place)));
    }
    const best = cheapest(this.#victims);
    if (best.length > 0) return preemptionSuccess(best, this.#candidates());
    const counts = new Map<string, number>();
    let potential = 0;
    for (const result of this.#results) {
      if (typeof result !== 'object' || 'costs' in result) continue;
      potential++;
      countReasons(counts, result.reasons, 1);
    }
    return preemptionFailure(nodes.length, potential, counts);
  }

  /** As many as there are nodes, and seldom asked for: made when read, and gone once the cluster has changed. */
  #candidates(): () => readonly Candidate[] | undefined {
    const { cache } = this.#world;
    const { version } = cache;
    return () =>
      cache.version === version
        ? this.#victims.filter((victims) => victims !== undefined).map(({ candidate }) => candidate)
        : undefined;
  }
}
