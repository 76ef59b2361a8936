import type { Pod, Service } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../api/object.js';
import type { Cluster } from '../cluster/cluster.js';
import { type Endpoint, endpointsIn } from './dependencies-text.js';
import {
  type ContainerValues,
  isSilent,
  type Place,
  Sources,
  type Value,
  valuesOf,
  type Written,
} from './dependencies-values.js';
import type { Destination } from './intent.js';

/** A call that the configuration of a container speaks of. A guess: the process may never make it. */
export interface Dependency {
  readonly from: ObjectRef;
  readonly container: string;
  /** A Pod of `from`. */
  readonly pod: Admitted<Pod>;
  /** As written, in lower case; of a Secret the name of the Service. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly protocol: 'TCP' | 'UDP';
  /** The Service that the name is of, where there is one. */
  readonly service?: ObjectRef | undefined;
  /**
   * `cluster`: a Service of that name exists. `outside`: a name or address beyond the cluster. `missing`: a name of the cluster's own domain
   * that no Service has. `unknown`: one word that no Service of the namespace is called.
   */
  readonly kind: 'cluster' | 'outside' | 'missing' | 'unknown';
  readonly place: Place;
  /** Read from a Secret; then it is always a Service that exists, and one of its ports. */
  readonly secret: boolean;
}

/** Services by `namespace/name`. */
type Services = ReadonlyMap<string, Admitted<Service>>;

interface Named {
  readonly kind: Dependency['kind'];
  readonly service?: Admitted<Service> | undefined;
}

/** What a name means to a Pod of a namespace: `db`, `db.data`, `db-0.db`, `db.data.svc`, `db-0.db.data.svc.cluster.local`. */
const named = (host: string, namespace: string, services: Services): Named => {
  const labels = host.replace(/\.cluster\.local$/, '').split('.');
  const explicit = labels.at(-1) === 'svc' && labels.length > 2;
  const parts = explicit ? labels.slice(0, -1) : labels;
  const [last = '', middle, first] = parts.toReversed();
  const keys =
    middle === undefined
      ? [`${namespace}/${last}`]
      : explicit || first !== undefined
        ? [`${last}/${middle}`]
        : [`${last}/${middle}`, `${namespace}/${last}`];
  const service = parts.length > 3 ? undefined : keys.map((key) => services.get(key)).find((found) => found !== undefined);
  if (service !== undefined) return { kind: 'cluster', service };
  if (explicit || host.endsWith('.cluster.local')) return { kind: 'missing' };
  return { kind: middle === undefined && !host.includes(':') ? 'unknown' : 'outside' };
};

/** The port that is called: the one written, or the only one that the Service has. */
const portOf = ({ port }: Endpoint, service: Admitted<Service> | undefined): number | undefined => {
  const [only, another] = service?.spec?.ports ?? [];
  return port ?? (another === undefined ? only?.port : undefined);
};

const hasPort = ({ spec }: Service, port: number | undefined): boolean =>
  spec?.type === 'ExternalName' ||
  spec?.clusterIP === 'None' ||
  (spec?.ports ?? []).some((each) => port === undefined || each.port === port);

const read = (value: Value, namespace: string, services: Services): readonly Omit<Dependency, 'from' | 'container' | 'pod'>[] =>
  endpointsIn(value).flatMap((endpoint) => {
    const { host, protocol, written } = endpoint;
    const { kind, service } = named(host, namespace, services);
    const port = portOf(endpoint, service);
    const { place, secret } = value;
    const found = { host, port, protocol, kind, place, secret, service: service && refOf(service) };
    // Of a Secret nothing is said but what the manifests say as well.
    if (secret) {
      const known = service !== undefined && hasPort(service, port);
      return known ? [{ ...found, host: `${service.metadata.name}.${service.metadata.namespace}` }] : [];
    }
    if (written === 'whole' || kind === 'missing') return [found];
    // Somewhere in a text `redis:7` may be an image: it is a call where the Service has that port.
    return service !== undefined && hasPort(service, port) ? [found] : [];
  });

/**
 * The calls that a Pod's configuration speaks of: URLs, `host:port` and connection strings in variables, in command and args, and in ConfigMaps
 * (mounted, `envFrom`, `configMapKeyRef`). Of Secrets only names of Services that exist are taken.
 */
const dependenciesOfValues = (
  { pod, root }: Written,
  { container, values }: ContainerValues,
  services: Services,
): readonly Dependency[] => {
  const found = new Map<string, Dependency>();
  for (const each of values.flatMap((value) => read(value, pod.metadata.namespace ?? '', services))) {
    const key = `${each.service === undefined ? each.host : refKey(each.service)} ${each.port} ${each.protocol}`;
    if (!found.has(key)) found.set(key, { from: refOf(root), ...each, container, pod });
  }
  return [...found.values()];
};

/** One Pod of each workload: a running one where there is one. */
const representatives = (cluster: Cluster, pods: readonly Admitted<Pod>[]): ReadonlyMap<Admitted, Admitted<Pod>> => {
  const found = new Map<Admitted, Admitted<Pod>>();
  for (let index = 0; index < pods.length; index++) {
    const pod = pods[index];
    if (pod === undefined) continue;
    const root = cluster.controllerOf(pod);
    const known = found.get(root);
    if (known === undefined || (known.status?.phase !== 'Running' && pod.status?.phase === 'Running')) found.set(root, pod);
  }
  return found;
};

/** The only Pod behind a Service calls it: that is its own name, as it tells it others. */
const isSelf = (cluster: Cluster, from: ObjectRef, pod: Admitted<Pod>, service: ObjectRef | undefined): boolean => {
  if (service === undefined || service.namespace !== from.namespace) return false;
  const { selector = {} } = (cluster.get(service) as Service | undefined)?.spec ?? {};
  const entries = Object.entries(selector);
  if (entries.length === 0 || entries.some(([key, value]) => pod.metadata.labels?.[key] !== value)) return false;
  const { namespace, name } = service;
  const slices = cluster.list('EndpointSlice', { namespace, labelSelector: `kubernetes.io/service-name=${name}` });
  return slices.every(({ endpoints }) => (endpoints ?? []).every(({ targetRef }) => targetRef?.name === pod.metadata.name));
};

const areSilent = (pods: readonly Admitted<Pod>[], sources: Sources): boolean => {
  for (let index = 0; index < pods.length; index++) {
    const pod = pods[index];
    if (pod !== undefined && !isSilent(pod, sources)) return false;
  }
  return true;
};

/** The calls that the configuration of workloads speaks of, each container and far end once, in the order of the Pods (default: all of the cluster). */
export const dependenciesOf = (cluster: Cluster, pods: readonly Admitted<Pod>[] = cluster.list('Pod')): readonly Dependency[] => {
  const sources = new Sources(cluster);
  // Mostly nobody speaks of anybody: it is asked who stands for whom only where somebody does.
  if (areSilent(pods, sources)) return [];
  let services: Services | undefined;
  const found: Dependency[] = [];
  for (const [root, pod] of representatives(cluster, pods)) {
    if (isSilent(pod, sources)) continue;
    const written = { pod, root };
    const given = valuesOf(written, sources);
    for (const each of given) {
      services ??= new Map(
        cluster.list('Service').map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]),
      );
      for (const dependency of dependenciesOfValues(written, each, services))
        if (!isSelf(cluster, dependency.from, pod, dependency.service)) found.push(dependency);
    }
  }
  return found;
};

/** The far end as declared calls write it; undefined where no port is known. */
export const destinationOf = ({ service, host, port, protocol }: Dependency): Destination | undefined => {
  if (port === undefined) return undefined;
  return service === undefined ? { kind: 'host', host, port, protocol } : { kind: 'object', object: service, port, protocol };
};
