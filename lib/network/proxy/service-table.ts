import type { EndpointSlice, Service, ServicePort } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { type Cidr, canonical, hostPort, parseCidr } from '../address.js';
import { entry } from '../entry.js';
import { type Protocol, protocolOf } from '../protocol.js';

/** An endpoint of a Service port, as kube-proxy takes it from the slices. */
export interface ProxyEndpoint {
  readonly ip: string;
  readonly port: number;
  readonly nodeName?: string | undefined;
  /** Namespace and name of the Pod behind it. */
  readonly pod?: string | undefined;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly forZones: readonly string[];
  readonly forNodes: readonly string[];
}

/** One port of a Service that kube-proxy serves, in one address family. */
export interface ProxyPort {
  readonly service: Admitted<Service>;
  readonly port: ServicePort;
  readonly protocol: Protocol;
  readonly clusterIP: string;
  readonly loadBalancerIPs: readonly string[];
  /** Empty when every source may use the load balancer addresses. */
  readonly sourceRanges: readonly Cidr[];
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** Reachable by node port, load balancer or external address. */
  readonly external: boolean;
  readonly endpoints: readonly ProxyEndpoint[];
}

type AddressKind = 'cluster' | 'external' | 'loadBalancer';

/** What one family of kube-proxy serves in the cluster; the same on every node. */
export interface ServiceTable {
  readonly family: 4 | 6;
  readonly byAddress: ReadonlyMap<string, { readonly kind: AddressKind; readonly port: ProxyPort }>;
  readonly byNodePort: ReadonlyMap<string, ProxyPort>;
  readonly byHealthPort: ReadonlyMap<number, ProxyPort>;
  readonly clusterIPs: ReadonlyMap<string, Admitted<Service>>;
}

export const addressKey = (ip: string, port: number, protocol: string): string => `${hostPort(ip, port)}/${protocol}`;
export const nodePortKey = (port: number, protocol: string): string => `${port}/${protocol}`;

const familyOf = (ip: string): 4 | 6 => (ip.includes(':') ? 6 : 4);
const portNameKey = (service: string, name: string, protocol: Protocol): string => `${service} ${name} ${protocol}`;

/** Endpoints by Service port name and protocol. A slice's port matches by these, never by targetPort. */
const endpointsByPort = (
  slices: readonly EndpointSlice[],
  family: 4 | 6,
): ReadonlyMap<string, ReadonlyMap<string, ProxyEndpoint>> => {
  const found = new Map<string, Map<string, ProxyEndpoint>>();
  for (const slice of slices) {
    const name = slice.metadata?.labels?.['kubernetes.io/service-name'];
    if (name === undefined || slice.addressType !== `IPv${family}`) continue;
    const service = `${slice.metadata?.namespace ?? ''}/${name}`;
    for (const port of slice.ports ?? []) {
      if (!port.port) continue;
      const key = portNameKey(service, port.name ?? '', protocolOf(port.protocol));
      const endpoints = entry(found, key, () => new Map<string, ProxyEndpoint>());
      for (const endpoint of slice.endpoints ?? []) {
        const [address] = endpoint.addresses;
        if (address === undefined) continue;
        const ip = canonical(address);
        const { conditions, targetRef } = endpoint;
        // Slices may overlap for a while when endpoints move from one to another.
        const at = hostPort(ip, port.port);
        if (endpoints.has(at)) continue;
        endpoints.set(at, {
          ip,
          port: port.port,
          nodeName: endpoint.nodeName,
          pod: targetRef?.kind === 'Pod' ? `${targetRef.namespace ?? slice.metadata?.namespace}/${targetRef.name}` : undefined,
          ready: conditions?.ready ?? true,
          serving: conditions?.serving ?? true,
          terminating: conditions?.terminating ?? false,
          forZones: endpoint.hints?.forZones?.map((zone) => zone.name) ?? [],
          forNodes: endpoint.hints?.forNodes?.map((node) => node.name) ?? [],
        });
      }
    }
  }
  return found;
};

const cidrsOf = (texts: readonly string[] | undefined, family: 4 | 6): readonly Cidr[] =>
  (texts ?? []).flatMap((text) => {
    const cidr = parseCidr(text.trim());
    return cidr?.family === family ? [cidr] : [];
  });

/** The Services that kube-proxy serves with addresses of `family`, joined with their endpoints. */
export const serviceTable = (
  services: readonly Admitted<Service>[],
  slices: readonly EndpointSlice[],
  family: 4 | 6,
): ServiceTable => {
  const endpoints = endpointsByPort(slices, family);
  const byAddress = new Map<string, { readonly kind: AddressKind; readonly port: ProxyPort }>();
  const byNodePort = new Map<string, ProxyPort>();
  const byHealthPort = new Map<number, ProxyPort>();
  const clusterIPs = new Map<string, Admitted<Service>>();
  for (const service of services) {
    const { spec } = service;
    if (spec === undefined || spec.type === 'ExternalName') continue;
    const own = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
    const chosen = own.find((ip) => ip !== '' && ip !== 'None' && familyOf(ip) === family);
    if (chosen === undefined) continue;
    const clusterIP = canonical(chosen);
    clusterIPs.set(clusterIP, service);
    const externalIPs = (spec.externalIPs ?? []).filter((ip) => familyOf(ip) === family).map(canonical);
    const ingress = service.status?.loadBalancer?.ingress ?? [];
    const loadBalancerIPs = ingress.flatMap(({ ip, ipMode }) =>
      ip !== undefined && familyOf(ip) === family && (ipMode ?? 'VIP') === 'VIP' ? [canonical(ip)] : [],
    );
    const sourceRanges = cidrsOf(spec.loadBalancerSourceRanges, family);
    const takesExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0;
    const externalLocal = takesExternal && spec.externalTrafficPolicy === 'Local';
    for (const port of spec.ports ?? []) {
      const protocol = protocolOf(port.protocol);
      const key = portNameKey(`${service.metadata.namespace ?? ''}/${service.metadata.name}`, port.name ?? '', protocol);
      const proxyPort: ProxyPort = {
        service,
        port,
        protocol,
        clusterIP,
        loadBalancerIPs,
        sourceRanges,
        internalLocal: spec.internalTrafficPolicy === 'Local',
        externalLocal,
        external: Boolean(port.nodePort) || externalIPs.length > 0 || loadBalancerIPs.length > 0,
        endpoints: [...(endpoints.get(key)?.values() ?? [])],
      };
      const add = (ip: string, kind: AddressKind): void => {
        const at = addressKey(ip, port.port, protocol);
        if (!byAddress.has(at)) byAddress.set(at, { kind, port: proxyPort });
      };
      add(clusterIP, 'cluster');
      for (const ip of externalIPs) add(ip, 'external');
      for (const ip of loadBalancerIPs) add(ip, 'loadBalancer');
      if (port.nodePort) byNodePort.set(nodePortKey(port.nodePort, protocol), proxyPort);
      if (externalLocal && spec.healthCheckNodePort) byHealthPort.set(spec.healthCheckNodePort, proxyPort);
    }
  }
  return { family, byAddress, byNodePort, byHealthPort, clusterIPs };
};
