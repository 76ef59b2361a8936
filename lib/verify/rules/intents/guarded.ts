import type { Pod, Service } from '../../../api/generated/types.js';
import { matcherOfLabels } from '../../../api/label-selector.js';
import { type Admitted, type ObjectRef, refText } from '../../../api/object.js';
import type { PodClass } from '../../../network/map/classes.js';
import type { NetworkMap } from '../../../network/map/map.js';
import { declaredPorts } from '../../../network/policy/end.js';
import { allPorts, isEmpty, type PortSet, type ProtocolPorts, portsOf } from '../../../network/policy/port-set.js';
import { protocolOf } from '../../../network/protocol.js';
import type { DryRun } from '../../rule.js';

/** Pods that no policy tells apart, and the ports of theirs that an intent speaks of. */
export interface Guarded {
  readonly of: PodClass;
  readonly ports: PortSet;
}

/** The Pods of a workload, or those that a Service selects. */
export const podsBehind = ({ cluster }: DryRun, of: ObjectRef): readonly Admitted<Pod>[] => {
  if (of.kind !== 'Service') return cluster.podsOf(of);
  const { selector } = (cluster.get(of) as Admitted<Service> | undefined)?.spec ?? {};
  if (selector === undefined || Object.keys(selector).length === 0) return [];
  const matches = matcherOfLabels(selector);
  return cluster.list('Pod', { namespace: of.namespace }).filter(({ metadata }) => matches(metadata.labels));
};

const single = (port: number, protocol: string | undefined): ProtocolPorts => ({
  first: port,
  last: port,
  protocol: protocolOf(protocol),
});

/** Ports that the containers declare, or that their author says they listen on. */
const opened = ({ cluster }: DryRun, pod: Admitted<Pod>): readonly ProtocolPorts[] => [
  ...declaredPorts(pod.spec).map(({ port, protocol }) => single(port, protocol)),
  ...Object.values(cluster.behaviourOf(pod)).flatMap(({ listens = [] }) =>
    listens.map(({ port, protocol }) => single(port, protocol)),
  ),
];

type Wanted = readonly (string | number)[];

/** The Pod's ports behind ports of its Service, undefined where the Service has no such port. */
const servicePorts = (service: Service, pod: Admitted<Pod>, wanted: Wanted | undefined): readonly ProtocolPorts[] | undefined => {
  const { ports = [] } = service.spec ?? {};
  if (wanted?.some((each) => !ports.some(({ name, port }) => name === each || port === each))) return undefined;
  return ports
    .filter(({ name, port }) => wanted === undefined || wanted.includes(port) || (name !== undefined && wanted.includes(name)))
    .flatMap(({ port, targetPort = port, protocol }) =>
      typeof targetPort === 'number'
        ? [single(targetPort, protocol)]
        : declaredPorts(pod.spec).flatMap((each) => (each.name === targetPort ? [single(each.port, each.protocol)] : [])),
    );
};

const podPorts = (run: DryRun, pod: Admitted<Pod>, wanted: Wanted | undefined): readonly ProtocolPorts[] | undefined => {
  const declared = declaredPorts(pod.spec);
  if (wanted === undefined) return opened(run, pod);
  const found = wanted.map((each) => {
    const own = declared.filter(({ name, port }) => name === each || port === each);
    if (own.length > 0) return own.map(({ port, protocol }) => single(port, protocol));
    return typeof each === 'number' ? [single(each, 'TCP')] : undefined;
  });
  return found.every((each) => each !== undefined) ? found.flat() : undefined;
};

/** The classes of some Pods with the ports that an intent speaks of; a text where it speaks of a port that they do not have. */
export const guardedOf = (
  run: DryRun,
  map: NetworkMap,
  of: ObjectRef,
  pods: readonly Admitted<Pod>[],
  wanted: Wanted | undefined,
): readonly Guarded[] | string => {
  const service = of.kind === 'Service' ? (run.cluster.get(of) as Admitted<Service> | undefined) : undefined;
  const found = new Map<PodClass, Guarded>();
  for (const pod of pods) {
    const own = map.classOf(pod);
    if (own === undefined || found.has(own)) continue;
    const ports = service === undefined ? podPorts(run, pod, wanted) : servicePorts(service, pod, wanted);
    if (ports === undefined) {
      const declared = declaredPorts(pod.spec).map(({ name, port }) => (name === undefined ? String(port) : `${name} (${port})`));
      const known = service?.spec?.ports?.map(({ name, port }) => (name === undefined ? String(port) : `${name} (${port})`));
      return `${refText(of)} has no port ${wanted?.join(' or ') ?? ''} (ports: ${(known ?? declared).join(', ') || 'none'})`;
    }
    const set = portsOf(ports);
    // Nobody says what the containers listen on: any port may be one.
    found.set(own, { of: own, ports: isEmpty(set) && wanted === undefined ? allPorts : set });
  }
  return [...found.values()];
};
