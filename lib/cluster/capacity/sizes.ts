import type { Pod } from '../../api/generated/types.js';
import { type Admitted, refKey } from '../../api/object.js';
import { amountOf } from '../../scheduler/amount.js';
import { requestsOf } from '../../scheduler/pod-requests.js';
import { allocatableOf } from '../../scheduler/resource.js';
import type { Attempt, Blocked, Outcome, Packing } from './packing.js';
import type { Pool } from './pools.js';
import { smallest } from './search.js';

/** The smallest size of a pool at which as many Pods fit as at any that was tried. */
export interface Size {
  readonly nodes: number;
  /** How many Pods fit nowhere, since more nodes of the pool do not help them, and the first of them. */
  readonly pending: number;
  readonly blocked: readonly Blocked[];
  /** A Pod that would fit nowhere with one node fewer, if it can have fewer. */
  readonly short?: Blocked | undefined;
  /** All sizes that were tried, ascending. */
  readonly tried: readonly number[];
}

/** Which sizes of a pool would do, the other pools being what they are. */
export interface PoolSize {
  readonly pool: string;
  /** How many nodes it has. */
  readonly nodes: number;
  /** With all Pods that run staying where they are: what it takes so that those run, too, that have no node. Absent: too much to try. */
  readonly needed?: Size | undefined;
  /** The smallest, if every Pod were scheduled anew. Absent: too much to try. */
  readonly smallest?: Size | undefined;
}

/** How many Pods are named that fit nowhere. */
const mostBlocked = 5;
/** More nodes than this are not tried. */
const mostNodes = 10_000;
/**
 * That fewer nodes hold fewer Pods, and that nodes on which no waiting Pod fits are no help, is likely and not certain. So some more sizes are
 * tried: fewer of many Pods, where it is costly and odd cases even out.
 */
interface Care {
  /** How many sizes below the answer, that of one node fewer included. */
  readonly below: number;
  /** Up to how many further nodes, though they seem to be no help. */
  readonly above: number;
}

const careFor = (pods: number): Care => (pods > 2000 ? { below: 2, above: 1 } : { below: 6, above: 4 });

const nothing: Outcome = { blocked: [], hopeful: false };

class Search {
  readonly #attempt: Attempt;
  readonly #known = new Map<number, Outcome>();
  /** Sizes whose attempt went to its end. */
  readonly #whole = new Set<number>();
  /** Whether there was too much to try. */
  isExhausted = false;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  get tried(): readonly number[] {
    return [...this.#known.keys()].sort((a, b) => a - b);
  }

  at(nodes: number, allowed = Number.POSITIVE_INFINITY): Outcome {
    const known = this.#known.get(nodes);
    if (known !== undefined && (this.#whole.has(nodes) || known.blocked.length > allowed)) return known;
    const outcome = this.isExhausted ? undefined : this.#attempt(nodes, allowed);
    this.isExhausted ||= outcome === undefined;
    if (outcome === undefined) return nothing;
    this.#known.set(nodes, outcome);
    if (outcome.blocked.length <= allowed) this.#whole.add(nodes);
    return outcome;
  }
}

/**
 * Doubles the growth of a pool until further nodes help nobody, nor did the last two sizes; `low` is the last size that is worse than `high`.
 */
const grow = (
  search: Search,
  current: number,
  { above }: Care,
): { readonly low: number; readonly high: number; readonly best: Outcome } => {
  let [low, high, best] = [-1, current, search.at(current)];
  let last = best;
  let inVain = 0;
  for (let step = 1; last.blocked.length > 0 && current + step <= mostNodes; step *= 2) {
    inVain = last.hopeful ? 0 : inVain + 1;
    if (inVain > 1 && step > above) break;
    last = search.at(current + step);
    if (last.blocked.length < best.blocked.length) [low, high, best] = [current + Math.floor(step / 2), current + step, last];
  }
  return { low, high, best };
};

/** The smallest size, `least` or more; undefined if there is too much to try. */
const sizeOf = (attempt: Attempt, pool: Pool, least: number, guess: number, care: Care): Size | undefined => {
  const search = new Search(attempt);
  const { low, high, best } = grow(search, pool.nodes.length, care);
  const fits = (nodes: number): boolean => search.at(nodes, best.blocked.length).blocked.length <= best.blocked.length;
  let nodes = smallest(Math.max(low, least - 1), high, guess, fits);
  for (let smaller = nodes - 2, lowest = nodes - care.below; smaller >= Math.max(least, lowest); smaller--) {
    if (fits(smaller)) [nodes, lowest] = [smaller, smaller - care.below];
  }
  const pending = search.at(nodes).blocked;
  const fewer = nodes > least ? search.at(nodes - 1, best.blocked.length).blocked : [];
  if (search.isExhausted) return undefined;
  const hopeless = new Set(pending.map(({ pod }) => refKey(pod)));
  const short = fewer.find(({ pod }) => !hopeless.has(refKey(pod)));
  return {
    nodes,
    pending: pending.length,
    blocked: pending.slice(0, mostBlocked),
    ...(short && { short }),
    tried: search.tried,
  };
};

const counted = ['cpu', 'memory', 'ephemeral-storage'];

/** How many nodes the Pods take if so many are on each as have room of average size: where the search begins. */
const guessOf = (pool: Pool, pods: readonly Admitted<Pod>[], fixed: readonly Admitted<Pod>[]): number => {
  const [model] = pool.nodes;
  if (model === undefined || pods.length === 0) return 0;
  const allocatable = allocatableOf(model.status?.allocatable ?? {});
  const daemons = fixed.filter(({ spec }) => spec?.nodeName === model.metadata.name);
  const sum = (all: readonly Admitted<Pod>[], resource: string): number =>
    all.reduce((total, { spec }) => total + (spec === undefined ? 0 : amountOf(requestsOf(spec), resource)), 0);
  const room = counted.map((resource) => {
    const average = sum(pods, resource) / pods.length;
    const free = amountOf(allocatable, resource) - sum(daemons, resource);
    return average === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / average);
  });
  return Math.ceil(pods.length / Math.max(1, Math.min(...room, allocatable.pods - daemons.length)));
};

/** Which sizes of a pool would do; `hosted` are the Pods that it is there for. */
export const poolSizeOf = (packing: Packing, pool: Pool, hosted: readonly Admitted<Pod>[]): PoolSize => {
  const nodes = pool.nodes.length;
  const care = careFor(packing.pods);
  return {
    pool: pool.name,
    nodes,
    needed: sizeOf(packing.keeping(pool), pool, nodes, nodes + 1, care),
    smallest: sizeOf(packing.anew(pool), pool, 0, guessOf(pool, hosted, packing.fixed), care),
  };
};
