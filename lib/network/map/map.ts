import type { Ingress, Service } from '../../api/generated/types.js';
import { matcherOfLabels } from '../../api/label-selector.js';
import { type Admitted, type ObjectRef, refOf } from '../../api/object.js';
import type { Cidr } from '../address.js';
import { entry } from '../entry.js';
import { type Described, describedKey } from '../policy/described.js';
import { declaredPorts, type End } from '../policy/end.js';
import { describedKeys, describedPeers, type ExposureOf, exposureOf } from '../policy/exposure.js';
import { createPolicies, type Policies } from '../policy/policies.js';
import { allPorts, intersection, isEmpty, type PortSet, portsOf } from '../policy/port-set.js';
import type { Direction } from '../policy/rule.js';
import type { NetworkView } from '../view.js';
import { rangesOf } from './cells.js';
import { classesOf, type PodClass } from './classes.js';
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

/** A way into the cluster: a Service with addresses outside, or an Ingress. */
interface Entrance {
  readonly to: PodClass;
  readonly by: ObjectRef;
  readonly how: 'NodePort' | 'LoadBalancer' | 'externalIPs' | 'Ingress';
}

/** Who may reach whom in a cluster, by classes of equal Pods. */
export interface NetworkMap {
  readonly policies: Policies;
  readonly classes: readonly PodClass[];
  /** Services by the class of Pods that they select. */
  servicesOf(of: PodClass): readonly Admitted<Service>[];
  /** Every connection that policies allow, also of Pods of one class with each other; those of no port are left out. */
  connections(): Iterable<Connection>;
  /** The ports that policies allow. */
  ports(from: PodClass, to: PodClass): PortSet;
  /** What is open to addresses outside the cluster; neighbouring ranges with equal ports are one. */
  outside(direction: Direction, of: PodClass): readonly OutsideConnection[];
  /** Whether policies leave a direction alone, and what they leave open to Pods that are not there yet. */
  exposure(direction: Direction, of: PodClass): ExposureOf;
  /** Directions that no policy is about. */
  unprotected(): readonly { readonly of: PodClass; readonly direction: Direction }[];
  readonly entrances: readonly Entrance[];
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

const outsideKind = ({ spec }: Service): Entrance['how'] | undefined => {
  if (spec?.type === 'LoadBalancer' || spec?.type === 'NodePort') return spec.type;
  return spec?.externalIPs?.length ? 'externalIPs' : undefined;
};

/** The Services that Ingresses lead to: `namespace/name`. */
const ingressesByService = (ingresses: readonly Admitted<Ingress>[]): ReadonlyMap<string, readonly ObjectRef[]> => {
  const found = new Map<string, ObjectRef[]>();
  for (const ingress of ingresses) {
    const paths = (ingress.spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
    const backends = [ingress.spec?.defaultBackend, ...paths.map(({ backend }) => backend)];
    const names = new Set(backends.flatMap((backend) => backend?.service?.name ?? []));
    for (const name of names) entry(found, `${ingress.metadata.namespace ?? 'default'}/${name}`, () => []).push(refOf(ingress));
  }
  return found;
};

/**
 * The map of a cluster, from its objects alone. Making it looks at each Pod once; what it costs beyond that grows with the
 * classes and the policies. What is asked of it is found out when it is asked.
 */
export const createMap = (view: NetworkView): NetworkMap => {
  const policies = createPolicies(view.networkPolicies, view.adminPolicies);
  const classes = classesOf(view, policies);
  const pool = createPortPool();
  const everything = pool.keep(allPorts);
  const rows = createRows(policies, classes, pool);
  const services = servicesByClass(view.services, classes);
  const ingresses = ingressesByService(view.ingresses);

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

  const entrances = [...services].flatMap(([to, own]) =>
    own.flatMap((service): readonly Entrance[] => {
      const how = outsideKind(service);
      const by = ingresses.get(`${service.metadata.namespace ?? 'default'}/${service.metadata.name}`) ?? [];
      return [
        ...(how === undefined ? [] : [{ to, by: refOf(service), how }]),
        ...by.map((ref) => ({ to, by: ref, how: 'Ingress' as const })),
      ];
    }),
  );

  return {
    policies,
    classes,
    servicesOf: (of) => services.get(of) ?? [],
    connections,
    ports,
    outside,
    exposure,
    unprotected: () =>
      classes.flatMap((of) =>
        (['ingress', 'egress'] as const)
          .filter((direction) => !policies.isSelected(direction, of.end))
          .map((direction) => ({ of, direction })),
      ),
    entrances,
  };
};
