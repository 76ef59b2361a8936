import type { Decision, NodeRefusal, PostFilterOutcome, PreFilterOutcome } from '../decision.js';
import { countReasons, fitErrorText } from '../fit-error.js';
import { withPostFilter } from '../reference.js';
import type { PodClass } from './pod-class.js';
import type { Table } from './table.js';
import type { World } from './world.js';

const tableOf = <T>(table: Table, entry: (place: number) => T | undefined): ReadonlyMap<string, T> => {
  const map = new Map<string, T>();
  for (let place = 0; place < table.size; place++) {
    const value = entry(place);
    if (value !== undefined) map.set(table.node(place).name, value);
  }
  return map;
};

/** The refusals of a Pod that fits nowhere, as numbers: they outlive the decision, and there may be as many as there are Pods. */
export const refusalsOf = (table: Table, world: World): (() => ReadonlyMap<string, NodeRefusal>) => {
  const ids = table.verdicts();
  return () => tableOf(table, (place) => world.verdicts.refusal(ids[place] ?? 0));
};

/**
 * The Pod goes to a node. The tables are as large as the cluster and hardly anyone asks for them, so they are made when read; once the
 * cluster has changed they can no longer be told.
 */
export class Placement implements Decision {
  readonly outcome = 'scheduled';
  readonly node: string;
  readonly preFilter: PreFilterOutcome;
  readonly #table: Table;
  readonly #place: number;
  readonly #world: World;
  readonly #version: number;

  constructor(table: Table, place: number, world: World, preFilter: PreFilterOutcome) {
    this.node = table.node(place).name;
    this.preFilter = preFilter;
    this.#table = table;
    this.#place = place;
    this.#world = world;
    this.#version = world.cache.version;
  }

  get #isCurrent(): boolean {
    return this.#world.cache.version === this.#version;
  }

  get best(): readonly string[] | undefined {
    if (!this.#isCurrent) return undefined;
    const table = this.#table;
    const top = table.total(this.#place);
    return [...tableOf(table, (place) => (table.total(place) === top ? true : undefined)).keys()];
  }

  get filter(): ReadonlyMap<string, 'ok' | NodeRefusal> | undefined {
    if (!this.#isCurrent) return undefined;
    const ids = this.#table.verdicts();
    return tableOf(this.#table, (place) => this.#world.verdicts.refusal(ids[place] ?? 0) ?? 'ok');
  }

  get scorePlugins(): readonly string[] | undefined {
    if (!this.#isCurrent) return undefined;
    const { columns, active } = this.#table;
    return columns.filter((_, c) => active[c]).map(({ node, shared }) => (node ?? shared).name);
  }

  get scores(): ReadonlyMap<string, readonly number[]> | undefined {
    if (!this.#isCurrent) return undefined;
    const table = this.#table;
    const active = [...table.columns.keys()].filter((c) => table.active[c]);
    return tableOf(table, (place) => {
      const total = table.total(place);
      return total === undefined ? undefined : [total, ...active.map((c) => table.score(place, c))];
    });
  }
}

/** The histogram of reasons as a FitError. */
export const fitErrorOf = (table: Table, world: World, podClass: PodClass): string => {
  const reasons = new Map<string, number>();
  for (const [id, count] of table.refusedBy()) {
    countReasons(reasons, world.verdicts.refusal(id)?.reasons ?? [], count);
  }
  const absent = world.nodes.length - table.size;
  if (absent > 0) countReasons(reasons, [`node(s) didn't satisfy plugin(s) [${podClass.restrictedBy.join(' ')}]`], absent);
  return fitErrorText(world.nodes.length, reasons);
};

/** The Pod fits nowhere. */
export const rejection = (
  message: string,
  postFilter: PostFilterOutcome,
  preFilter: PreFilterOutcome,
  refusals: () => ReadonlyMap<string, NodeRefusal>,
): Decision => {
  const { outcome, message: whole } = withPostFilter(message, postFilter);
  return {
    outcome,
    message: whole,
    postFilter,
    preFilter,
    nominatedNodeFit: undefined,
    get filter() {
      return refusals();
    },
  };
};
