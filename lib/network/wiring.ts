import type { Node, Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { type Address, canonical, formatAddress, parseCidr } from './address.js';
import { type ClusterDns, createDns } from './dns.js';
import { entry } from './entry.js';
import { createGatewayRoutes, type GatewayRoutes } from './gateway-routes.js';
import { createIngressRouter, type IngressRouter } from './ingress.js';
import { createPlaces, type Places } from './places.js';
import { namespaceLabels } from './policy/end.js';
import { createPolicies, type Policies } from './policy/policies.js';
import type { ProxyNode } from './proxy/route.js';
import { type ServiceTable, serviceTable } from './proxy/service-table.js';
import { type Balancers, createBalancers } from './service-balancer.js';
import { clusterDefaults, type NetworkOptions, type NetworkView } from './view.js';

/** What a view comes to, compiled once: tables of Services, indexes of addresses, policies. */
export interface Wiring {
  readonly view: NetworkView;
  readonly options: NetworkOptions;
  readonly places: Places;
  readonly dns: ClusterDns;
  /** The address of the cluster's DNS. */
  readonly dnsAddress: string;
  readonly policies: Policies;
  readonly router: IngressRouter;
  readonly gateways: GatewayRoutes;
  readonly balancers: Balancers;
  readonly labelsOf: (namespace: string) => Labels;
  serviceNamed(key: string): Admitted<Service> | undefined;
  nodeNamed(name: string): Admitted<Node> | undefined;
  table(family: 4 | 6): ServiceTable;
  proxyOn(nodeName: string): ProxyNode;
}

/** Another proxy, or none, serves what carries this label. */
const otherProxy = 'service.kubernetes.io/service-proxy-name';

const isProxied = ({ metadata }: Admitted): boolean => metadata.labels?.[otherProxy] === undefined;

const serviceRanges = [clusterDefaults.serviceCIDR].map(parseCidr).filter((range) => range !== undefined);

export const createWiring = (view: NetworkView, options: NetworkOptions): Wiring => {
  const places = createPlaces(view.pods, view.nodes);
  const services = new Map(view.services.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]));
  const nodes = new Map(view.nodes.map((node) => [node.metadata.name, node]));
  const balancers = createBalancers(view.services);
  const proxied = view.services.filter(isProxied).map(balancers.addressed);
  const slices = view.endpointSlices.filter(isProxied);
  const names = new Set([
    ...view.namespaces.map(({ metadata }) => metadata.name),
    ...view.pods.map(({ metadata }) => metadata.namespace ?? ''),
  ]);
  const labelsOf = namespaceLabels(view.namespaces);
  const tables = new Map<4 | 6, ServiceTable>();
  const proxies = new Map<string, ProxyNode>();
  const { backend = 'nftables' } = options;
  let router: IngressRouter | undefined;
  let gateways: GatewayRoutes | undefined;

  const makeProxy = (name: string): ProxyNode => {
    const node = nodes.get(name);
    const addresses = node === undefined ? [] : places.nodeAddresses(node);
    const primary = ([4, 6] as const).flatMap((family) => addresses.find((address) => address.family === family) ?? []);
    return {
      backend,
      name,
      zone: node?.metadata.labels?.['topology.kubernetes.io/zone'],
      addresses,
      nodePortAddresses:
        backend === 'iptables' ? undefined : primary.map(({ family, value }) => ({ family, first: value, last: value })),
      localhostNodePorts: true,
      masqueradeAll: false,
      isLocalPod: (source) => places.podAt(source)?.spec?.nodeName === name,
      serviceCIDRs: serviceRanges,
    };
  };

  return {
    view,
    options,
    places,
    dns: createDns(view.services, view.endpointSlices, names),
    dnsAddress: canonical(services.get('kube-system/kube-dns')?.spec?.clusterIP ?? clusterDefaults.dns),
    policies: createPolicies(view.networkPolicies, view.adminPolicies),
    get router() {
      router ??= createIngressRouter(view.ingresses);
      return router;
    },
    get gateways() {
      gateways ??= createGatewayRoutes(view.gatewayObjects ?? [], labelsOf);
      return gateways;
    },
    balancers,
    labelsOf,
    serviceNamed: (key) => services.get(key),
    nodeNamed: (name) => nodes.get(name),
    table: (family) => entry(tables, family, () => serviceTable(proxied, slices, family)),
    proxyOn: (name) => entry(proxies, name, () => makeProxy(name)),
  };
};

/** `Pod data/db-0 10.244.1.3`; the address where it is known. */
export const addressText = (address: Address | undefined): string => (address === undefined ? '' : ` ${formatAddress(address)}`);
