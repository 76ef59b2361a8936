import type { EndpointSlice, Endpoints, Node, Pod, Service } from '../../../lib/api/generated/types.js';
import type { Admitted, KubeObject } from '../../../lib/api/object.js';
import { type DesiredSlices, endpointSlicesOf } from '../../../lib/controllers/endpointslice.js';
import { mirroredSlicesOf } from '../../../lib/controllers/endpointslicemirroring.js';
import { type Cidr, contains, hostPort, parseAddress, parseCidr } from '../../../lib/network/address.js';
import { protocolOf } from '../../../lib/network/protocol.js';
import { type ProxyNode, type Routing, route } from '../../../lib/network/proxy/route.js';
import { serviceTable } from '../../../lib/network/proxy/service-table.js';
import { differences } from '../compare.js';
import type { CaseRunner, Suite } from '../suite.js';

interface Context {
  readonly backend: 'iptables' | 'nftables';
  readonly nodeName: string;
  readonly nodeIPs: readonly string[];
  readonly primaryNodeIP: string;
  readonly ipFamily: 'IPv4' | 'IPv6';
  readonly localPodDetection: string;
  readonly masqueradeAll: boolean;
  /** A list as Go prints it: `[192.168.0.0/24 127.0.0.1/32]`. */
  readonly nodePortAddresses: string;
  readonly localhostNodePorts?: boolean;
  readonly topologyLabels?: Readonly<Record<string, string>>;
  readonly serviceCIDRs?: string;
}

interface Flow {
  readonly name: string;
  readonly sourceIP: string;
  readonly protocol: string;
  readonly destIP: string;
  readonly destPort: number;
  readonly expected: unknown;
  readonly nftables?: unknown;
}

interface FlowRecord {
  readonly context: Context;
  readonly nftablesContext?: Partial<Context>;
  readonly nftablesChecked?: boolean;
  readonly objects: readonly KubeObject[];
  readonly flows: readonly Flow[];
}

const addressOf = (text: string) => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
};

const cidrs = (text: string): readonly Cidr[] => text.split(/[,\s]+/).flatMap((part) => parseCidr(part) ?? []);

const nodeOf = (context: Context): ProxyNode => {
  const pods = cidrs(context.localPodDetection);
  return {
    backend: context.backend,
    name: context.nodeName,
    zone: context.topologyLabels?.['topology.kubernetes.io/zone'],
    addresses: [context.primaryNodeIP, ...context.nodeIPs].map(addressOf),
    nodePortAddresses: cidrs(context.nodePortAddresses.replace(/[[\]]/g, '')),
    localhostNodePorts: context.localhostNodePorts ?? false,
    masqueradeAll: context.masqueradeAll,
    isLocalPod: pods.length === 0 ? undefined : (source) => pods.some((range) => contains(range, source)),
    serviceCIDRs: cidrs(context.serviceCIDRs ?? ''),
  };
};

const recorded = (routing: Routing, sourceIP: string): unknown => {
  if (routing.result !== 'dnat') return { result: routing.result };
  const { endpoints } = routing;
  return {
    result: 'dnat',
    endpoints: endpoints.map(({ ip, port }) => hostPort(ip, port)).sort(),
    // A connection that comes back to its own source is masqueraded on that endpoint.
    masquerade: routing.masquerade || endpoints.some(({ ip }) => ip === sourceIP),
  };
};

const packetFlows: CaseRunner = (record) => {
  const { context, nftablesContext, nftablesChecked, objects, flows } = record as FlowRecord;
  const table = serviceTable(
    objects.filter(({ kind }) => kind === 'Service') as readonly Admitted<Service>[],
    objects.filter(({ kind }) => kind === 'EndpointSlice') as unknown as readonly EndpointSlice[],
    context.ipFamily === 'IPv6' ? 6 : 4,
  );
  const both = context.backend === 'iptables' && nftablesContext !== undefined && nftablesChecked !== false;
  const nodes = [nodeOf(context), ...(both ? [nodeOf({ ...context, ...nftablesContext, backend: 'nftables' })] : [])];
  const sorted = (value: unknown): unknown => {
    const { endpoints, ...rest } = value as { readonly endpoints?: readonly string[] };
    return endpoints === undefined ? rest : { ...rest, endpoints: [...endpoints].sort() };
  };
  return flows.flatMap((flow) =>
    nodes.flatMap((node, index) => {
      const routing = route(node, table, {
        source: addressOf(flow.sourceIP),
        destination: addressOf(flow.destIP),
        port: flow.destPort,
        protocol: protocolOf(flow.protocol),
      });
      const expected = index === 0 ? flow.expected : (flow.nftables ?? flow.expected);
      return differences(sorted(expected), recorded(routing, flow.sourceIP), `${node.backend} ${flow.name}`);
    }),
  );
};

interface SliceRecord {
  readonly name: string;
  readonly controller: 'endpointslice' | 'endpointslicemirroring';
  readonly objects: readonly KubeObject[];
  readonly expected: Readonly<Record<string, readonly SliceData[]>>;
  readonly errors?: Readonly<Record<string, string>>;
}

interface SliceData {
  readonly labels: unknown;
  readonly annotations?: unknown;
  readonly addressType: string;
  readonly ports: readonly unknown[];
  readonly endpoints: readonly unknown[];
}

/** One text for JSON values that differ in the order of keys only. */
const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** Slices in an order that does not depend on how they came; endpoints of equal slices in one. */
const asSets = (slices: readonly SliceData[]): unknown => {
  const byRest = new Map<string, { readonly sizes: number[]; readonly endpoints: string[] }>();
  for (const { endpoints, labels, annotations, addressType, ports } of slices) {
    const key = stable({ labels, annotations: annotations ?? {}, addressType, ports: ports.map(stable).sort() });
    const entry = byRest.get(key) ?? { sizes: [], endpoints: [] };
    entry.sizes.push(endpoints.length);
    entry.endpoints.push(...endpoints.map(stable));
    byRest.set(key, entry);
  }
  return Object.fromEntries(
    [...byRest]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { sizes, endpoints }]) => [key, { slices: sizes.length, endpoints: endpoints.sort() }]),
  );
};

const admitted = <T>(objects: readonly KubeObject[], kind: string): readonly Admitted<T>[] =>
  objects.filter((object) => object.kind === kind) as unknown as readonly Admitted<T>[];

const endpointSlices: CaseRunner = (record) => {
  const { controller, objects, expected, errors = {} } = record as SliceRecord;
  const nodes = new Map(admitted<Node>(objects, 'Node').map((node) => [node.metadata.name, node]));
  const pods = admitted<Pod>(objects, 'Pod');
  const services = admitted<Service>(objects, 'Service');
  const owners: readonly Admitted[] = controller === 'endpointslice' ? services : admitted<Endpoints>(objects, 'Endpoints');
  const desired = (owner: Admitted): DesiredSlices => {
    const { namespace, name } = owner.metadata;
    if (controller === 'endpointslicemirroring') {
      const service = services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
      return { slices: mirroredSlicesOf(owner as Admitted<Endpoints>, service), errors: [] };
    }
    const service = owner as Admitted<Service>;
    const selector = Object.entries(service.spec?.selector ?? {});
    const selected = pods.filter(
      ({ metadata }) => metadata.namespace === namespace && selector.every(([key, value]) => metadata.labels?.[key] === value),
    );
    return endpointSlicesOf(service, selected, nodes);
  };
  return owners.flatMap((owner) => {
    const key = `${owner.metadata.namespace}/${owner.metadata.name}`;
    const { slices, errors: faults } = desired(owner);
    const made = slices.map(({ metadata, addressType, ports = [], endpoints = [] }: EndpointSlice) => ({
      labels: metadata?.labels,
      annotations: metadata?.annotations,
      addressType,
      ports,
      endpoints,
    }));
    const tooLarge = made.filter(({ endpoints }) => endpoints.length > (controller === 'endpointslice' ? 100 : 1000));
    return [
      ...differences(asSets(expected[key] ?? []), asSets(made), key),
      ...differences(errors[key] ?? '', faults.join(', '), `${key} error`),
      ...tooLarge.map(() => `${key}: a slice is too large`),
    ];
  });
};

export const suite: Suite = { families: { endpointslices: endpointSlices, 'packet-flows': packetFlows } };
