import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import { entry } from '../entry.js';
import { explain, type Reason } from '../policy/explain.js';
import type { Policies } from '../policy/policies.js';
import { difference, intersection, isEmpty, noPorts, type PortSet, portSetText, union } from '../policy/port-set.js';
import type { Direction } from '../policy/rule.js';
import type { PodClass } from './classes.js';
import type { NetworkMap } from './map.js';

/** Why a connection is other than it was. */
type Cause =
  | {
      readonly how: 'policy added' | 'policy removed' | 'policy changed';
      readonly policy: ObjectRef;
      readonly direction: Direction;
    }
  /** No policy is other than it was: the labels of Pods or of their namespaces are, or their addresses. */
  | { readonly how: 'labels changed' }
  | { readonly how: 'workload added' | 'workload removed'; readonly workload: ObjectRef };

/** Workloads that were of the same classes before, and are now; none on one side: they are new, or gone. */
interface ChangedWorkloads {
  readonly refs: readonly ObjectRef[];
  readonly before: readonly PodClass[];
  readonly after: readonly PodClass[];
}

export interface MapChange {
  readonly from: ChangedWorkloads;
  readonly to: ChangedWorkloads;
  readonly before: PortSet;
  readonly after: PortSet;
  readonly gained: PortSet;
  readonly lost: PortSet;
  /** What made the difference; found out when it is asked. */
  causes(): readonly Cause[];
}

const sharedWorkloads = (before: NetworkMap, after: NetworkMap): readonly ChangedWorkloads[] => {
  const found = new Map<string, { ref: ObjectRef; before: PodClass[]; after: PodClass[] }>();
  const add = (map: NetworkMap, side: 'before' | 'after'): void => {
    for (const each of map.classes) {
      for (const { ref } of each.workloads) entry(found, refKey(ref), () => ({ ref, before: [], after: [] }))[side].push(each);
    }
  };
  add(before, 'before');
  add(after, 'after');
  const groups = new Map<string, { refs: ObjectRef[]; before: PodClass[]; after: PodClass[] }>();
  for (const { ref, ...classes } of found.values()) {
    const key = [classes.before, classes.after].map((list) => list.map(({ id }) => id).join()).join('/');
    entry(groups, key, () => ({ refs: [], ...classes })).refs.push(ref);
  }
  return [...groups.values()];
};

const canTalk = (from: PodClass, to: PodClass): boolean => from !== to || from.pods > 1;

/** The ports of all Pods of some classes with all Pods of others. */
const portsBetween = (map: NetworkMap, from: readonly PodClass[], to: readonly PodClass[]): PortSet => {
  const [one, another] = [from[0], to[0]];
  if (one === undefined || another === undefined) return noPorts;
  if (from.length === 1 && to.length === 1) return canTalk(one, another) ? map.ports(one, another) : noPorts;
  const sets = from.flatMap((a) => to.flatMap((b) => (canTalk(a, b) ? [map.ports(a, b)] : [])));
  return sets.length === 0 ? noPorts : union(sets);
};

const specText = new WeakMap<object, string>();

/** How the policies of two maps differ, by their keys. */
const policyChanges = (
  before: Policies,
  after: Policies,
): ReadonlyMap<string, 'policy added' | 'policy removed' | 'policy changed'> => {
  const byKey = ({ network, admin }: Policies) =>
    new Map([...network, ...admin].map(({ policy }): readonly [string, Admitted] => [refKey(refOf(policy)), policy]));
  const text = (policy: Admitted): string =>
    entry(specText, policy, () => JSON.stringify((policy as { readonly spec?: unknown }).spec ?? null));
  const [old, now] = [byKey(before), byKey(after)];
  const found = new Map<string, 'policy added' | 'policy removed' | 'policy changed'>();
  for (const [key, policy] of old) {
    const other = now.get(key);
    if (other === undefined) found.set(key, 'policy removed');
    else if (other !== policy && text(other) !== text(policy)) found.set(key, 'policy changed');
  }
  for (const key of now.keys()) if (!old.has(key)) found.set(key, 'policy added');
  return found;
};

/** The reasons of the side that decides: those that deny; where it is allowed, all that allow. */
const reasonsFor = (map: NetworkMap, from: PodClass, to: PodClass, ports: PortSet): readonly (readonly [Direction, Reason])[] =>
  explain(map.policies, from.end, to.end)
    .filter((each) => !isEmpty(intersection(each.ports, ports)))
    .flatMap(({ egress, ingress, allowed }) => [
      ...(allowed || !egress.allowed ? egress.reasons.map((reason): readonly [Direction, Reason] => ['egress', reason]) : []),
      ...(allowed || !ingress.allowed ? ingress.reasons.map((reason): readonly [Direction, Reason] => ['ingress', reason]) : []),
    ]);

/**
 * What became possible and what no longer is, from one map to another, for workloads that may be in both. Workloads that
 * were and are of the same classes are one; the cost grows with the pairs of classes.
 */
export const diffMaps = (before: NetworkMap, after: NetworkMap): readonly MapChange[] => {
  const groups = sharedWorkloads(before, after);
  const changed = policyChanges(before.policies, after.policies);
  const causesOf = (from: ChangedWorkloads, to: ChangedWorkloads, gained: PortSet, lost: PortSet): readonly Cause[] => {
    const alone = [from, to].flatMap((each): readonly Cause[] => {
      if (each.before.length > 0 && each.after.length > 0) return [];
      const how = each.before.length === 0 ? 'workload added' : 'workload removed';
      return each.refs.map((workload) => ({ how, workload }));
    });
    if (alone.length > 0) return alone;
    const ports = union([gained, lost]);
    const found = new Map<string, Cause>();
    const sides = [
      [before, from.before, to.before],
      [after, from.after, to.after],
    ] as const;
    for (const [map, senders, receivers] of sides) {
      for (const [sender, receiver] of senders.flatMap((a) => receivers.map((b) => [a, b] as const))) {
        for (const [direction, { policy }] of reasonsFor(map, sender, receiver, ports)) {
          const ref = refOf(policy);
          const how = changed.get(refKey(ref));
          if (how !== undefined) found.set(`${direction} ${refKey(ref)}`, { how, policy: ref, direction });
        }
      }
    }
    return found.size > 0 ? [...found.values()] : [{ how: 'labels changed' }];
  };
  return groups.flatMap((from) =>
    groups.flatMap((to): readonly MapChange[] => {
      const [old, now] = [portsBetween(before, from.before, to.before), portsBetween(after, from.after, to.after)];
      if (old === now || portSetText(old) === portSetText(now)) return [];
      const [gained, lost] = [difference(now, old), difference(old, now)];
      return [{ from, to, before: old, after: now, gained, lost, causes: () => causesOf(from, to, gained, lost) }];
    }),
  );
};
