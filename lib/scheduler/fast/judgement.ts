import type { Filter, Score } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import { newReader } from './change-log.js';
import type { World } from './world.js';

/** One plugin's score of nodes by themselves. */
export interface NodeScore {
  readonly name: string;
  readonly weight: number;
  readonly score: Score;
}

/** What the plugins of one aspect say of every node, kept up to date where nodes change. */
export class Judgement {
  readonly #world: World;
  readonly #indices: readonly number[] | undefined;
  readonly filters: readonly Filter[];
  /** Scores that count as they are. */
  readonly summed: readonly NodeScore[];
  /** Whether Pods that come and go change it. */
  readonly #isLive: boolean;
  /** Scores that are normalized over all feasible nodes, before that, per place. */
  readonly raw: readonly { readonly by: NodeScore; readonly scores: Int32Array }[];
  /** Per place, the number of the first refusal, and the weighted sum of the other scores. */
  readonly refusals: Uint16Array;
  readonly scores: Int32Array;
  /** How many places it does not refuse. */
  open: number;
  /** Grows with every change of a refusal. */
  version = 0;
  /** Whether it has nothing to say of any node. */
  readonly #isSilent: boolean;
  readonly #reader = newReader();
  /** Which nodes it has judged: those of `World.replacements`. */
  #replacements = -1;
  readonly #visit = (node: number, isNodeItself: boolean): void => {
    if (isNodeItself || this.#isLive) this.#judge(node, this.#world.node(node));
  };

  /** `indices`: the nodes at its places; undefined for all. */
  constructor(
    world: World,
    indices: readonly number[] | undefined,
    filters: readonly Filter[],
    scores: readonly NodeScore[],
    isLive: boolean,
  ) {
    const size = indices?.length ?? world.nodes.length;
    this.#world = world;
    this.#indices = indices;
    this.filters = filters;
    this.summed = scores.filter(({ score }) => score.normalizeScore === undefined);
    this.#isLive = isLive;
    this.raw = scores
      .filter(({ score }) => score.normalizeScore !== undefined)
      .map((by) => ({ by, scores: new Int32Array(size) }));
    this.refusals = new Uint16Array(size);
    this.scores = new Int32Array(size);
    this.open = size;
    this.#isSilent = filters.length + scores.length === 0;
  }

  refresh(): void {
    const { replacements } = this.#world;
    if (this.#isSilent || (!this.#isLive && this.#replacements === replacements)) return;
    this.#replacements = replacements;
    if (this.#indices === undefined) this.#world.changes.catchUp(this.#reader, this.#visit);
    else
      for (let place = 0; place < this.refusals.length; place++)
        this.#judge(place, this.#world.node(this.#indices[place] ?? place));
  }

  #judge(place: number, node: NodeInfo): void {
    let refused = 0;
    const { filters, summed, raw } = this;
    for (let index = 0; index < filters.length; index++) {
      const refusal = filters[index]?.filter(node);
      if (refusal === undefined) continue;
      refused = this.#world.verdicts.id(refusal);
      break;
    }
    const before = this.refusals[place];
    if (before !== refused) {
      if (before === 0) this.open--;
      else if (refused === 0) this.open++;
      this.version++;
      this.refusals[place] = refused;
    }
    let sum = 0;
    for (let index = 0; index < summed.length; index++) {
      const by = summed[index];
      if (by !== undefined) sum += by.weight * by.score.score(node);
    }
    this.scores[place] = sum;
    for (let index = 0; index < raw.length; index++) {
      const column = raw[index];
      if (column !== undefined) column.scores[place] = column.by.score.score(node);
    }
  }
}
