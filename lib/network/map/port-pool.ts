import { entry } from '../entry.js';
import { intersection, type PortSet, portSetText, union } from '../policy/port-set.js';

/** Sets of ports kept once each, so that what comes of two of them is found out once. */
export interface PortPool {
  keep(set: PortSet): PortSet;
  union(left: PortSet, right: PortSet): PortSet;
  intersection(left: PortSet, right: PortSet): PortSet;
}

export const createPortPool = (): PortPool => {
  const kept = new Map<string, PortSet>();
  const same = new WeakMap<PortSet, PortSet>();
  const keep = (set: PortSet): PortSet => entry(same, set, () => entry(kept, portSetText(set), () => set));
  const remembered = (combine: (left: PortSet, right: PortSet) => PortSet) => {
    const known = new WeakMap<PortSet, WeakMap<PortSet, PortSet>>();
    return (left: PortSet, right: PortSet): PortSet => {
      if (left === right) return left;
      const row = entry(known, left, () => new WeakMap<PortSet, PortSet>());
      return entry(row, right, () => keep(combine(left, right)));
    };
  };
  return { keep, union: remembered((left, right) => union([left, right])), intersection: remembered(intersection) };
};
