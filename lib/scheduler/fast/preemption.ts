import { Cycle, runPreFilter } from '../cycle.js';
import type { NodeRefusal, PostFilterOutcome } from '../decision.js';
import { countReasons } from '../fit-error.js';
import { noVictims, preemptionOutcome, refusalToPreempt, selectVictims, type Victims } from '../plugins/default-preemption.js';
import type { PodInfo } from '../pod-info.js';
import { newReader } from './change-log.js';
import type { Table } from './table.js';
import type { World } from './world.js';

/** DefaultPreemption for the Pods of one table: the dry run on a node holds until the node changes. */
export class Preemption {
  readonly #table: Table;
  readonly #world: World;
  readonly #results: (Victims | NodeRefusal | undefined)[] = [];
  readonly #reader = newReader();
  readonly #forget = (node: number): void => {
    this.#results[node] = undefined;
  };
  #budgets = -1;

  constructor(table: Table, world: World) {
    this.#table = table;
    this.#world = world;
  }

  /** `hasLesser`: whether there are Pods of lower priority anywhere. */
  postFilter(pod: PodInfo, hasLesser: boolean): PostFilterOutcome {
    const refusal = refusalToPreempt(pod);
    if (refusal !== undefined) return refusal;
    const { nodes } = this.#world;
    const counts = new Map<string, number>();
    const candidates: Victims[] = [];
    let potential = 0;
    if (!hasLesser) {
      potential = this.#countPotential();
      if (potential > 0) countReasons(counts, noVictims.reasons, potential);
    } else {
      for (const result of this.#dryRuns(pod)) {
        potential++;
        if ('code' in result) countReasons(counts, result.reasons, 1);
        else candidates.push(result);
      }
    }
    return preemptionOutcome(candidates, nodes.length, potential, counts);
  }

  #countPotential(): number {
    let potential = 0;
    for (const [id, count] of this.#table.refusedBy()) if (this.#isPotential(id)) potential += count;
    return potential;
  }

  #isPotential(id: number): boolean {
    return this.#world.verdicts.refusal(id)?.code === 'Unschedulable';
  }

  /** What evictions would come to on the nodes where they may help. */
  #dryRuns(pod: PodInfo): readonly (Victims | NodeRefusal)[] {
    const { cache, plugins, changes } = this.#world;
    const table = this.#table;
    const found: (Victims | NodeRefusal)[] = [];
    // Where Pods of other nodes have a say, any change may matter; so do budgets, which count the Pods of all nodes.
    if (!table.isLocal || this.#budgets !== cache.budgets) this.#results.length = 0;
    this.#budgets = cache.budgets;
    changes.catchUp(this.#reader, this.#forget);
    let cycle: Cycle | undefined;
    const verdicts = table.verdicts();
    for (let place = 0; place < verdicts.length; place++) {
      if (!this.#isPotential(verdicts[place] ?? 0)) continue;
      const index = table.index(place);
      let result = this.#results[index];
      if (result === undefined) {
        cycle ??= table.isLocal ? new Cycle(pod, cache, table.filters) : runPreFilter(plugins, pod, cache).cycle;
        result = selectVictims(cycle, this.#world.node(index));
        this.#results[index] = result;
      }
      found.push(result);
    }
    return found;
  }
}
