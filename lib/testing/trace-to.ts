import type { Pod, Service } from '../api/generated/types.js';
import { type Admitted, refText } from '../api/object.js';
import type { Path } from '../network/path.js';
import type { Target } from '../network/view.js';
import type { Workload } from './dry-run.js';
import { serverNamed } from './named.js';
import { type Port, type Reachable, type Written, writtenAs } from './reachable.js';

/** A Service by the names that a Pod of the namespace may call it, for its ports by name. */
const serviceCalled = ({ run, ref }: Workload, host: string): Admitted<Service> | undefined => {
  const [name = '', namespace = ref.namespace, svc = 'svc', ...rest] = host.replace(/\.$/, '').split('.');
  if (svc !== 'svc' || (rest.length > 0 && rest.join('.') !== 'cluster.local')) return undefined;
  const { cluster } = run.verification;
  return cluster.get({ apiVersion: 'v1', kind: 'Service', namespace, name }) as Admitted as Admitted<Service> | undefined;
};

/** The number of a port of a host; a name, or none, means one of the Service of that name. */
const portNumber = (workload: Workload, host: string, port: Port): number => {
  if (typeof port === 'number') return port;
  const service = serviceCalled(workload, host);
  const { ports = [] } = service?.spec ?? {};
  const found = port === undefined ? (ports.length === 1 ? ports[0] : undefined) : ports.find(({ name }) => name === port);
  if (found !== undefined) return found.port;
  if (service === undefined) {
    const fault = port === undefined ? 'it was given' : `'${port}' is no number, and no port of a Service`;
    throw new TypeError(`toReach takes host:port, a URL or namespace/name:port, such as 'db.data:5432'; ${fault} '${host}'`);
  }
  const known = ports.map((each) => (each.name === undefined ? String(each.port) : `${each.name} (${each.port})`)).join(', ');
  throw new TypeError(
    `${host} has ${port === undefined ? 'several ports; name one' : `no port '${port}'`} (ports: ${known || 'none'})`,
  );
};

/** The places that a destination means: several for the Pods of a workload. */
const targetsOf = (workload: Workload, to: Written): readonly Target[] => {
  const { cluster } = workload.run.verification;
  const { port, protocol } = to;
  if (to.kind === 'host') return [{ host: to.host, port: portNumber(workload, to.host, port), path: to.path, protocol }];
  const ref = serverNamed(cluster, to.object);
  if (ref.kind === 'Service') return [{ service: cluster.get(ref) as Admitted as Admitted<Service>, port, protocol }];
  const pods: readonly Admitted<Pod>[] = cluster.podsOf(ref);
  if (pods.length === 0) throw new Error(`${refText(ref)} has no Pods to connect to`);
  return pods.map((pod) => ({ pod, port, protocol }));
};

/**
 * The connections of the Pods of a workload; the first that breaks, or else the first.
 *
 * @throws Error when there is no such destination, or nobody to connect.
 */
export const traceTo = (workload: Workload, destination: Reachable, port: Port): Path => {
  const { ref, pods, run } = workload;
  const to = writtenAs(destination);
  const targets = targetsOf(workload, port === undefined ? to : { ...to, port });
  const [client] = pods;
  const [server, ...others] = targets;
  if (client === undefined || server === undefined) throw new Error(`${refText(ref)} has no Pods that could connect`);
  // Pods of a workload are alike: every client to one server, and one client to every server.
  const paths = [
    ...pods.map((pod) => run.verification.network.connect({ pod }, server)),
    ...others.map((target) => run.verification.network.connect({ pod: client }, target)),
  ];
  const path = paths.find(({ arrives }) => !arrives) ?? paths[0];
  if (path === undefined) throw new Error(`${refText(ref)} has no Pods that could connect`);
  const some = paths.some(({ arrives, partly }) => arrives || partly === true);
  return some && !path.arrives ? { ...path, partly: true } : path;
};
