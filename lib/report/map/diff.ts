import { type Admitted, type ObjectRef, refKey, refText } from '../../api/object.js';
import type { SourceLocation } from '../../manifest/manifest.js';
import { type Cause, changeOf, diffMaps, type MapChange as PortsChange } from '../../network/map/diff.js';
import { declaredPorts } from '../../network/policy/end.js';
import { intersection, isEmpty, type PortSet, portsOf } from '../../network/policy/port-set.js';
import type { Direction } from '../../network/policy/rule.js';
import type { MapEntrance, MapRange, MapSubject, MapWorkload } from './map.js';
import { type Peers, type PeersFinder, peersAmong } from './peers.js';
import type { Place } from './places.js';
import { portTexts } from './ports.js';
import { type MapOptions, policiesOn, type Survey, surveyOf } from './report.js';

/** What made a difference. */
export interface MapCause {
  readonly how: Cause['how'];
  /** A policy, Service, Ingress, workload or Namespace. */
  readonly object: ObjectRef;
  /** Of a policy: the client's egress, the server's ingress. */
  readonly direction?: Direction;
  /** Where it is written; if it is gone, where it was. */
  readonly source?: SourceLocation;
}

interface Changed {
  readonly change: 'gained' | 'lost';
  readonly causes: readonly MapCause[];
  /** There are too many causes of the same kind to name them all. */
  readonly more?: true;
}

/** Connections that became possible, or no longer are; `from`, `except` and the ports as in a map. */
export interface MapDiffConnection extends Peers, Changed {
  readonly to: string;
  readonly ports: readonly string[];
  readonly allowed: readonly string[];
}

/** A Service port that leads to a workload, or no longer does: `shop/web:80 -> 8080/TCP`. */
export interface MapDiffService extends Changed {
  readonly service: string;
  readonly to: string;
}

export type MapDiffEntrance = Changed & MapEntrance;

/** Addresses outside with which the policies of a workload let it talk. */
export interface MapDiffOutside {
  readonly workload: string;
  readonly direction: Direction;
  readonly before: readonly MapRange[];
  readonly after: readonly MapRange[];
  readonly causes: readonly MapCause[];
}

/** What became of the network of a cluster from one state to another, version 1. Within a version fields are only ever added. */
export interface MapDiff {
  readonly version: 1;
  readonly namespace?: string;
  readonly workloads: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly connections: readonly MapDiffConnection[];
  readonly services: readonly MapDiffService[];
  readonly entrances: readonly MapDiffEntrance[];
  readonly outside: readonly MapDiffOutside[];
}

interface Sides {
  readonly old: Survey & { readonly subject: MapSubject };
  readonly now: Survey & { readonly subject: MapSubject };
}

const located = ({ old, now }: Sides, { how, object, direction }: Cause): MapCause => {
  const source = (now.subject.cluster.provenanceOf(object) ?? old.subject.cluster.provenanceOf(object))?.source;
  return { how, object, ...(direction === undefined ? {} : { direction }), ...(source === undefined ? {} : { source }) };
};

const causeKey = (causes: readonly Cause[]): string =>
  causes.map(({ how, object, direction = '' }) => `${how} ${refKey(object)} ${direction}`).join();

/** The names of the workloads of a change; those that are gone are known from before. */
const namesIn = ({ old, now }: Sides) => {
  const names = new Map<string, Set<string>>();
  for (const { places } of [old, now]) {
    for (const place of places) {
      for (const { ref } of place.more > 0 ? place.of.workloads : []) names.set(refKey(ref), new Set([place.name]));
    }
  }
  const add = ({ workload, name }: Place): void => {
    names.set(refKey(workload), (names.get(refKey(workload)) ?? new Set()).add(name));
  };
  for (const place of [...now.places, ...old.places]) add(place);
  const rootOf = ({ subject: { cluster } }: Sides['old'], ref: ObjectRef): string | undefined => {
    const object = cluster.get(ref);
    if (object === undefined || cluster.isBuiltIn(ref)) return undefined;
    const root = cluster.controllerOf(object);
    return refKey({ ...ref, kind: root.kind, name: root.metadata.name, apiVersion: root.apiVersion });
  };
  const known = new Map<string, readonly string[]>();
  return (ref: ObjectRef): readonly string[] => {
    const key = refKey(ref);
    const found = known.get(key) ?? [...(names.get(key) ?? names.get(rootOf(now, ref) ?? rootOf(old, ref) ?? '') ?? [])];
    known.set(key, found);
    return found;
  };
};

interface Ports {
  readonly ports: readonly string[];
  readonly allowed: readonly string[];
  readonly key: string;
}

/** The ports of changes, and which of them the workloads at the far end declare; found out once for each of these. */
const portsFinder = () => {
  const known = new Map<PortsChange['to'], Map<PortSet, Ports>>();
  return ({ to }: PortsChange, set: PortSet): Ports => {
    const own = known.get(to) ?? new Map<PortSet, Ports>();
    known.set(to, own);
    const found = own.get(set);
    if (found !== undefined) return found;
    const declared = [...to.before, ...to.after].flatMap(({ sample }) =>
      declaredPorts(sample.spec).map(({ port, protocol }) => ({ first: port, last: port, protocol })),
    );
    const [ports, allowed] = [portTexts(intersection(portsOf(declared), set)), portTexts(set)];
    const made = { ports, allowed, key: `${ports} ${allowed}` };
    own.set(set, made);
    return made;
  };
};

/** Connections to one workload on the same ports, by what caused them. */
interface Receiver {
  readonly to: string;
  readonly change: Changed['change'];
  readonly ports: readonly string[];
  readonly allowed: readonly string[];
  /** By their causes. */
  readonly groups: Map<string, { readonly causes: readonly Cause[]; readonly from: Set<string> }>;
  /** Those of whom nobody asked any more what caused them. */
  readonly others: Set<string>;
}

/** Of more causes than this, the connections to one workload are told together, and not all causes. */
const mostGroups = 8;

const toldOf = (sides: Sides, peers: PeersFinder, { groups, others, ...receiver }: Receiver): readonly MapDiffConnection[] => {
  const { to, change, ports, allowed } = receiver;
  const one = (causes: readonly Cause[], from: ReadonlySet<string>): MapDiffConnection => ({
    change,
    to,
    ports,
    allowed,
    ...peers([...from], to),
    causes: causes.map((cause) => located(sides, cause)),
    ...(others.size > 0 ? { more: true } : {}),
  });
  const list = [...groups.values()];
  if (others.size === 0) return list.map(({ causes, from }) => one(causes, from));
  const causes = new Map(list.flatMap((group) => group.causes).map((cause) => [causeKey([cause]), cause]));
  return [one([...causes.values()], new Set([...list.flatMap(({ from }) => [...from]), ...others]))];
};

const connectionsOf = (sides: Sides, isShown: (name: string) => boolean): readonly MapDiffConnection[] => {
  const nameOf = namesIn(sides);
  const places = [...new Map([...sides.old.places, ...sides.now.places].map((place) => [place.name, place])).values()];
  const peers = peersAmong(places);
  const single = new Set(places.flatMap(({ name, pods }) => (pods < 2 ? [name] : [])));
  const receivers = new Map<string, Receiver>();
  const portsIn = portsFinder();
  for (const changed of diffMaps(sides.old.map, sides.now.map)) {
    const senders = changed.from.refs.flatMap(nameOf);
    let causes: readonly Cause[] | undefined;
    for (const to of changed.to.refs.flatMap(nameOf)) {
      const from = senders.filter((name) => (isShown(to) || isShown(name)) && (name !== to || !single.has(name)));
      for (const change of from.length === 0 ? [] : (['gained', 'lost'] as const)) {
        if (isEmpty(changed[change])) continue;
        const { ports, allowed, key: text } = portsIn(changed, changed[change]);
        const key = `${to}\n${change} ${text}`;
        const receiver = receivers.get(key) ?? { to, change, ports, allowed, groups: new Map(), others: new Set<string>() };
        receivers.set(key, receiver);
        causes ??= receiver.groups.size > mostGroups ? undefined : changed.causes();
        const group = causes && (receiver.groups.get(causeKey(causes)) ?? { causes, from: new Set<string>() });
        if (causes !== undefined && group !== undefined) receiver.groups.set(causeKey(causes), group);
        for (const name of from) (group?.from ?? receiver.others).add(name);
      }
    }
  }
  return [...receivers].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, receiver]) => toldOf(sides, peers, receiver));
};

/** How objects that lead somewhere differ; where none does, the Pods that they lead to do. */
const causesOf = (sides: Sides, objects: readonly ObjectRef[], workload: ObjectRef | undefined): readonly MapCause[] => {
  const { old, now } = sides;
  const found = objects.flatMap((object): readonly Cause[] => {
    const how = changeOf(
      old.subject.cluster.get(object) as Admitted | undefined,
      now.subject.cluster.get(object) as Admitted | undefined,
    );
    return how === undefined ? [] : [{ how, object }];
  });
  if (found.length > 0 || workload === undefined) return found.map((cause) => located(sides, cause));
  const [before, after] = [old, now].map(({ subject }) => subject.cluster.get(workload));
  const how = changeOf(before, after) ?? 'labels changed';
  return [located(sides, { how, object: workload })];
};

const workloadOf = ({ old, now }: Sides, name: string): ObjectRef | undefined =>
  [...now.places, ...old.places].find((place) => place.name === name)?.workload;

const only = <T>(items: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>): readonly T[] =>
  [...items].flatMap(([key, item]) => (others.has(key) ? [] : [item]));

const servicesOf = (sides: Sides): readonly MapDiffService[] => {
  const leads = (workloads: readonly MapWorkload[]) =>
    new Map(
      workloads.flatMap(({ name, services }) =>
        services.map((service) => [`${service} ${name}`, { service, to: name }] as const),
      ),
    );
  const [before, after] = [leads(sides.old.workloads), leads(sides.now.workloads)];
  const refOf = (service: string): ObjectRef => {
    const [namespace = '', name = ''] = (service.split(':')[0] ?? '').split('/');
    return { apiVersion: 'v1', kind: 'Service', namespace, name };
  };
  const changed = (change: 'gained' | 'lost', list: readonly { readonly service: string; readonly to: string }[]) =>
    list.map(({ service, to }) => ({ change, service, to, causes: causesOf(sides, [refOf(service)], workloadOf(sides, to)) }));
  return [...changed('gained', only(after, before)), ...changed('lost', only(before, after))];
};

const entrancesOf = (sides: Sides): readonly MapDiffEntrance[] => {
  // Ports that the server gives out may be other ones the next time: what counts is what they belong to.
  const keyOf = ({ how, by, service, to, port, at, sources = [] }: MapEntrance): string =>
    [
      how,
      refText(by),
      service === undefined ? '' : refText(service),
      to,
      port,
      sources.join(),
      ...(how === 'Ingress' || how === 'HTTPRoute' ? at : []),
    ].join('\n');
  const open = ({ entrances }: Survey) =>
    new Map(entrances.filter((each) => each.open !== 'no').map((each) => [keyOf(each), each] as const));
  const [before, after] = [open(sides.old), open(sides.now)];
  const policies = (name: string): readonly ObjectRef[] => policiesOf(sides, name, 'ingress');
  const changed = (change: 'gained' | 'lost', list: readonly MapEntrance[]) =>
    list.map((entrance) => {
      const { by, service, to } = entrance;
      const objects = [by, ...(service === undefined ? [] : [service]), ...policies(to)];
      return { change, ...entrance, causes: causesOf(sides, objects, workloadOf(sides, to)) };
    });
  return [...changed('gained', only(after, before)), ...changed('lost', only(before, after))];
};

/** The policies that selected a workload, or do now. */
const policiesOf = ({ old, now }: Sides, name: string, direction: Direction): readonly ObjectRef[] => {
  const refs = [old, now].flatMap(({ map, places }) =>
    places.flatMap((place) => (place.name === name ? policiesOn(map, direction, place.of) : [])),
  );
  return [...new Map(refs.map((ref) => [refKey(ref), ref])).values()];
};

const outsideOf = (sides: Sides): readonly MapDiffOutside[] => {
  const before = new Map(sides.old.workloads.map((workload) => [workload.name, workload]));
  return sides.now.workloads.flatMap((workload) =>
    (['ingress', 'egress'] as const).flatMap((direction): readonly MapDiffOutside[] => {
      const old = before.get(workload.name)?.[direction].outside;
      const now = workload[direction].outside;
      if (old === undefined || JSON.stringify(old) === JSON.stringify(now)) return [];
      const causes = causesOf(sides, policiesOf(sides, workload.name, direction), workloadOf(sides, workload.name)).map(
        (cause) => (cause.object.kind.endsWith('Policy') ? { ...cause, direction } : cause),
      );
      return [{ workload: workload.name, direction, before: old, after: now, causes }];
    }),
  );
};

/**
 * What changed in the network of a cluster, and what changed it.
 *
 * @example
 * const { connections } = mapDiffReport(before.dryRun(), after.dryRun());
 */
export const mapDiffReport = (before: MapSubject, after: MapSubject, options: MapOptions = {}): MapDiff => {
  const { namespace } = options;
  const sides: Sides = {
    old: { ...surveyOf(before, options), subject: before },
    now: { ...surveyOf(after, options), subject: after },
  };
  const names = ({ workloads }: Survey): ReadonlySet<string> => new Set(workloads.map(({ name }) => name));
  const [old, now] = [names(sides.old), names(sides.now)];
  return {
    version: 1,
    ...(namespace === undefined ? {} : { namespace }),
    workloads: { added: [...now].filter((name) => !old.has(name)), removed: [...old].filter((name) => !now.has(name)) },
    connections: connectionsOf(sides, (name) => old.has(name) || now.has(name)),
    services: servicesOf(sides),
    entrances: entrancesOf(sides),
    outside: outsideOf(sides),
  };
};
