import { type ObjectRef, refKey, refOf, refText } from '../../../api/object.js';
import type { PodClass } from '../../../network/map/classes.js';
import type { NetworkMap } from '../../../network/map/map.js';
import { namespaceLabels, podEnd } from '../../../network/policy/end.js';
import { explain, type Reason } from '../../../network/policy/explain.js';
import { intersection, isEmpty, type PortSet, portSetText, union } from '../../../network/policy/port-set.js';
import { type Direction, podPeer } from '../../../network/policy/rule.js';
import type { IntentClient } from '../../intent.js';
import type { DryRun } from '../../rule.js';
import type { Guarded } from './guarded.js';

/** Somebody who connects to Pods, or whom they connect to, against an intent. */
export interface Stranger {
  /** Absent: addresses outside the cluster. */
  readonly object?: ObjectRef | undefined;
  readonly text: string;
  readonly ports: PortSet;
  /** The rules of policies that let it; none: no policy is about the direction. */
  readonly by: readonly Reason[];
}

export const portsText = (ports: PortSet): string => {
  const text = portSetText(ports);
  return text === 'All Connections' ? 'all ports' : text;
};

/** `NetworkPolicy data/pg ingress rule 2 allows it`. */
export const reasonText = (direction: Direction, by: readonly Reason[]): string => {
  const rules = by.flatMap(({ policy, rule, says }) =>
    says === 'allows' && rule !== undefined ? [`${refText(refOf(policy))} ${direction} rule ${rule.number} allows it`] : [],
  );
  return rules.length === 0 ? `no NetworkPolicy restricts the ${direction}` : [...new Set(rules)].join(', ');
};

/** What lets a connection through at one end; nothing where no policy is about the direction. */
export const reasonsOf = (
  { policies }: NetworkMap,
  direction: Direction,
  from: PodClass,
  to: PodClass,
  ports: PortSet,
): readonly Reason[] =>
  !policies.isSelected(direction, direction === 'ingress' ? to.end : from.end)
    ? []
    : explain(policies, from.end, to.end)
        .filter((each) => each.allowed && !isEmpty(intersection(each.ports, ports)))
        .flatMap((each) => each[direction].reasons);

const roots = new WeakMap<PodClass, readonly { readonly ref: ObjectRef; readonly pods: number }[]>();

/** The root workloads of a class: a Job may be a CronJob's. */
export const workloadsOf = ({ cluster }: DryRun, of: PodClass): readonly { readonly ref: ObjectRef; readonly pods: number }[] => {
  const known = roots.get(of);
  if (known !== undefined) return known;
  const found = of.workloads.map(({ ref, pods }) => {
    const object = cluster.get(ref);
    return { ref: object === undefined ? ref : refOf(cluster.controllerOf(object)), pods };
  });
  roots.set(of, found);
  return found;
};

/** Whether a workload is one of the clients that an intent names; peers are those of the namespace `home`. */
export const isClient = (run: DryRun, clients: readonly IntentClient[], home: string): ((ref: ObjectRef) => boolean) => {
  const named = new Set(clients.flatMap((client) => ('workload' in client ? [refKey(client.workload)] : [])));
  const peers = clients.flatMap((client) =>
    'peer' in client && client.peer.ipBlock === undefined ? [podPeer(client.peer, home)] : [],
  );
  const labelsOf = namespaceLabels(run.cluster.list('Namespace'));
  return (ref) => {
    if (named.has(refKey(ref))) return true;
    const [pod] = peers.length === 0 ? [] : run.cluster.podsOf(ref);
    return pod !== undefined && peers.some(({ matches }) => matches({ pod: podEnd(pod, labelsOf) }));
  };
};

/** The author's own workloads before what every cluster has. */
export const ownFirst = ({ cluster }: DryRun, strangers: readonly Stranger[]): readonly Stranger[] => {
  const system = strangers.filter(({ object }) => object !== undefined && cluster.isBuiltIn(object));
  return system.length === 0 ? strangers : [...strangers.filter((each) => !system.includes(each)), ...system];
};

/** Other Pods that reach the guarded ones, one entry a workload. */
export const strangersOf = (
  run: DryRun,
  map: NetworkMap,
  guarded: readonly Guarded[],
  isAllowed: (ref: ObjectRef) => boolean,
): readonly Stranger[] => {
  const found = new Map<string, Stranger>();
  for (const { of: to, ports: wanted } of guarded) {
    for (const from of map.classes) {
      if (from === to && from.pods < 2) continue;
      const ports = intersection(map.ports(from, to), wanted);
      if (isEmpty(ports)) continue;
      let by: readonly Reason[] | undefined;
      for (const { ref: object, pods } of workloadsOf(run, from)) {
        const alone = from === to && pods < 2 && to.workloads.length === 1;
        if (alone || isAllowed(object)) continue;
        by ??= reasonsOf(map, 'ingress', from, to, ports);
        const known = found.get(refKey(object));
        found.set(refKey(object), {
          object,
          text: refText(object),
          ports: known === undefined ? ports : union([known.ports, ports]),
          by: known === undefined ? by : [...known.by, ...by],
        });
      }
    }
  }
  return ownFirst(run, [...found.values()]);
};
