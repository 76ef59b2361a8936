import { runPreFilter } from '../cycle.js';
import type { Decision, NodeRefusal, PostFilterOutcome, PreFilterOutcome, VolumeDecision } from '../decision.js';
import { countReasons, fitErrorText } from '../fit-error.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';
import { reserve, type Scores, scoreNodes, withPostFilter } from '../reference.js';
import type { PodClass } from './pod-class.js';
import type { Table } from './table.js';
import { hasPlacedVolumes, isVolumePlugin } from './volume-rules.js';
import type { World } from './world.js';

const tableOf = <T>(table: Table, entry: (place: number) => T | undefined): ReadonlyMap<string, T> => {
  const map = new Map<string, T>();
  for (let place = 0; place < table.size; place++) {
    const value = entry(place);
    if (value !== undefined) map.set(table.node(place).name, value);
  }
  return map;
};

/**
 * The Pod goes to a node. The tables are as large as the cluster and hardly anyone asks for them, so they are made when read; once the
 * cluster has changed they can no longer be told.
 */
export class Placement implements Decision {
  readonly outcome = 'scheduled';
  readonly node: string;
  readonly preFilter: PreFilterOutcome;
  readonly nominatedNodeFit: boolean | undefined;
  readonly volumes: VolumeDecision | undefined;
  readonly #made: Made;

  /** `hasVolumes`: whether some volume of the Pod has a say in where it runs. */
  constructor(pod: PodInfo, table: Table, place: number, world: World, preFilter: PreFilterOutcome, hasVolumes: boolean) {
    const node = table.node(place);
    this.node = node.name;
    this.preFilter = preFilter;
    this.nominatedNodeFit = pod.pod.status?.nominatedNodeName ? false : undefined;
    this.volumes = hasVolumes ? reserveVolumes(pod, node, world) : undefined;
    this.#made = { table, place, world, version: world.cache.version };
  }

  get best(): readonly string[] | undefined {
    return whileCurrent(this.#made, ({ table, place }) => {
      const top = table.total(place);
      return [...tableOf(table, (other) => (table.total(other) === top ? true : undefined)).keys()];
    });
  }

  get filter(): ReadonlyMap<string, 'ok' | NodeRefusal> | undefined {
    return whileCurrent(this.#made, ({ table, world }) => {
      const ids = table.verdicts();
      return tableOf(table, (place) => world.verdicts.refusal(ids[place] ?? 0) ?? 'ok');
    });
  }

  get scorePlugins(): readonly string[] | undefined {
    return whileCurrent(this.#made, ({ table: { columns, active } }) =>
      columns.filter((_, c) => active[c]).map(({ node, shared }) => (node ?? shared).name),
    );
  }

  get scores(): ReadonlyMap<string, readonly number[]> | undefined {
    return whileCurrent(this.#made, ({ table }) => {
      const active = [...table.columns.keys()].filter((c) => table.active[c]);
      return tableOf(table, (place) => {
        const total = table.total(place);
        return total === undefined ? undefined : [total, ...active.map((c) => table.score(place, c))];
      });
    });
  }
}

/** What a placement was made from, and when. */
interface Made {
  readonly table: Table;
  readonly place: number;
  readonly world: World;
  readonly version: number;
}

/** A function and not a method: there is a placement for every Pod, and private methods make objects dear. */
const whileCurrent = <T>(made: Made, read: (made: Made) => T): T | undefined =>
  made.world.cache.version === made.version ? read(made) : undefined;

/** The Pod goes to the node that it waited for, which is all that is looked at. What it scores is asked of the reference. */
export class NominatedPlacement implements Decision {
  readonly outcome = 'scheduled';
  readonly node: string;
  readonly preFilter: PreFilterOutcome;
  readonly nominatedNodeFit = true;
  readonly volumes: VolumeDecision | undefined;
  readonly #pod: PodInfo;
  readonly #info: NodeInfo;
  readonly #world: World;
  readonly #version: number;
  #scores: Scores | undefined;

  constructor(pod: PodInfo, node: NodeInfo, preFilter: PreFilterOutcome, world: World) {
    this.node = node.name;
    this.preFilter = preFilter;
    this.volumes = hasPlacedVolumes(pod) ? reserveVolumes(pod, node, world) : undefined;
    this.#pod = pod;
    this.#info = node;
    this.#world = world;
    this.#version = world.cache.version;
  }

  get #scored(): Scores | undefined {
    const { cache, profile } = this.#world;
    if (cache.version !== this.#version) return undefined;
    this.#scores ??= scoreNodes(profile.plugins, this.#pod, [this.#info], cache);
    return this.#scores;
  }

  get best(): readonly string[] | undefined {
    return this.#scored && [this.node];
  }

  get filter(): ReadonlyMap<string, 'ok'> | undefined {
    return this.#scored && new Map([[this.node, 'ok' as const]]);
  }

  get scorePlugins(): readonly string[] | undefined {
    return this.#scored?.plugins;
  }

  get scores(): ReadonlyMap<string, readonly number[]> | undefined {
    const scored = this.#scored;
    return scored && new Map([[this.node, [...scored.totals, ...scored.columns.flat()]]]);
  }
}

/** What the claims of the Pod are to come to on the node. */
const reserveVolumes = (pod: PodInfo, node: NodeInfo, { cache, profile }: World): VolumeDecision | undefined => {
  const cycle = runPreFilter(profile.plugins.filter(isVolumePlugin), pod, cache).cycle;
  return cycle.filter(node) === undefined ? reserve(cycle, node) : undefined;
};

/**
 * Why Pods of a table fit nowhere: the FitError and, by place, who refuses each node. Numbers only: they outlive the decision, and there may be
 * as many as there are Pods.
 */
export class Verdict {
  readonly message: string;
  readonly #table: Table;
  readonly #world: World;
  readonly #ids: Uint16Array;

  constructor(table: Table, world: World, { restrictedBy }: PodClass) {
    this.#table = table;
    this.#world = world;
    this.#ids = table.verdicts();
    const reasons = new Map<string, number>();
    for (const [id, count] of table.refusedBy()) {
      countReasons(reasons, world.verdicts.refusal(id)?.reasons ?? [], count);
    }
    const absent = world.nodes.length - table.size;
    if (absent > 0) countReasons(reasons, [`node(s) didn't satisfy plugin(s) [${restrictedBy.join(' ')}]`], absent);
    this.message = fitErrorText(world.nodes.length, reasons);
  }

  refusals(): ReadonlyMap<string, NodeRefusal> {
    return tableOf(this.#table, (place) => this.#world.verdicts.refusal(this.#ids[place] ?? 0));
  }
}

/** The Pod fits nowhere. */
export const rejection = (
  verdict: Verdict,
  postFilter: PostFilterOutcome,
  preFilter: PreFilterOutcome,
  nominatedNodeFit: boolean | undefined,
): Decision => {
  const { outcome, message } = withPostFilter(verdict.message, postFilter);
  return {
    outcome,
    message,
    postFilter,
    preFilter,
    nominatedNodeFit,
    get filter() {
      return verdict.refusals();
    },
  };
};
