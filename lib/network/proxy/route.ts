import type { Service } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { type Address, type Cidr, contains, formatAddress } from '../address.js';
import type { Protocol } from '../protocol.js';
import { addressKey, nodePortKey, type ProxyEndpoint, type ProxyPort, type ServiceTable } from './service-table.js';
import { type NodePlace, type Usable, usableFrom } from './usable.js';

/** A node as its kube-proxy sees it, in one address family. */
export interface ProxyNode extends NodePlace {
  readonly backend: 'nftables' | 'iptables';
  /** The addresses of the node; the first one is the primary. */
  readonly addresses: readonly Address[];
  /** Addresses that serve node ports: all (`undefined`), or those of the node in these ranges. */
  readonly nodePortAddresses?: readonly Cidr[] | undefined;
  /** Whether iptables serves node ports on 127.0.0.1. */
  readonly localhostNodePorts: boolean;
  readonly masqueradeAll: boolean;
  /** Whether a source is a Pod of this node; absent when kube-proxy cannot tell. */
  readonly isLocalPod?: ((source: Address) => boolean) | undefined;
  /** The ranges of cluster addresses, as far as known. */
  readonly serviceCIDRs: readonly Cidr[];
}

export interface Packet {
  readonly source: Address;
  readonly destination: Address;
  readonly port: number;
  readonly protocol: Protocol;
}

/** What kube-proxy does with a new connection. */
export type Routing =
  /** Rewritten to one of `endpoints`; `masquerade`: the source becomes the node's address. */
  | {
      readonly result: 'dnat';
      readonly port: ProxyPort;
      readonly endpoints: readonly ProxyEndpoint[];
      readonly masquerade: boolean;
    }
  | { readonly result: 'reject' | 'drop'; readonly service?: Admitted<Service>; readonly why: string }
  /** Let through to the health check port of a Service. */
  | { readonly result: 'accept'; readonly port: ProxyPort }
  /** No rule: the packet goes where its address says. */
  | { readonly result: 'none' };

type Entry = { readonly kind: 'cluster' | 'external' | 'loadBalancer' | 'nodePort'; readonly port: ProxyPort };

const none: Routing = { result: 'none' };
const loopback = { 4: { family: 4, first: 0x7f00_0000n, last: 0x7fff_ffffn }, 6: { family: 6, first: 1n, last: 1n } } as const;

const isLoopback = (address: Address): boolean => contains(loopback[address.family], address);
const isOf = (node: ProxyNode, address: Address): boolean =>
  node.addresses.some(({ family, value }) => family === address.family && value === address.value);
const isNodeLocal = (node: ProxyNode, address: Address): boolean => isLoopback(address) || isOf(node, address);

const servesNodePorts = (node: ProxyNode, address: Address): boolean => {
  if (!isNodeLocal(node, address)) return false;
  // nftables never serves node ports on loopback; IPv6 cannot route from it.
  if (isLoopback(address) && (node.backend === 'nftables' || address.family === 6 || !node.localhostNodePorts)) return false;
  return node.nodePortAddresses === undefined || node.nodePortAddresses.some((range) => contains(range, address));
};

const mayUseLoadBalancer = (node: ProxyNode, { sourceRanges, loadBalancerIPs }: ProxyPort, source: Address): boolean => {
  if (sourceRanges.length === 0 || sourceRanges.some((range) => contains(range, source))) return true;
  // A node that holds the balancer's address itself sends from that address.
  const primary = node.addresses.find(({ family }) => family === source.family);
  return (
    primary !== undefined &&
    sourceRanges.some((range) => contains(range, primary)) &&
    loadBalancerIPs.includes(formatAddress(source))
  );
};

/** Traffic to the cluster address, by the internal traffic policy. */
const routeInternal = (node: ProxyNode, port: ProxyPort, usable: Usable, { source }: Packet): Routing => {
  const endpoints = port.internalLocal ? usable.local : usable.cluster;
  if (endpoints.length === 0)
    return { result: 'drop', service: port.service, why: 'internalTrafficPolicy is Local and no endpoint is on this node' };
  const masquerade = node.masqueradeAll || (node.isLocalPod !== undefined && !node.isLocalPod(source));
  return { result: 'dnat', port, endpoints, masquerade };
};

/** Traffic to a node port, load balancer or external address, by the external traffic policy. */
const routeExternal = (node: ProxyNode, port: ProxyPort, usable: Usable, { source }: Packet): Routing => {
  if (!port.externalLocal) return { result: 'dnat', port, endpoints: usable.cluster, masquerade: true };
  // What starts on the node goes as if it came back from a load balancer: the policy does not bind it.
  if (node.isLocalPod?.(source)) return { result: 'dnat', port, endpoints: usable.cluster, masquerade: false };
  if (isNodeLocal(node, source)) return { result: 'dnat', port, endpoints: usable.cluster, masquerade: true };
  if (usable.local.length === 0)
    return { result: 'drop', service: port.service, why: 'externalTrafficPolicy is Local and no endpoint is on this node' };
  return { result: 'dnat', port, endpoints: usable.local, masquerade: false };
};

/** What refuses or drops a packet that no rule rewrites. */
const unrouted = (node: ProxyNode, table: ServiceTable, { destination, port, protocol }: Packet): Routing => {
  if (protocol === 'TCP' && isNodeLocal(node, destination)) {
    const checked = table.byHealthPort.get(port);
    if (checked !== undefined && node.backend === 'iptables') return { result: 'accept', port: checked };
  }
  if (node.backend === 'iptables') return none;
  const service = table.clusterIPs.get(formatAddress(destination));
  if (service !== undefined) return { result: 'reject', service, why: `the Service has no port ${port}/${protocol}` };
  if (node.serviceCIDRs.some((range) => contains(range, destination)))
    return { result: 'drop', why: 'no Service has this address' };
  return none;
};

/** The entry of a packet's destination; `served` is false for a node address that iptables only guards. */
const entryOf = (node: ProxyNode, table: ServiceTable, packet: Packet): (Entry & { readonly served: boolean }) | undefined => {
  const entry = table.byAddress.get(addressKey(formatAddress(packet.destination), packet.port, packet.protocol));
  if (entry !== undefined) return { ...entry, served: true };
  const port = table.byNodePort.get(nodePortKey(packet.port, packet.protocol));
  if (port === undefined) return undefined;
  if (servesNodePorts(node, packet.destination)) return { kind: 'nodePort', port, served: true };
  const guarded = node.backend === 'iptables' && isNodeLocal(node, packet.destination);
  return guarded ? { kind: 'nodePort', port, served: false } : undefined;
};

/** What the kube-proxy of `node` does with a new connection, in the iptables or the nftables backend. */
export const route = (node: ProxyNode, table: ServiceTable, packet: Packet): Routing => {
  const entry = packet.destination.family === table.family ? entryOf(node, table, packet) : undefined;
  if (entry === undefined) return unrouted(node, table, packet);
  const { kind, port } = entry;
  const usable = usableFrom(port, node);
  const outside = kind === 'loadBalancer' && !mayUseLoadBalancer(node, port, packet.source);
  const refusedSource: Routing = {
    result: 'drop',
    service: port.service,
    why: 'loadBalancerSourceRanges do not hold the source',
  };
  // nftables guards the address before it looks for endpoints, iptables after.
  if (outside && node.backend === 'nftables') return refusedSource;
  if (!usable.any) return { result: 'reject', service: port.service, why: 'the Service has no ready endpoint' };
  if (outside) return refusedSource;
  if (kind === 'cluster') return routeInternal(node, port, usable, packet);
  if (entry.served) return routeExternal(node, port, usable, packet);
  return port.externalLocal && usable.local.length === 0
    ? { result: 'drop', service: port.service, why: 'externalTrafficPolicy is Local and no endpoint is on this node' }
    : none;
};
