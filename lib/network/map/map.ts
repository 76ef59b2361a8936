import type { Pod, Service } from '../../api/generated/types.js';
import { matcherOfLabels } from '../../api/label-selector.js';
import type { Admitted } from '../../api/object.js';
import type { Cidr } from '../address.js';
import { entry } from '../entry.js';
import { type Described, describedKey } from '../policy/described.js';
import { declaredPorts, type End } from '../policy/end.js';
import { describedKeys, describedPeers, type ExposureOf, exposureOf, openToCluster } from '../policy/exposure.js';
import { createPolicies, type Policies } from '../policy/policies.js';
import { allPorts, intersection, isEmpty, type PortSet, portsOf } from '../policy/port-set.js';
import type { Direction } from '../policy/rule.js';
import type { NetworkView } from '../view.js';
import { rangesOf } from './cells.js';
import { classesOf, type PodClass } from './classes.js';
import { type Entrance, entrancesOf } from './entrances.js';
import { createPortPool } from './port-pool.js';
import { createRows, type Row } from './rows.js';

/** Pods of one class may reach Pods of another one on these ports, as far as policies go. */
export interface Connection {
  readonly from: PodClass;
  readonly to: PodClass;
  readonly ports: PortSet;
}

/** Addresses outside the cluster with which a class may talk. */
interface OutsideConnection {
  readonly range: Cidr;
  readonly ports: PortSet;
}

/** Who may reach whom in a cluster, by classes of equal Pods. */
export interface NetworkMap {
  readonly policies: Policies;
  readonly classes: readonly PodClass[];
  classOf(pod: Admitted<Pod>): PodClass | undefined;
  /** The keys of Pod labels that any selector asks for. */
  readonly labelKeys: readonly string[];
  /** Services by the class of Pods that they select. */
  servicesOf(of: PodClass): readonly Admitted<Service>[];
  /** Every connection that policies allow, also of Pods of one class with each other; those of no port are left out. */
  connections(): Iterable<Connection>;
  /** The ports that policies allow. */
  ports(from: PodClass, to: PodClass): PortSet;
  /** The ports that the policies of one side alone allow with another class. */
  portsOn(direction: Direction, of: PodClass, other: PodClass): PortSet;
  /** What is open to addresses outside the cluster; neighbouring ranges with equal ports are one. */
  outside(direction: Direction, of: PodClass): readonly OutsideConnection[];
  /** Whether policies leave a direction alone, and what they leave open to Pods that are not there yet. */
  exposure(direction: Direction, of: PodClass): ExposureOf;
  /** The ports of that which are open to everyone in the cluster, also to Pods that are not there yet. */
  openToCluster(direction: Direction, of: PodClass): PortSet;
  /** Directions that no policy is about. */
  unprotected(): readonly { readonly of: PodClass; readonly direction: Direction }[];
  /** Ways in from outside. */
  entrances(): readonly Entrance[];
}

/** The ports of a connection that a container of the other side declares. */
export const declaredOf = ({ to, ports }: Connection): PortSet =>
  intersection(
    portsOf(declaredPorts(to.sample.spec).map(({ port, protocol }) => ({ first: port, last: port, protocol }))),
    ports,
  );

const merged = (parts: readonly OutsideConnection[]): readonly OutsideConnection[] => {
  const out: OutsideConnection[] = [];
  for (const part of parts) {
    const before = out.at(-1);
    const touches = before?.range.family === part.range.family && before.range.last + 1n === part.range.first;
    if (touches && before.ports === part.ports) {
      out[out.length - 1] = { ...before, range: { ...before.range, last: part.range.last } };
    } else out.push(part);
  }
  return out.filter(({ ports }) => !isEmpty(ports));
};

const servicesByClass = (services: readonly Admitted<Service>[], classes: readonly PodClass[]) => {
  const inNamespace = new Map<string, PodClass[]>();
  for (const each of classes) entry(inNamespace, each.namespace, () => []).push(each);
  const found = new Map<PodClass, Admitted<Service>[]>();
  for (const service of services) {
    const { selector } = service.spec ?? {};
    if (selector === undefined || Object.keys(selector).length === 0) continue;
    const matches = matcherOfLabels(selector);
    for (const each of inNamespace.get(service.metadata.namespace ?? 'default') ?? []) {
      if (matches(each.sample.metadata.labels)) entry(found, each, () => []).push(service);
    }
  }
  return found;
};

const byKey = (peers: readonly Described[]): ReadonlyMap<string, Described> =>
  new Map(peers.map((peer) => [describedKey(peer) ?? '', peer]));

/**
 * The map of a cluster, from its objects alone. Making it looks at each Pod once; what it costs beyond that grows with the
 * classes and the policies. What is asked of it is found out when it is asked.
 */
export const createMap = (view: NetworkView): NetworkMap => {
  const policies = createPolicies(view.networkPolicies, view.adminPolicies);
  const { all: classes, of: classOf, labelKeys } = classesOf(view, policies);
  const pool = createPortPool();
  const everything = pool.keep(allPorts);
  const rows = createRows(policies, classes, pool);
  const services = servicesByClass(view.services, classes);
  const servicesOf: NetworkMap['servicesOf'] = (of) => services.get(of) ?? [];

  const sideOf = (row: Row | undefined, { id }: PodClass): PortSet =>
    row === undefined ? everything : (row.own.get(id) ?? row.everyone);
  const ports: NetworkMap['ports'] = (from, to) =>
    pool.intersection(sideOf(rows.egress(from), to), sideOf(rows.ingress(to), from));

  /** For each class the others that some policy of theirs names it to, and those that are open to everyone. */
  const receivers = () => {
    const named = new Map<number, PodClass[]>();
    const open: PodClass[] = [];
    for (const to of classes) {
      const row = rows.ingress(to);
      if (row === undefined || !isEmpty(row.everyone)) open.push(to);
      else for (const id of row.own.keys()) entry(named, id, () => []).push(to);
    }
    return { named, open };
  };
  function* connections(): Iterable<Connection> {
    const { named, open } = receivers();
    for (const from of classes) {
      const row = rows.egress(from);
      const listed = row === undefined || !isEmpty(row.everyone) ? [] : [...row.own.keys()].flatMap((id) => classes[id] ?? []);
      const others = row === undefined || !isEmpty(row.everyone) ? [...open, ...(named.get(from.id) ?? [])] : listed;
      for (const to of others) {
        if (to === from && from.pods < 2) continue;
        const both = ports(from, to);
        if (!isEmpty(both)) yield { from, to, ports: both };
      }
    }
  }

  const ownRules = (direction: Direction, { end }: PodClass) => [
    ...policies.decidersOf(direction, end, end).selecting.flatMap((compiled) => compiled[direction] ?? []),
    ...policies.admin.filter((compiled) => compiled.selects(end)).flatMap((compiled) => compiled[direction] ?? []),
  ];
  const outside: NetworkMap['outside'] = (direction, of) => {
    const parts = rangesOf(ownRules(direction, of)).map((range): OutsideConnection => {
      const other: End = { address: { family: range.family, value: range.first } };
      const destination = direction === 'ingress' ? of.end : other;
      return { range, ports: pool.keep(policies.portsOn(direction, of.end, other, destination)) };
    });
    return merged(parts);
  };

  let described: ReadonlyMap<string, Described> | undefined;
  const exposure: NetworkMap['exposure'] = (direction, of) => {
    described ??= byKey(
      describedPeers(
        policies,
        classes.flatMap(({ end }) => end.pod ?? []),
      ),
    );
    // Without admin policies, only those that its own rules name are otherwise than the rest of the cluster.
    const named = policies.admin.length > 0 ? described.keys() : describedKeys(ownRules(direction, of));
    return exposureOf(
      policies,
      direction,
      of.end,
      [...named].flatMap((key) => described?.get(key) ?? []),
    );
  };

  return {
    policies,
    classes,
    classOf,
    labelKeys,
    servicesOf,
    connections,
    ports,
    portsOn: (direction, of, other) => sideOf(rows[direction](of), other),
    outside,
    exposure,
    openToCluster: (direction, { end }) => pool.keep(openToCluster(policies, direction, end)),
    unprotected: () =>
      classes.flatMap((of) =>
        (['ingress', 'egress'] as const)
          .filter((direction) => !policies.isSelected(direction, of.end))
          .map((direction) => ({ of, direction })),
      ),
    entrances: () => entrancesOf(view, classes, servicesOf),
  };
};
