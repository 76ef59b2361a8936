import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import { entry } from '../entry.js';
import { declaredPorts } from '../policy/end.js';
import { explain } from '../policy/explain.js';
import type { Policies } from '../policy/policies.js';
import { difference, intersection, isEmpty, noPorts, type PortSet, portSetText, union } from '../policy/port-set.js';
import { allowsPeer, type Direction, portSetOf } from '../policy/rule.js';
import type { PodClass } from './classes.js';
import type { NetworkMap } from './map.js';
import { createPortPool } from './port-pool.js';

/** Why a connection is other than it was. */
export interface Cause {
  readonly how: 'added' | 'removed' | 'changed' | 'labels changed' | 'ports changed' | 'addresses changed';
  /** A policy, a workload, a Namespace. */
  readonly object: ObjectRef;
  /** Whose word of the policy it is: the client's egress, the server's ingress. */
  readonly direction?: Direction;
}

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

const uniqueOf = (causes: readonly Cause[]): readonly Cause[] => [
  ...new Map(causes.map((cause) => [`${cause.how} ${cause.direction ?? ''} ${refKey(cause.object)}`, cause])).values(),
];

const canTalk = (from: PodClass, to: PodClass): boolean => from !== to || from.pods > 1;

/** The ports of all Pods of some classes with all Pods of others. */
const portsBetween = (map: NetworkMap, from: readonly PodClass[], to: readonly PodClass[]): PortSet => {
  const [one, another] = [from[0], to[0]];
  if (one === undefined || another === undefined) return noPorts;
  if (from.length === 1 && to.length === 1) return canTalk(one, another) ? map.ports(one, another) : noPorts;
  const sets = from.flatMap((a) => to.flatMap((b) => (canTalk(a, b) ? [map.ports(a, b)] : [])));
  return sets.length === 0 ? noPorts : union(sets);
};

const texts = new WeakMap<PortSet, string>();
const textOf = (set: PortSet): string => entry(texts, set, () => portSetText(set));

const specText = new WeakMap<object, string>();

/** How an object differs that may be in both of two clusters. */
export const changeOf = (old: Admitted | undefined, now: Admitted | undefined): 'added' | 'removed' | 'changed' | undefined => {
  const text = (object: Admitted): string =>
    entry(specText, object, () => JSON.stringify((object as { readonly spec?: unknown }).spec ?? null));
  if (old === undefined || now === undefined) return old === now ? undefined : now === undefined ? 'removed' : 'added';
  return old === now || text(old) === text(now) ? undefined : 'changed';
};

/** How the policies of two maps differ, by their keys. */
const policyChanges = (before: Policies, after: Policies): ReadonlyMap<string, Change> => {
  const byKey = ({ network, admin }: Policies) =>
    new Map([...network, ...admin].map(({ policy }): readonly [string, Admitted] => [refKey(refOf(policy)), policy]));
  const [old, now] = [byKey(before), byKey(after)];
  return new Map(
    [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
      const change = changeOf(old.get(key), now.get(key));
      return change === undefined ? [] : [[key, change] as const];
    }),
  );
};

/** What is other about Pods, or their namespace, that policies look at. */
const podChanges = (
  before: NetworkMap,
  after: NetworkMap,
  workload: ObjectRef,
  old: PodClass,
  now: PodClass,
): readonly Cause[] => {
  const keys = new Set([...before.labelKeys, ...after.labelKeys]);
  const labels = ({ sample }: PodClass): string =>
    JSON.stringify(
      [...keys].map((key) => (Object.hasOwn(sample.metadata.labels ?? {}, key) ? sample.metadata.labels?.[key] : null)),
    );
  const namespace = ({ end }: PodClass): string => JSON.stringify(Object.entries(end.pod?.namespaceLabels ?? {}).sort());
  const ports = ({ sample, hostNetwork }: PodClass): string => JSON.stringify([hostNetwork, declaredPorts(sample.spec)]);
  return [
    ...(labels(old) === labels(now) ? [] : [{ how: 'labels changed', object: workload } as const]),
    ...(namespace(old) === namespace(now) || old.hostNetwork !== now.hostNetwork
      ? []
      : [{ how: 'labels changed', object: { apiVersion: 'v1', kind: 'Namespace', name: now.namespace } } as const]),
    ...(ports(old) === ports(now) ? [] : [{ how: 'ports changed', object: workload } as const]),
  ];
};

type Change = 'added' | 'removed' | 'changed';

/** A connection in one of two maps. */
interface Pair {
  readonly map: NetworkMap;
  readonly from: PodClass;
  readonly to: PodClass;
}

/** One side's policies that have changed and have a word on some ports: where they deny, all that select the Pod; else those that allow. */
const wordOf = (
  { map, from, to }: Pair,
  direction: Direction,
  ports: PortSet,
  changed: ReadonlyMap<string, Change>,
): readonly Cause[] => {
  const [subject, other] = direction === 'egress' ? [from, to] : [to, from];
  const causeOf = (policy: Admitted): readonly Cause[] => {
    const object = refOf(policy);
    const how = changed.get(refKey(object));
    return how === undefined ? [] : [{ how, object, direction }];
  };
  const { selecting } = map.policies.decidersOf(direction, subject.end, other.end);
  const denies = isEmpty(intersection(map.portsOn(direction, subject, other), ports));
  if (map.policies.admin.length > 0) {
    const parts = explain(map.policies, from.end, to.end).filter((part) => !isEmpty(intersection(part.ports, ports)));
    return parts.flatMap((part) => part[direction].reasons.flatMap(({ policy }) => causeOf(policy)));
  }
  return selecting.flatMap(({ policy, ...rules }) => {
    const causes = causeOf(policy);
    if (causes.length === 0 || denies) return causes;
    const allows = (rules[direction] ?? []).some(
      (rule) => allowsPeer(rule, other.end) && !isEmpty(intersection(portSetOf(rule, to.end), ports)),
    );
    return allows ? causes : [];
  });
};

/**
 * What became possible and what no longer is, from one map to another, for workloads that may be in both. Workloads that
 * were and are of the same classes are one; the cost grows with the pairs of classes.
 */
export const diffMaps = (before: NetworkMap, after: NetworkMap): readonly MapChange[] => {
  const groups = sharedWorkloads(before, after);
  const changed = policyChanges(before.policies, after.policies);
  const known = new WeakMap<PortSet, WeakMap<PortSet, Pick<MapChange, 'gained' | 'lost'>>>();
  const pool = createPortPool();
  const apart = (old: PortSet, now: PortSet): Pick<MapChange, 'gained' | 'lost'> =>
    entry(
      entry(known, old, () => new WeakMap<PortSet, Pick<MapChange, 'gained' | 'lost'>>()),
      now,
      () => ({ gained: pool.keep(difference(now, old)), lost: pool.keep(difference(old, now)) }),
    );
  const causesOf = (from: ChangedWorkloads, to: ChangedWorkloads, gained: PortSet, lost: PortSet): readonly Cause[] => {
    // Of a server that is new it does not matter whether its client is.
    const alone = [to, from].find((each) => each.before.length === 0 || each.after.length === 0);
    if (alone !== undefined) {
      const how = alone.before.length === 0 ? 'added' : 'removed';
      return uniqueOf(alone.refs.map((object) => ({ how, object })));
    }
    const pairsOf = (map: NetworkMap, senders: readonly PodClass[], receivers: readonly PodClass[]): readonly Pair[] =>
      changed.size === 0 ? [] : senders.flatMap((a) => receivers.map((b) => ({ map, from: a, to: b })));
    const [old, now] = [pairsOf(before, from.before, to.before), pairsOf(after, from.after, to.after)];
    const found = (
      [
        [gained, old, now],
        [lost, now, old],
      ] as const
    ).flatMap(([ports, closed, open]) => {
      if (isEmpty(ports)) return [];
      const sides = (['egress', 'ingress'] as const).filter((direction) =>
        closed.some((pair) => {
          const [subject, other] = direction === 'egress' ? [pair.from, pair.to] : [pair.to, pair.from];
          return !isEmpty(difference(ports, pair.map.portsOn(direction, subject, other)));
        }),
      );
      return sides.flatMap((direction) => [...closed, ...open].flatMap((pair) => wordOf(pair, direction, ports, changed)));
    });
    if (found.length > 0) return uniqueOf(found);
    const others = [from, to].flatMap(({ refs, before: [old], after: [now] }) =>
      old === undefined || now === undefined ? [] : refs.slice(0, 1).flatMap((ref) => podChanges(before, after, ref, old, now)),
    );
    if (others.length > 0) return uniqueOf(others);
    return uniqueOf([from, to].flatMap(({ refs }) => refs.map((object) => ({ how: 'addresses changed', object }))));
  };
  return groups.flatMap((from) =>
    groups.flatMap((to): readonly MapChange[] => {
      const [old, now] = [portsBetween(before, from.before, to.before), portsBetween(after, from.after, to.after)];
      if (old === now || textOf(old) === textOf(now)) return [];
      const { gained, lost } = apart(old, now);
      return [{ from, to, before: old, after: now, gained, lost, causes: () => causesOf(from, to, gained, lost) }];
    }),
  );
};
