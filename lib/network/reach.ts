import type { Node, Service, ServicePort } from '../api/generated/types.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import { type Address, canonical, contains, formatAddress, hostPort, parseAddress, parseCidr } from './address.js';
import { podParty, unknownAddress } from './party.js';
import { type Hop, type Path, pathOf } from './path.js';
import { type Protocol, protocolOf } from './protocol.js';
import { type Routing, route } from './proxy/route.js';
import { addressKey, nodePortKey, type ProxyEndpoint, type ServiceTable } from './proxy/service-table.js';
import { usableFrom } from './proxy/usable.js';
import type { Sender } from './sender.js';
import { type Server, serverHops } from './server.js';
import type { Balancer } from './service-balancer.js';
import { clusterDefaults } from './view.js';
import type { Wiring } from './wiring.js';

const listed = 3;

const unknownSource: Readonly<Record<4 | 6, Address>> = { 4: { family: 4, value: 0n }, 6: { family: 6, value: 0n } };

const portText = (service: Admitted<Service>): string =>
  (service.spec?.ports ?? [])
    .map(({ name, port, protocol }) => `${name ? `${name} ` : ''}${port}/${protocol ?? 'TCP'}`)
    .join(', ');

/** Connects to all the servers that a connection may be sent to: one path, where the first that breaks stands for all. */
export const reachServers = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  servers: readonly Server[],
  protocol: Protocol,
): Path => {
  let good: readonly Hop[] | undefined;
  let bad: readonly Hop[] | undefined;
  let broken = 0;
  for (const server of servers) {
    const hops = serverHops(wiring, sender, server, protocol);
    const blocked = hops.some(({ outcome }) => outcome === 'blocked');
    if (blocked) broken++;
    if (blocked) bad ??= hops;
    else good ??= hops;
  }
  const partly = bad !== undefined && good !== undefined;
  const shown = (bad ?? good ?? []).map((hop) =>
    partly && hop.at === 'endpoint'
      ? { ...hop, text: `${hop.text} (${broken} of ${servers.length} endpoints cannot be reached)` }
      : hop,
  );
  return pathOf([...before, ...shown], partly && before.every(({ outcome }) => outcome !== 'blocked'));
};

const serverOf = (wiring: Wiring, { ip, port, pod }: ProxyEndpoint): Server => ({
  address: parseAddress(ip),
  port,
  pod: pod === undefined ? undefined : wiring.places.podNamed(pod),
});

/**
 * The node that a packet comes in at when its sender is on none that is known. A load balancer leaves out nodes without
 * endpoints of a Local Service.
 */
const entryNode = (wiring: Wiring, table: ServiceTable, address: Address, port: number, protocol: Protocol): string => {
  const own = wiring.places.nodeAt(address);
  if (own !== undefined) return own.metadata.name;
  const names = wiring.view.nodes.map(({ metadata }) => metadata.name);
  const entry = table.byAddress.get(addressKey(formatAddress(address), port, protocol))?.port;
  if (entry === undefined || !(entry.externalLocal || entry.internalLocal)) return names[0] ?? '';
  return names.find((name) => usableFrom(entry, wiring.proxyOn(name)).local.length > 0) ?? names[0] ?? '';
};

/** With `sessionAffinity: ClientIP` a client stays with the endpoint that it was sent to first. */
const affinityText = ({ spec }: Service): string =>
  spec?.sessionAffinity === 'ClientIP'
    ? `, one and the same for a client for ${spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800} s`
    : '';

/** A node that serves a node port: balancers leave out those without an endpoint where the external traffic policy is Local. */
export const servingNode = (
  wiring: Wiring,
  service: Admitted<Service>,
  { nodePort, protocol }: ServicePort,
): Admitted<Node> | undefined => {
  const { nodes } = wiring.view;
  if (service.spec?.externalTrafficPolicy !== 'Local' || nodePort === undefined) return nodes[0];
  const served = ([4, 6] as const).flatMap(
    (family) => wiring.table(family).byNodePort.get(nodePortKey(nodePort, protocolOf(protocol))) ?? [],
  );
  const isServing = ({ metadata }: Admitted<Node>): boolean =>
    served.some((each) => usableFrom(each, wiring.proxyOn(metadata.name)).local.length > 0);
  return nodes.find(isServing) ?? nodes[0];
};

const serviceHop = (routing: Routing & { readonly result: 'dnat' }, at: string): Hop => {
  const { service, port: servicePort, protocol } = routing.port;
  const to = routing.endpoints.slice(0, listed).map((endpoint) => hostPort(endpoint.ip, endpoint.port));
  const more = routing.endpoints.length > listed ? `, and ${routing.endpoints.length - listed} more` : '';
  const name = servicePort.name ? ` (${servicePort.name})` : '';
  const text = `${refText(refOf(service))} ${at}/${protocol}${name} -> ${to.join(', ')}${more}${affinityText(service)}`;
  return { at: 'service', outcome: 'passed', text, object: refOf(service) };
};

/** Where a packet goes that kube-proxy leaves alone. */
const unrouted = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  address: Address,
  port: number,
  protocol: Protocol,
): Path => {
  const place = wiring.places.at(address, port, protocol);
  const text = formatAddress(address);
  if (place?.kind === 'pod') {
    const { pod } = place;
    const direct = wiring.places.podAt(address) === pod;
    if (sender.kind === 'outside' && direct) {
      const why = `${refText(refOf(pod))} ${text}: addresses of Pods are reachable inside the cluster only`;
      return pathOf([...before, { at: 'endpoint', outcome: 'blocked', text: why, object: refOf(pod) }]);
    }
    return reachServers(wiring, before, sender, [{ address, port: place.port, pod }], protocol);
  }
  const name = place === undefined ? hostPort(text, port) : `Node ${place.node.metadata.name} ${hostPort(text, port)}`;
  return reachServers(wiring, before, sender, [{ address, port, text: name }], protocol);
};

const assumedBalancer = (service: Admitted<Service>): Hop => ({
  at: 'service',
  outcome: 'assumed',
  text: `${refText(refOf(service))} has no load balancer yet; that the provider makes one is assumed`,
  object: refOf(service),
});

/** The sender as it speaks to addresses of a family: a Pod with two addresses uses the fitting one. Undefined when it has none. */
const inFamily = (wiring: Wiring, sender: Sender, family: 4 | 6): Sender | undefined => {
  const { pod, address } = sender;
  if (address === undefined || address.family === family) return sender;
  if (pod === undefined || pod.spec?.hostNetwork === true) {
    const node = wiring.nodeNamed(sender.nodeName ?? '');
    const other = node && wiring.places.nodeAddresses(node).find((each) => each.family === family);
    if (other === undefined) return { ...sender, address: undefined, ...unknownAddress() };
    return { ...sender, address: other, ...(pod === undefined ? { ends: [{ address: other }] } : podParty(wiring, pod, other)) };
  }
  const own = wiring.places.addressesOf(pod).find((each) => each.family === family);
  return own && { ...sender, ...podParty(wiring, pod, own), address: own };
};

/** A balancer of mode Proxy opens connections of its own, to a node port or straight to an endpoint. */
export const reachBalancer = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  { service, at }: Balancer,
  port: number,
  protocol: Protocol,
): Path => {
  const object = refOf(service);
  const { ports = [], loadBalancerSourceRanges = [] } = service.spec ?? {};
  const hop = (outcome: Hop['outcome'], text: string): Hop => ({ at: 'service', outcome, text, object });
  const name = `${refText(object)} load balancer ${hostPort(at, port)}`;
  const found = ports.find((each) => each.port === port && protocolOf(each.protocol) === protocol);
  if (found === undefined)
    return pathOf([...before, hop('blocked', `${name}: the Service has no such port (ports: ${portText(service)})`)]);
  const ranges = loadBalancerSourceRanges.flatMap((range) => parseCidr(range.trim()) ?? []);
  const { address } = sender;
  if (ranges.length > 0 && address !== undefined && !ranges.some((range) => contains(range, address)))
    return pathOf([...before, hop('blocked', `${name}: loadBalancerSourceRanges do not hold the source`)]);
  const as: Sender = { kind: 'outside', text: `the load balancer of ${refText(object)}`, ...unknownAddress() };
  const node = servingNode(wiring, service, found);
  const [nodeAddress] = node === undefined ? [] : wiring.places.nodeAddresses(node);
  if (found.nodePort === undefined || nodeAddress === undefined) {
    const text = `${name}: the Service has no node port; that the load balancer leads straight to its Pods is assumed`;
    const servers = ([4, 6] as const).flatMap((family) =>
      (service.spec?.clusterIPs ?? []).flatMap(
        (ip) => wiring.table(family).byAddress.get(addressKey(canonical(ip), port, protocol))?.port.endpoints ?? [],
      ),
    );
    const ready = servers.filter((endpoint) => endpoint.ready).map((endpoint) => serverOf(wiring, endpoint));
    if (ready.length === 0) return pathOf([...before, hop('blocked', `${name}: the Service has no ready endpoint`)]);
    return reachServers(wiring, [...before, hop('assumed', text)], as, ready, protocol);
  }
  const text = `${name} -> node port ${found.nodePort}; that the load balancer leads there is assumed`;
  return reachAddress(wiring, [...before, hop('assumed', text)], as, nodeAddress, found.nodePort, protocol);
};

/** Connects to an address as kube-proxy on the sender's node, or on the node of entry, routes it. */
export const reachAddress = (
  wiring: Wiring,
  before: readonly Hop[],
  client: Sender,
  address: Address,
  port: number,
  protocol: Protocol,
): Path => {
  const sender = inFamily(wiring, client, address.family);
  if (sender === undefined) {
    const why = `${client.text} has no IPv${address.family} address, and ${formatAddress(address)} is one: there is no way to it`;
    return pathOf([...before, { at: 'endpoint', outcome: 'blocked', text: why }]);
  }
  const balancer = wiring.balancers.proxyAt(formatAddress(address));
  if (balancer !== undefined) return reachBalancer(wiring, before, sender, balancer, port, protocol);
  const table = wiring.table(address.family);
  const entry = table.byAddress.get(addressKey(formatAddress(address), port, protocol));
  const inside = entry?.port.service ?? table.clusterIPs.get(formatAddress(address));
  if (sender.kind === 'outside' && inside !== undefined && (entry === undefined || entry.kind === 'cluster')) {
    const text = `${refText(refOf(inside))} ${formatAddress(address)}: cluster addresses are reachable inside the cluster only`;
    return pathOf([...before, { at: 'service', outcome: 'blocked', text, object: refOf(inside) }]);
  }
  if (formatAddress(address) === clusterDefaults.apiServer && inside === undefined) {
    return reachServers(wiring, before, sender, [{ port, text: 'the API server' }], protocol);
  }
  const nodeName = sender.nodeName ?? entryNode(wiring, table, address, port, protocol);
  // A packet to another node's port is routed there.
  const target = wiring.places.nodeAt(address);
  const atTarget = target !== undefined && table.byNodePort.has(nodePortKey(port, protocol));
  const proxy = wiring.proxyOn(atTarget ? target.metadata.name : nodeName);
  const routing = route(proxy, table, {
    source: sender.address ?? unknownSource[address.family],
    destination: address,
    port,
    protocol,
  });
  const isMadeUp = entry?.kind === 'loadBalancer' && wiring.balancers.of(entry.port.service).some(({ simulated }) => simulated);
  const at = isMadeUp ? `the load balancer, port ${port}` : hostPort(formatAddress(address), port);
  const hops = isMadeUp ? [...before, assumedBalancer(entry.port.service)] : before;
  if (routing.result === 'none' || routing.result === 'accept') return unrouted(wiring, before, sender, address, port, protocol);
  if (routing.result !== 'dnat') {
    const { service, why, result } = routing;
    const name = service === undefined ? '' : `${refText(refOf(service))} `;
    const known = service === undefined ? '' : ` (ports: ${portText(service)})`;
    const text = `${name}${at} is ${result === 'drop' ? 'dropped' : 'refused'}: ${why}${known}`;
    return pathOf([...hops, { at: 'service', outcome: 'blocked', text, object: service && refOf(service) }]);
  }
  const nodeAddress = proxy.addresses.find(({ family }) => family === address.family);
  const placed = sender.kind === 'outside' || (sender.kind === 'pod' && sender.nodeName !== undefined);
  const masked = routing.masquerade && placed && nodeAddress !== undefined;
  const doubt = 'the node may replace the source by its own address';
  const as: Sender = masked ? { ...sender, ends: [...sender.ends, { address: nodeAddress }], doubt } : sender;
  const servers = routing.endpoints.map((endpoint) => serverOf(wiring, endpoint));
  return reachServers(wiring, [...hops, serviceHop(routing, at)], as, servers, protocol);
};
