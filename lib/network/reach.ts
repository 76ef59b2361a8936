import type { Service } from '../api/generated/types.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import { type Address, formatAddress, hostPort, parseAddress } from './address.js';
import { type Hop, type Path, pathOf } from './path.js';
import type { Protocol } from './protocol.js';
import { type Routing, route } from './proxy/route.js';
import { addressKey, nodePortKey, type ServiceTable } from './proxy/service-table.js';
import { usableFrom } from './proxy/usable.js';
import type { Sender } from './sender.js';
import { type Server, serverHops } from './server.js';
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

const serviceHop = (routing: Routing & { readonly result: 'dnat' }, address: Address, port: number): Hop => {
  const { service, port: servicePort, protocol } = routing.port;
  const to = routing.endpoints.slice(0, listed).map((endpoint) => hostPort(endpoint.ip, endpoint.port));
  const more = routing.endpoints.length > listed ? `, and ${routing.endpoints.length - listed} more` : '';
  const name = servicePort.name ? ` (${servicePort.name})` : '';
  const at = hostPort(formatAddress(address), port);
  const text = `${refText(refOf(service))} ${at}/${protocol}${name} -> ${to.join(', ')}${more}`;
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

/** Connects to an address as kube-proxy on the sender's node, or on the node of entry, routes it. */
export const reachAddress = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  address: Address,
  port: number,
  protocol: Protocol,
): Path => {
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
  if (routing.result === 'none' || routing.result === 'accept') return unrouted(wiring, before, sender, address, port, protocol);
  if (routing.result !== 'dnat') {
    const { service, why, result } = routing;
    const name = service === undefined ? '' : `${refText(refOf(service))} `;
    const known = service === undefined ? '' : ` (ports: ${portText(service)})`;
    const text = `${name}${hostPort(formatAddress(address), port)} is ${result === 'drop' ? 'dropped' : 'refused'}: ${why}${known}`;
    return pathOf([...before, { at: 'service', outcome: 'blocked', text, object: service && refOf(service) }]);
  }
  const [nodeAddress] = proxy.addresses;
  const placed = sender.kind === 'outside' || (sender.kind === 'pod' && sender.nodeName !== undefined);
  const masked = routing.masquerade && placed && nodeAddress !== undefined;
  const doubt = 'the node may replace the source by its own address';
  const as: Sender = masked ? { ...sender, ends: [...sender.ends, { address: nodeAddress }], doubt } : sender;
  const servers = routing.endpoints.map(
    (endpoint): Server => ({
      address: parseAddress(endpoint.ip),
      port: endpoint.port,
      pod: endpoint.pod === undefined ? undefined : wiring.places.podNamed(endpoint.pod),
    }),
  );
  return reachServers(wiring, [...before, serviceHop(routing, address, port)], as, servers, protocol);
};
