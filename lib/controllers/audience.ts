import type { Kind } from '../apiserver/kinds.js';
import type { Store } from '../apiserver/store.js';
import type { Controller } from './controller.js';

/** What a work queue has for one controller. */
interface Lane {
  readonly controller: Controller;
}

/** A controller that hears of the changes of a kind. */
interface Listener<L extends Lane> {
  readonly lane: L;
  /** The kind is not the one that the controller is there for first. */
  readonly isOther: boolean;
  readonly endsOnly: boolean;
  /** Kinds of which there must be an object for the change to concern it; none: it always does. */
  readonly needs: readonly Kind[];
}

/** Those who hear of the changes of one kind, or of every kind. */
export interface Audience<L extends Lane> {
  readonly kind: Kind | undefined;
  readonly members: readonly Listener<L>[];
  /** The kind has objects, as far as any controller is there for it. */
  isPresent: boolean;
  /** The members whom the end of an object concerns as things are. */
  ofEnds: readonly Listener<L>[];
  /** Those of them whom its other changes concern too. */
  ofChanges: readonly Listener<L>[];
}

const servedBy = ({ kinds, serves }: Controller): readonly Kind[] => serves ?? kinds?.slice(0, 1) ?? [];

const hears = ({ kinds, ends }: Controller, kind: Kind | undefined): 'all' | 'ends' | undefined => {
  if (kind === undefined) return ends === 'all' ? 'ends' : kinds === undefined ? 'all' : undefined;
  if (kinds?.includes(kind)) return 'all';
  return ends !== 'all' && ends?.includes(kind) ? 'ends' : undefined;
};

const listenerOf = <L extends Lane>(lane: L, kind: Kind | undefined): readonly Listener<L>[] => {
  const { controller } = lane;
  const heard = hears(controller, kind);
  if (heard === undefined) return [];
  const served = servedBy(controller);
  const needs = kind !== undefined && served.includes(kind) ? [] : served;
  return [{ lane, isOther: kind !== undefined && kind !== controller.kinds?.[0], endsOnly: heard === 'ends', needs }];
};

const audienceOf = <L extends Lane>(lanes: readonly L[], kind: Kind | undefined): Audience<L> => ({
  kind,
  members: lanes.flatMap((lane) => listenerOf(lane, kind)),
  isPresent: true,
  ofEnds: [],
  ofChanges: [],
});

/** Who hears of which changes: worked out once, and anew when the first object comes, or the last one goes, of a kind that a controller is there for. */
export class Audiences<L extends Lane> {
  readonly ofKinds: ReadonlyMap<Kind, Audience<L>>;
  readonly ofAll: Audience<L>;
  readonly #store: Store;
  readonly #served: ReadonlySet<Kind>;

  constructor(lanes: readonly L[], store: Store) {
    this.#store = store;
    const controllers = lanes.map(({ controller }) => controller);
    const heard = controllers.flatMap(({ kinds = [], ends = [] }) => (ends === 'all' ? kinds : [...kinds, ...ends]));
    this.#served = new Set(controllers.flatMap(servedBy));
    this.ofKinds = new Map([...heard, ...this.#served].map((kind) => [kind, audienceOf(lanes, kind)]));
    this.ofAll = audienceOf(lanes, undefined);
    for (const kind of this.#served) {
      const audience = this.ofKinds.get(kind);
      if (audience !== undefined) audience.isPresent = store.count(kind) > 0;
    }
    this.#attune();
  }

  /** The first object of a kind came, or one of those that there are went. */
  note(audience: Audience<L>): void {
    const { kind } = audience;
    const isPresent = kind === undefined || !this.#served.has(kind) || this.#store.count(kind) > 0;
    if (isPresent === audience.isPresent) return;
    audience.isPresent = isPresent;
    this.#attune();
  }

  #attune(): void {
    for (const audience of [...this.ofKinds.values(), this.ofAll]) {
      audience.ofEnds = audience.members.filter(
        ({ needs }) => needs.length === 0 || needs.some((kind) => this.ofKinds.get(kind)?.isPresent),
      );
      audience.ofChanges = audience.ofEnds.filter(({ endsOnly }) => !endsOnly);
    }
  }
}
