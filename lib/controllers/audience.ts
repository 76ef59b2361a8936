import type { Kind } from '../apiserver/kinds.js';
import type { Store } from '../apiserver/store.js';
import type { Controller } from './controller.js';

/** One who hears of the changes of a kind. */
export interface Listener<L> {
  readonly lane: L;
  readonly endsOnly: boolean;
  /** The kind is not the one that the controller is there for first. */
  readonly isOther: boolean;
  /** Kinds of which there must be an object for the change to concern it; none: it always does. */
  readonly needs: readonly Kind[];
}

/** Those who hear of the changes of one kind, or of every kind. */
export interface Audience<L> {
  readonly members: readonly Listener<L>[];
  /** The members whom changes concern as things are. */
  listening: readonly Listener<L>[];
}

const servedBy = ({ kinds, serves }: Controller): readonly Kind[] => serves ?? kinds?.slice(0, 1) ?? [];

const hears = ({ kinds, ends }: Controller, kind: Kind | undefined): 'all' | 'ends' | undefined => {
  if (kind === undefined) return ends === 'all' ? 'ends' : kinds === undefined ? 'all' : undefined;
  if (kinds?.includes(kind)) return 'all';
  return ends !== 'all' && ends?.includes(kind) ? 'ends' : undefined;
};

/** Who hears of which changes: worked out once a kind, and anew when the first object of a kind that controllers are there for comes or the last one goes. */
export class Audiences<L extends { readonly controller: Controller }> {
  readonly ofKinds: ReadonlyMap<Kind, Audience<L>>;
  readonly ofAll: Audience<L>;
  readonly #store: Store;
  readonly #served: ReadonlySet<Kind>;
  readonly #present: Set<Kind>;

  constructor(lanes: readonly L[], store: Store) {
    this.#store = store;
    const controllers = lanes.map(({ controller }) => controller);
    this.#served = new Set(controllers.flatMap(servedBy));
    this.#present = new Set([...this.#served].filter((kind) => store.count(kind) > 0));
    const heard = controllers.flatMap(({ kinds = [], ends = [] }) => (ends === 'all' ? kinds : [...kinds, ...ends]));
    this.ofKinds = new Map([...heard, ...this.#served].map((kind) => [kind, audienceOf(lanes, kind)]));
    this.ofAll = audienceOf(lanes, undefined);
    this.#attune();
  }

  /** An object of the kind came or went. */
  note(kind: Kind, type: 'added' | 'deleted'): void {
    if (!this.#served.has(kind) || this.#present.has(kind) === (type === 'added')) return;
    if (type === 'added') this.#present.add(kind);
    else if (this.#store.count(kind) > 0 || !this.#present.delete(kind)) return;
    this.#attune();
  }

  #attune(): void {
    for (const audience of [...this.ofKinds.values(), this.ofAll])
      audience.listening = audience.members.filter(
        ({ needs }) => needs.length === 0 || needs.some((kind) => this.#present.has(kind)),
      );
  }
}

const audienceOf = <L extends { readonly controller: Controller }>(lanes: readonly L[], kind: Kind | undefined): Audience<L> => {
  const members = lanes.flatMap((lane): readonly Listener<L>[] => {
    const { controller } = lane;
    const heard = hears(controller, kind);
    if (heard === undefined) return [];
    const served = servedBy(controller);
    const needs = kind !== undefined && served.includes(kind) ? [] : served;
    return [{ lane, endsOnly: heard === 'ends', isOther: kind !== undefined && kind !== controller.kinds?.[0], needs }];
  });
  return { members, listening: members };
};
