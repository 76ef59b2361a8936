import type { Pod, Service } from '../../../api/generated/types.js';
import { matcherOfLabels } from '../../../api/label-selector.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../../api/object.js';
import { createNetwork, type Network } from '../../../network/network.js';
import { protocolOf } from '../../../network/protocol.js';
import type { Target } from '../../../network/view.js';
import type { Entrance } from '../../intent.js';
import type { DryRun } from '../../rule.js';
import { networkOptionsOf, viewOf } from '../../view.js';

/** The Services in front of a workload, or the one that is meant. */
export const servicesOf = (run: DryRun, of: ObjectRef, pods: readonly Admitted<Pod>[]): readonly Admitted<Service>[] => {
  if (of.kind === 'Service')
    return run.cluster.list('Service', { namespace: of.namespace }).filter((each) => refKey(refOf(each)) === refKey(of));
  return run.cluster.list('Service', { namespace: of.namespace }).filter(({ spec }) => {
    const selector = spec?.selector;
    if (selector === undefined || Object.keys(selector).length === 0) return false;
    const matches = matcherOfLabels(selector);
    return pods.some(({ metadata }) => matches(metadata.labels));
  });
};

/** One way to knock: where, and through which network. */
export interface Knock {
  readonly network: Network;
  readonly target: Target;
  /** What has to be taken for granted. */
  readonly assumed?: string | undefined;
}

const nodeAddress = (run: DryRun, name?: string): string | undefined =>
  run.cluster
    .list('Node')
    .filter(({ metadata }) => name === undefined || metadata.name === name)
    .flatMap(({ status }) => (status?.addresses ?? []).filter(({ type }) => type.endsWith('IP')))[0]?.address;

/** Every node answers; with externalTrafficPolicy Local those that run a Pod of the Service. */
const atNodePort = (run: DryRun, wanted: number, pods: readonly Admitted<Pod>[]): readonly Knock[] => {
  for (const { spec } of run.cluster.list('Service')) {
    const port = spec?.ports?.find(({ nodePort }) => nodePort === wanted);
    if (port === undefined) continue;
    const names = spec?.externalTrafficPolicy === 'Local' ? pods.map((pod) => pod.spec?.nodeName) : [undefined];
    const hosts = new Set(names.flatMap((name) => nodeAddress(run, name) ?? []));
    const protocol = protocolOf(port.protocol);
    return [...hosts].map((host) => ({ network: run.network, target: { host, port: wanted, protocol } }));
  }
  return [];
};

/** 198.18.0.0/15 is nobody's (RFC 2544): these stand for the addresses that a provider gives to load balancers. */
const balancerAddress = (index: number): string => `198.${18 + ((index >> 16) & 1)}.${(index >> 8) & 255}.${index & 255}`;

const hasAddress = ({ status }: Service): boolean => (status?.loadBalancer?.ingress ?? []).some(({ ip }) => ip !== undefined);

const balanced = new WeakMap<Network, { readonly network: Network; readonly addresses: ReadonlyMap<string, string> }>();

/** The network of a run in which every load balancer has an address. */
const balancedNetwork = (run: DryRun) => {
  const known = balanced.get(run.network);
  if (known !== undefined) return known;
  const view = viewOf(run.cluster);
  const addresses = new Map<string, string>();
  const services = view.services.map((service) => {
    if (service.spec?.type !== 'LoadBalancer' || hasAddress(service)) return service;
    const ip = balancerAddress(addresses.size);
    addresses.set(refKey(refOf(service)), ip);
    return { ...service, status: { ...service.status, loadBalancer: { ingress: [{ ip }] } } };
  });
  const made = { network: createNetwork({ ...view, services }, networkOptionsOf(run.cluster, run.config)), addresses };
  balanced.set(run.network, made);
  return made;
};

const atLoadBalancer = (run: DryRun, wanted: number | 'any', services: readonly Admitted<Service>[]): readonly Knock[] => {
  const { network, addresses } = balancedNetwork(run);
  return services
    .filter(({ spec }) => spec?.type === 'LoadBalancer')
    .flatMap((service): readonly Knock[] => {
      const given = service.status?.loadBalancer?.ingress?.find(({ ip }) => ip !== undefined)?.ip;
      const host = given ?? addresses.get(refKey(refOf(service))) ?? '';
      const assumed = given === undefined ? `a provider gives ${refText(refOf(service))} an address` : undefined;
      return (service.spec?.ports ?? [])
        .filter(({ port }) => wanted === 'any' || port === wanted)
        .map(({ port, protocol }) => ({ network, target: { host, port, protocol: protocolOf(protocol) }, assumed }));
    });
};

export const knocksOf = (
  run: DryRun,
  at: Entrance,
  services: readonly Admitted<Service>[],
  pods: readonly Admitted<Pod>[],
): readonly Knock[] => {
  if ('nodePort' in at) return atNodePort(run, at.nodePort, pods);
  if ('loadBalancer' in at) return atLoadBalancer(run, at.loadBalancer, services);
  // With TLS or without: whichever the Ingress or Gateway takes.
  return [443, 80].map((port) => ({ network: run.network, target: { host: at.host, port, path: at.path ?? '/' } }));
};
