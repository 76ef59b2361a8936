import type { Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf, refText } from '../../api/object.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { Path } from '../../network/path.js';
import { connectionsOf } from '../../verify/connections.js';
import { dependenciesOf, destinationOf } from '../../verify/dependencies.js';
import type { Destination } from '../../verify/intent.js';
import type { MapCall, MapSubject } from './map.js';
import type { Place } from './places.js';

/** As it is called: `shop/api:80`, `payments.example.com:443`. */
const calledText = (to: Destination): string => {
  if (to.kind === 'host') return `${to.host}:${to.port}`;
  const { object, port } = to;
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  return port === undefined ? name : `${name}:${port}`;
};

const podsBehind = (cluster: Cluster, to: ObjectRef): readonly Admitted<Pod>[] => {
  if (to.kind !== 'Service') return cluster.podsOf(to);
  const labelSelector = `kubernetes.io/service-name=${to.name}`;
  const targets = cluster
    .list('EndpointSlice', { namespace: to.namespace, labelSelector })
    .flatMap(({ endpoints }) => endpoints ?? [])
    .flatMap(({ targetRef }) => (targetRef?.kind === 'Pod' ? [targetRef.name ?? ''] : []));
  return targets.flatMap((name) => {
    const pod = cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace: to.namespace, name });
    return pod === undefined ? [] : [pod as Admitted as Admitted<Pod>];
  });
};

/** The Pod that answers: the one that the path ends at, or the first behind what is called. */
const serverOf = (cluster: Cluster, to: Destination, { hops }: Path): Admitted<Pod> | undefined => {
  const ref = hops.findLast(({ object, at }) => object?.kind === 'Pod' && at !== 'client')?.object;
  if (ref !== undefined) return cluster.get(ref) as Admitted<Pod> | undefined;
  return to.kind === 'object' ? podsBehind(cluster, to.object)[0] : undefined;
};

type Judged = Pick<MapCall, 'outcome' | 'why'>;

/** That a container listens on its port is assumed of all. */
const judge = ({ arrives, blockedAt, hops }: Path): Judged => {
  if (!arrives) return { outcome: 'blocked', ...(blockedAt === undefined ? {} : { why: blockedAt.text }) };
  const doubt = hops.findLast(({ at, outcome }) => outcome === 'assumed' && at !== 'container');
  return doubt === undefined ? { outcome: 'arrives' } : { outcome: 'assumed', why: doubt.text };
};

/** A call, and what makes it the same as another one. */
interface Found {
  readonly key: string;
  readonly call: MapCall;
}

const foundOf = (
  from: string,
  to: Place | undefined,
  called: string,
  known: string,
  container: string | undefined,
  judged: Judged,
): Found => ({
  key: `${from}\n${to?.name ?? called}\n${called}`,
  call: {
    from,
    ...(container === undefined ? {} : { container }),
    ...(to === undefined ? {} : { to: to.name }),
    called,
    known,
    ...judged,
  },
});

type PlaceOf = (pod: Admitted<Pod>) => Place | undefined;

/** Calls and intents that the author declared. */
const declaredCalls = ({ cluster, network, input }: MapSubject, placeOf: PlaceOf): readonly Found[] =>
  input === undefined
    ? []
    : connectionsOf({ cluster, network, input }).flatMap(({ from, to, path, container, must }): readonly Found[] => {
        if (must !== 'arrive') return [];
        const [client, server] = [cluster.podsOf(from)[0], serverOf(cluster, to, path)];
        const name = (client && placeOf(client))?.name ?? refText(from);
        return [
          foundOf(
            name,
            server && placeOf(server),
            calledText(to),
            container === undefined ? 'intent' : 'declared',
            container,
            judge(path),
          ),
        ];
      });

/** Calls that the configuration of containers speaks of. */
const readCalls = ({ cluster, network }: MapSubject, placeOf: PlaceOf): readonly Found[] =>
  dependenciesOf(cluster).flatMap((dependency): readonly Found[] => {
    const { from, container, pod, host, port, protocol, kind, place, service, secret } = dependency;
    if (kind === 'unknown' || cluster.isBuiltIn(refOf(pod))) return [];
    const client = placeOf(pod)?.name ?? refText(from);
    const to = destinationOf(dependency) ?? (service && ({ kind: 'object', object: service } as const));
    const known = secret ? `${place.text} (Secret)` : place.text;
    const called = to === undefined ? host : calledText(to);
    if (port === undefined || kind === 'missing') {
      const why = kind === 'missing' ? 'no Service here has this name' : 'it is not said on which port';
      const [behind] = service === undefined ? [] : podsBehind(cluster, service);
      return [foundOf(client, behind && placeOf(behind), called, known, container, { outcome: 'assumed', why })];
    }
    const path = network.connect({ pod }, { host, port, protocol });
    const server = to === undefined ? undefined : serverOf(cluster, to, path);
    return [foundOf(client, server && placeOf(server), called, known, container, judge(path))];
  });

/** The connections that somebody is known to make, each once: what the author declares comes before what is read. */
export const callsOf = (subject: MapSubject, placeOf: PlaceOf): readonly MapCall[] => {
  const found = new Map<string, MapCall>();
  const declared = declaredCalls(subject, placeOf);
  const pairs = new Set(declared.flatMap(({ call: { from, to } }) => (to === undefined ? [] : [`${from}\n${to}`])));
  for (const { key, call } of declared) if ((found.get(key)?.known ?? 'intent') === 'intent') found.set(key, call);
  for (const { key, call } of readCalls(subject, placeOf)) {
    if (!found.has(key) && !pairs.has(`${call.from}\n${call.to}`)) found.set(key, call);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
};
