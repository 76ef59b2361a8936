import { extended } from '../api/extended.js';
import type {
  Container,
  DiscoveryV1EndpointPort,
  Endpoint,
  EndpointSlice,
  Node,
  Pod,
  Service,
  ServicePort,
  ServiceSpec,
} from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { suffixOf } from '../apiserver/identity.js';
import { conditionOf } from './conditions.js';
import { asksForTopology, distributionHints, topologyHints } from './endpointslice-hints.js';
import { controllerReference, isFinished, isTerminating } from './pods.js';
import { remembering, sharing } from './shared.js';

/** What a controller makes for one Service: the slices it shall have, and what went wrong on the way. */
export interface DesiredSlices {
  readonly slices: readonly DesiredSlice[];
  readonly errors: readonly string[];
}

/** An EndpointSlice as its controller wants it. The name follows from what it stands for, so it stays from one reconciliation to the next. */
export type DesiredSlice = EndpointSlice & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
};

/** Nodes by name. */
export interface Nodes {
  get(name: string): Node | undefined;
  values(): Iterable<Node>;
}

/** Endpoints that share address type and ports. */
export interface SliceGroup {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

const maxEndpoints = 100;
const serviceName = 'kubernetes.io/service-name';
const managedBy = 'endpointslice.kubernetes.io/managed-by';
const headless = 'service.kubernetes.io/headless';

export const isIPv6 = (ip: string): boolean => ip.includes(':');

const canonicalIPv4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;

/** The address as Kubernetes prints it: no leading zeros, IPv6 in its shortest form. */
export const canonicalAddress = (ip: string): string => {
  if (canonicalIPv4.test(ip)) return ip;
  if (!isIPv6(ip)) return ip.split('.').map(Number).join('.');
  const url = `http://[${ip}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : ip;
};

/** Lists of ports that are alike are mostly one. */
let lastKey: { readonly ports: readonly DiscoveryV1EndpointPort[]; readonly text: string } = { ports: [], text: '[]' };

/** The identity of a list of ports, whatever their order. */
export const portsKey = (ports: readonly DiscoveryV1EndpointPort[]): string => {
  if (lastKey.ports !== ports) {
    const parts = ports.map(({ name, port, protocol, appProtocol }) => [name ?? '', port, protocol, appProtocol ?? '']);
    lastKey = { ports, text: JSON.stringify(parts.sort()) };
  }
  return lastKey.text;
};

/** A slice of `owner` (the Service, or the Endpoints that it mirrors). `part` counts the slices of one group. */
export const sliceOf = (
  owner: Admitted,
  { addressType, ports, endpoints }: SliceGroup,
  part: number,
  metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  },
  controller: string,
): DesiredSlice => {
  const { name, namespace } = owner.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${suffixOf(`${namespace}/${name}/${controller}/${addressType}/${portsKey(ports)}/${part}`)}`,
      namespace,
      labels: extended(metadata.labels, { [serviceName]: name, [managedBy]: controller }),
      ...(metadata.annotations && { annotations: metadata.annotations }),
      ownerReferences: [controllerReference(owner)],
    },
    addressType,
    ports,
    endpoints,
  };
};

const portNamed = ({ ports = [] }: Container, name: string, protocol: string): number | undefined => {
  for (const port of ports) if (port.name === name && (port.protocol ?? 'TCP') === protocol) return port.containerPort;
  return undefined;
};

/** The number that a Service port means on a Pod; a name may mean another number, or none, on each. */
const targetPort = (port: ServicePort, pod: Pod): number | undefined => {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number' || target === '') return target || port.port;
  const protocol = port.protocol ?? 'TCP';
  for (const container of pod.spec?.containers ?? []) {
    const number = portNamed(container, target, protocol);
    if (number !== undefined) return number;
  }
  for (const container of pod.spec?.initContainers ?? []) {
    const number = container.restartPolicy === 'Always' ? portNamed(container, target, protocol) : undefined;
    if (number !== undefined) return number;
  }
  return undefined;
};

const sharedPort = remembering((name: string, protocol: string, port: number): readonly DiscoveryV1EndpointPort[] => [
  { name, protocol, port },
]);

const sharedPorts = sharing<readonly DiscoveryV1EndpointPort[]>();

/** The ports of a Service with the numbers that they have on a Pod; a port without a number is left out. */
const portsWith = (
  servicePorts: readonly ServicePort[],
  numbers: readonly (number | undefined)[],
): readonly DiscoveryV1EndpointPort[] => {
  const ports: DiscoveryV1EndpointPort[] = [];
  for (let at = 0; at < servicePorts.length; at++) {
    const port = numbers[at];
    if (port === undefined) continue;
    const { name = '', protocol = 'TCP', appProtocol } = servicePorts[at] ?? {};
    // Most Services have one port, and most of those the same.
    if (servicePorts.length === 1 && !appProtocol) return sharedPort(name, protocol, port);
    ports.push(appProtocol ? { name, protocol, port, appProtocol } : { name, protocol, port });
  }
  return sharedPorts(ports);
};

const numbersOf = (ports: readonly ServicePort[], pod: Pod): readonly (number | undefined)[] => {
  const only = ports[0];
  if (only !== undefined && ports.length === 1) return [targetPort(only, pod)];
  return ports.map((port) => targetPort(port, pod));
};

type AddressType = 'IPv4' | 'IPv6';

const addressTypes: readonly AddressType[] = ['IPv4', 'IPv6'];

const isOfType = ({ ipFamilies, clusterIP }: ServiceSpec, addressType: AddressType): boolean =>
  ipFamilies?.includes(addressType) ?? (clusterIP !== undefined && isIPv6(clusterIP)) === (addressType === 'IPv6');

/** The addresses of a Pod; the API server keeps podIP as the first of podIPs. */
const podIPs = ({ status }: Pod): readonly { readonly ip: string }[] =>
  status?.podIPs ?? (status?.podIP ? [{ ip: status.podIP }] : []);

const noAddresses: readonly string[] = [];

const addressesOf = (pod: Pod, addressType: AddressType): readonly string[] => {
  const ips = podIPs(pod);
  const first = ips[0];
  if (first === undefined) return noAddresses;
  if (ips.length === 1) return isIPv6(first.ip) === (addressType === 'IPv6') ? [canonicalAddress(first.ip)] : noAddresses;
  return ips.filter(({ ip }) => isIPv6(ip) === (addressType === 'IPv6')).map(({ ip }) => canonicalAddress(ip));
};

const inService = { ready: true, serving: true, terminating: false };

const endpointOf = (
  service: Admitted<Service>,
  pod: Admitted<Pod>,
  node: Node | undefined,
  addresses: readonly string[],
): Endpoint => {
  const serving = conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';
  const terminating = isTerminating(pod);
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const { namespace, name, uid } = pod.metadata;
  const { nodeName, hostname, subdomain } = pod.spec ?? {};
  const zone = node?.metadata?.labels?.['topology.kubernetes.io/zone'];
  const endpoint: { -readonly [Field in keyof Endpoint]: Endpoint[Field] } = {
    addresses,
    conditions: ready && serving && !terminating ? inService : { ready, serving, terminating },
    targetRef: uid ? { kind: 'Pod', namespace, name, uid } : { kind: 'Pod', namespace, name },
  };
  if (nodeName) endpoint.nodeName = nodeName;
  if (zone) endpoint.zone = zone;
  if (hostname && subdomain === service.metadata.name && namespace === service.metadata.namespace) endpoint.hostname = hostname;
  return endpoint;
};

const noLabels: Readonly<Record<string, string>> = {};

const labelsOf = (service: Service): Readonly<Record<string, string>> => {
  const own = service.metadata?.labels ?? noLabels;
  const isPlain = !(Object.hasOwn(own, serviceName) || Object.hasOwn(own, managedBy) || Object.hasOwn(own, headless));
  if (isPlain && service.spec?.clusterIP !== 'None') return own;
  const { [serviceName]: _name, [managedBy]: _controller, [headless]: _headless, ...labels } = own;
  return service.spec?.clusterIP === 'None' ? { ...labels, [headless]: '' } : labels;
};

/** Whether the EndpointSlice controller is in charge: the Service selects Pods and has an address in the cluster. */
export const selectsPods = ({ spec }: Service): boolean => {
  if (spec?.type === 'ExternalName') return false;
  for (const _label in spec?.selector) return true;
  return false;
};

interface PortGroup {
  /** The number of each port of the Service. */
  readonly numbers: readonly (number | undefined)[];
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: Endpoint[];
}

const isOfNumbers = (group: PortGroup, numbers: readonly (number | undefined)[]): boolean => {
  for (let at = 0; at < numbers.length; at++) if (group.numbers[at] !== numbers[at]) return false;
  return true;
};

/** The endpoints of one address type by the numbers of their ports; one group without any when there are none. */
const groupsOf = (
  service: Admitted<Service>,
  addressType: AddressType,
  pods: readonly Admitted<Pod>[],
  nodes: Nodes,
  errors: string[],
): readonly PortGroup[] => {
  const ports = service.spec?.ports ?? [];
  let groups: PortGroup[] | undefined;
  for (const pod of pods) {
    if (isFinished(pod) || podIPs(pod).length === 0) continue;
    const { nodeName = '' } = pod.spec ?? {};
    const node = nodes.get(nodeName);
    if (node === undefined && service.spec?.publishNotReadyAddresses !== true) {
      const { namespace, name } = service.metadata;
      errors.push(`skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${nodeName} Not Found`);
      continue;
    }
    const addresses = addressesOf(pod, addressType);
    if (addresses.length === 0) continue;
    const numbers = numbersOf(ports, pod);
    const endpoint = endpointOf(service, pod, node, addresses);
    const group = groups?.find((known) => isOfNumbers(known, numbers));
    if (group !== undefined) group.endpoints.push(endpoint);
    else {
      const made = { numbers, ports: portsWith(ports, numbers), endpoints: [endpoint] };
      if (groups === undefined) groups = [made];
      else groups.push(made);
    }
  }
  return groups ?? [{ numbers: [], ports: [], endpoints: [] }];
};

/**
 * The EndpointSlices of a Service for the Pods of its namespace that its selector selects (`pods`), as the
 * EndpointSlice controller makes them: one group for each address type and set of port numbers, 100 endpoints to a
 * slice. A Pod whose node does not exist is an error and left out, unless the Service publishes Pods that are not ready.
 */
export const endpointSlicesOf = (service: Admitted<Service>, pods: readonly Admitted<Pod>[], nodes: Nodes): DesiredSlices => {
  if (service.spec === undefined || !selectsPods(service)) return { slices: [], errors: [] };
  const errors: string[] = [];
  const slices: DesiredSlice[] = [];
  for (const addressType of addressTypes) {
    if (!isOfType(service.spec, addressType)) continue;
    const groups = groupsOf(service, addressType, pods, nodes, errors);
    const hinted = asksForTopology(service)
      ? topologyHints(
          groups.flatMap(({ endpoints }) => endpoints),
          nodes,
        )
      : distributionHints(service);
    const metadata = { labels: labelsOf(service) };
    for (const { ports, endpoints } of groups) {
      for (let start = 0; start === 0 || start < endpoints.length; start += maxEndpoints) {
        const part = endpoints.length <= maxEndpoints ? endpoints : endpoints.slice(start, start + maxEndpoints);
        slices.push(
          sliceOf(
            service,
            { addressType, ports, endpoints: hinted === undefined ? part : part.map(hinted) },
            start / maxEndpoints,
            metadata,
            'endpointslice-controller.k8s.io',
          ),
        );
      }
    }
  }
  return { slices, errors: errors.length < 2 ? errors : [...new Set(errors)] };
};
