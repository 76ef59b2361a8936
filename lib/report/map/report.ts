import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { workloadKinds } from '../../apiserver/kinds.js';
import type { Cluster } from '../../cluster/cluster.js';
import { blocksOf } from '../../network/map/blocks.js';
import type { PodClass } from '../../network/map/classes.js';
import { targetOf } from '../../network/map/entrances.js';
import { createMap, declaredOf, type NetworkMap } from '../../network/map/map.js';
import { declaredPorts } from '../../network/policy/end.js';
import { intersection, isEmpty, type PortSet, portsOf } from '../../network/policy/port-set.js';
import type { Direction } from '../../network/policy/rule.js';
import { callsOf } from './calls.js';
import { entrancesOf } from './entrances.js';
import type { MapConnection, MapEntrance, MapRange, MapReport, MapSide, MapSubject, MapWorkload } from './map.js';
import { type PeersFinder, peersAmong } from './peers.js';
import { type Place, placeFinder, placesOf } from './places.js';
import { portTexts } from './ports.js';

const rangesOf = (map: NetworkMap, direction: Direction, of: PodClass): readonly MapRange[] => {
  const byPorts = new Map<PortSet, ReturnType<NetworkMap['outside']>[number]['range'][]>();
  for (const { range, ports } of map.outside(direction, of)) byPorts.set(ports, [...(byPorts.get(ports) ?? []), range]);
  return [...byPorts].map(([ports, ranges]) => {
    const { addresses, except } = blocksOf(ranges);
    return { addresses, ...(except.length === 0 ? {} : { except }), ports: portTexts(ports) };
  });
};

/** The policies that are about one direction of a class. */
export const policiesOn = (map: NetworkMap, direction: Direction, of: PodClass): readonly ObjectRef[] => {
  const { selecting } = map.policies.decidersOf(direction, of.end, of.end);
  const admin = map.policies.admin.filter((compiled) => compiled[direction] !== undefined && compiled.selects(of.end));
  return [...selecting, ...admin].map(({ policy }) => refOf(policy));
};

const sideOf = (map: NetworkMap, direction: Direction, of: PodClass): MapSide => ({
  policies: policiesOn(map, direction, of).map(refText).sort(),
  cluster: portTexts(map.openToCluster(direction, of)),
  outside: rangesOf(map, direction, of),
});

const servicesOf = (map: NetworkMap, of: PodClass): readonly string[] =>
  map
    .servicesOf(of)
    .flatMap(({ metadata, spec }) =>
      (spec?.ports ?? []).map((port) => {
        const found = targetOf(of, port);
        const target =
          found === undefined ? `${port.targetPort}, which no container declares` : `${found.port}/${found.protocol}`;
        return `${metadata.namespace}/${metadata.name}:${port.port} -> ${target}`;
      }),
    )
    .sort();

/** What all places of a class share. */
type Shared = Omit<MapWorkload, 'name' | 'kind' | 'pods'>;

const dnsPort: PortSet = portsOf([{ protocol: 'UDP', first: 53, last: 53 }]);

/** The Pods that answer for the cluster DNS. */
const dnsClasses = (map: NetworkMap): readonly PodClass[] =>
  map.classes.filter((each) =>
    map.servicesOf(each).some(({ metadata: { namespace, name } }) => namespace === 'kube-system' && name === 'kube-dns'),
  );

const sharedOf = (map: NetworkMap, of: PodClass, dns: readonly PodClass[]): Shared => ({
  namespace: of.namespace,
  ports: declaredPorts(of.sample.spec).map(({ port, protocol }) => `${port}/${protocol}`),
  services: servicesOf(map, of),
  ...(of.hostNetwork ? { hostNetwork: true } : {}),
  ingress: sideOf(map, 'ingress', of),
  egress: sideOf(map, 'egress', of),
  dns: dns.length === 0 || dns.some((each) => !isEmpty(intersection(map.ports(of, each), dnsPort))),
});

interface Group {
  readonly to: PodClass;
  readonly ports: readonly string[];
  readonly allowed: readonly string[];
  readonly from: Set<PodClass>;
}

type Groups = ReadonlyMap<PodClass, readonly Group[]>;

/** The senders of each class by what they may send to. */
const groupsOf = (map: NetworkMap): Groups => {
  const groups = new Map<PodClass, Map<PortSet, Group>>();
  for (const connection of map.connections()) {
    const { from, to, ports } = connection;
    let own = groups.get(to);
    if (own === undefined) {
      own = new Map();
      groups.set(to, own);
    }
    const known = own.get(ports);
    if (known === undefined)
      own.set(ports, { to, ports: portTexts(declaredOf(connection)), allowed: portTexts(ports), from: new Set([from]) });
    else known.from.add(from);
  }
  return new Map([...groups].map(([to, own]) => [to, [...own.values()]]));
};

const textOf = (texts: readonly string[]): string => texts.join();

/** Who may be shown as a sender to a workload: of a map of one namespace only those of it, where the workload is of another one. */
interface Senders {
  readonly byClass: ReadonlyMap<PodClass, readonly Place[]>;
  readonly peers: PeersFinder;
}

const sendersOf = (places: readonly Place[], options: { readonly everyone: boolean }): Senders => {
  const byClass = new Map<PodClass, Place[]>();
  for (const place of places) {
    const same = byClass.get(place.of);
    if (same === undefined) byClass.set(place.of, [place]);
    else same.push(place);
  }
  return { byClass, peers: peersAmong(places, options) };
};

const sendersTo = (places: readonly Place[], isOwn: (namespace: string) => boolean): ((to: Place) => Senders) => {
  const every = sendersOf(places, { everyone: true });
  const own = places.filter(({ namespace }) => isOwn(namespace));
  const some = own.length === places.length ? every : sendersOf(own, { everyone: false });
  return ({ namespace }) => (isOwn(namespace) ? every : some);
};

/** The names of those of some classes who send to a workload. */
const namesOf = ({ byClass }: Senders, classes: Iterable<PodClass>, to: Place): readonly string[] =>
  [...classes].flatMap((of) => (byClass.get(of) ?? []).flatMap((place) => (place !== to || place.pods > 1 ? [place.name] : [])));

const connectionsOf = (groups: Groups, places: readonly Place[], senders: (to: Place) => Senders): readonly MapConnection[] =>
  places.flatMap((to): readonly MapConnection[] => {
    const own = [...(groups.get(to.of) ?? [])].sort((a, b) => (textOf(a.allowed) < textOf(b.allowed) ? -1 : 1));
    const among = senders(to);
    return own.flatMap(({ ports, allowed, from }): readonly MapConnection[] => {
      const names = namesOf(among, from, to);
      return names.length === 0 ? [] : [{ to: to.name, ports, allowed, ...among.peers(names, to.name) }];
    });
  });

/** What policies let a workload take from those whom they name, and nobody is known to send. */
const unusedOf = (
  map: NetworkMap,
  groups: Groups,
  places: readonly Place[],
  calls: MapReport['calls'],
  senders: (to: Place) => Senders,
): MapReport['unused'] => {
  if (calls.length === 0) return [];
  const made = new Map<string, Set<string>>();
  for (const { from, to = '' } of calls) made.set(to, (made.get(to) ?? new Set()).add(from));
  return places.flatMap((to) => {
    const isMeant = map.policies.isSelected('ingress', to.of.end) && isEmpty(map.openToCluster('ingress', to.of));
    if (!isMeant) return [];
    const among = senders(to);
    const allowed = new Set((groups.get(to.of) ?? []).flatMap(({ from }) => [...from]));
    const unused = namesOf(among, allowed, to).filter((name) => name !== to.name && made.get(to.name)?.has(name) !== true);
    return unused.length === 0 ? [] : [{ to: to.name, ...among.peers(unused, to.name) }];
  });
};

const absentOf = (cluster: Cluster, isShown: (namespace: string) => boolean): readonly string[] => {
  const roots = new Map<string, ObjectRef>();
  for (const object of workloadKinds.flatMap((kind) => cluster.list(kind) as readonly Admitted[])) {
    if (object.kind === 'Pod' || cluster.ownersOf(object).length > 0 || !isShown(object.metadata.namespace ?? '')) continue;
    const ref = refOf(object);
    if (cluster.podsOf(ref).length === 0) roots.set(refKey(ref), ref);
  }
  return [...roots.values()].map(refText).sort();
};

export interface MapOptions {
  /** Only what this namespace has to do with. */
  readonly namespace?: string | undefined;
}

/** The workloads of a cluster and the ways in to them, and what they were found by. */
export interface Survey {
  readonly map: NetworkMap;
  /** Of the whole cluster. */
  readonly places: readonly Place[];
  readonly workloads: readonly MapWorkload[];
  readonly entrances: readonly MapEntrance[];
}

export const surveyOf = ({ cluster, network }: MapSubject, { namespace }: MapOptions): Survey => {
  const map = createMap(network.view);
  const places = placesOf(cluster, map);
  const own = places.filter((place) => namespace === undefined || place.namespace === namespace);
  const shared = new Map<PodClass, Shared>();
  const dns = dnsClasses(map);
  const workloads = own.map(({ name, workload, of, pods }): MapWorkload => {
    const known = shared.get(of) ?? sharedOf(map, of, dns);
    shared.set(of, known);
    return { name, kind: workload.kind, pods, ...known };
  });
  return { map, places, workloads, entrances: entrancesOf(network, map, own) };
};

/**
 * The whole network of a cluster as plain data: who may connect to whom, what is open to the outside, what nothing protects, and which of it is used.
 *
 * @example
 * test('who reaches whom', () => expect(mapReport(shop('production').dryRun())).toMatchSnapshot());
 */
export const mapReport = (subject: MapSubject, options: MapOptions = {}): MapReport => {
  const { cluster, network } = subject;
  const { namespace } = options;
  const { map, places, workloads, entrances } = surveyOf(subject, options);
  const isOwn = (of: string): boolean => namespace === undefined || of === namespace;
  const senders = sendersTo(places, isOwn);
  const groups = groupsOf(map);
  const names = new Set(workloads.map(({ name }) => name));
  const calls = callsOf(subject, placeFinder(cluster, map, places)).filter(
    ({ from, to = '' }) => namespace === undefined || names.has(from) || names.has(to),
  );
  const unprotected = (direction: Direction): readonly string[] =>
    workloads.filter((workload) => workload[direction].policies.length === 0).map(({ name }) => name);
  return {
    version: 1,
    ...(namespace === undefined ? {} : { namespace }),
    policies: network.view.networkPolicies.length + (network.view.adminPolicies?.length ?? 0),
    workloads,
    connections: connectionsOf(groups, places, senders),
    entrances,
    unprotected: { ingress: unprotected('ingress'), egress: unprotected('egress') },
    calls,
    unused: unusedOf(map, groups, places, calls, senders),
    absent: absentOf(cluster, isOwn),
    refused: [...new Set(cluster.refusals.map(({ ref }) => refText(ref)))].sort(),
  };
};
