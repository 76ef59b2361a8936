import type { Fault } from './problem.js';

/** Offset in the text of each member of each map (of its key) and list (of the item). */
export type Places = Map<object, Map<string | number, number>>;

/** One document as JSON; without `value` where a fault leaves nothing to work with. */
export interface Parsed {
  readonly value?: unknown;
  readonly faults: readonly Fault[];
}

/** Notes where a member stands, when anybody wants to know. */
export const notePlace = (places: Places | undefined, container: object, member: string | number, offset: number): void => {
  if (places === undefined) return;
  const members = places.get(container);
  if (members === undefined) places.set(container, new Map([[member, offset]]));
  else members.set(member, offset);
};
