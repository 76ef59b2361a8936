import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import type { Endpoint } from '../destination.js';
import { PlimsollError } from '../error.js';
import { type Named, nameOf } from '../named.js';
import { PodOwner } from '../pod/pod-owner.js';
import { type PortOptions, portOptions } from '../pod/port.js';
import { Service } from '../service/service.js';
import { type PodTarget, type ResolvedTarget, resolveTarget, type Target, whenKnown } from '../target.js';

/** The other side of a rule: Pods, a Namespace, addresses, everyone. */
export type Peer = Target | k8s.NetworkPolicyPeer | typeof anyone;

/** Everyone, inside and outside the cluster. */
export const anyone = { anyone: true } as const;

/** Every Pod of the policy's own namespace. */
export const allPods: k8s.NetworkPolicyPeer = { podSelector: {} };

/** Every Pod of a namespace. */
export const inNamespace = (namespace: Named): k8s.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': nameOf(namespace) } },
});

/** Addresses, usually outside the cluster: `cidr('10.0.0.0/8', { except: ['10.1.0.0/16'] })`. */
export const cidr = (block: string, options: { readonly except?: readonly string[] } = {}): k8s.NetworkPolicyPeer => ({
  ipBlock: { cidr: block, ...options },
});

/** The name server of the cluster, as kubeadm and the providers deploy it. A Pod whose egress is limited needs it to look up names. */
export const clusterDns: PodTarget<'dns' | 'dns-tcp'> = {
  labels: { 'k8s-app': 'kube-dns' },
  namespace: 'kube-system',
  ports: { dns: { port: 53, protocol: 'UDP' }, 'dns-tcp': { port: 53, protocol: 'TCP' } },
};

const isPlain = (peer: Exclude<Peer, typeof anyone>): peer is k8s.NetworkPolicyPeer =>
  !Construct.isConstruct(peer) && ('ipBlock' in peer || 'podSelector' in peer || 'namespaceSelector' in peer);

/** Pods of a namespace, as a policy of `namespace` selects them. */
const podPeer = (target: ResolvedTarget, there: string | undefined, namespace: string | undefined): k8s.NetworkPolicyPeer => ({
  ...(there === namespace ? {} : inNamespace(there ?? 'default')),
  podSelector: { matchLabels: whenKnown(target.known, () => target.labels()) },
});

/** The plain peers; none for everyone. `namespace` is the policy's. */
export const plainPeers = (peer: Peer, namespace: string | undefined): readonly k8s.NetworkPolicyPeer[] => {
  if ('anyone' in peer) return [];
  if (isPlain(peer)) return [peer];
  if (Construct.isConstruct(peer) && ApiObject.isApiObject(peer) && peer.kind === 'Namespace') return [inNamespace(peer)];
  const target = resolveTarget(peer);
  return [podPeer(target, target.namespace ?? namespace, namespace)];
};

export const plainPort = ({ port, protocol }: PortOptions): k8s.NetworkPolicyPort => ({ protocol: protocol ?? 'TCP', port });

/** The peers and ports that a connection to a Service or workload needs: policies see the Pods, not the Service in front of them. */
export const endpointRule = (path: string, endpoint: Endpoint, namespace: string | undefined): k8s.NetworkPolicyEgressRule => {
  const { of, port } = endpoint;
  if (of instanceof PodOwner) {
    const declared: ReadonlyMap<string | number, PortOptions> = new Map(Object.entries<PortOptions>(of.ports));
    return {
      to: plainPeers(of, namespace),
      ports: [plainPort(declared.get(port) ?? { port: Number(port), protocol: endpoint.protocol })],
    };
  }
  if (!(of instanceof Service)) {
    throw new PlimsollError(
      path,
      `cannot tell which Pods are behind ${of.node.path}; name its workload: { to: <workload>, ports: [<port>] }`,
    );
  }
  const backend = of.backend(port);
  if (backend.kind === 'name')
    throw new PlimsollError(
      path,
      `'${backend.host}' is a name, and policies know addresses only; write { to: cidr('<address>/32'), ports: [...] }`,
    );
  if (backend.kind === 'addresses') {
    return {
      to: backend.addresses.map((address) => cidr(`${address}/${address.includes(':') ? 128 : 32}`)),
      ports: [plainPort(backend.port)],
    };
  }
  const { target } = backend;
  return {
    to: [podPeer(target, target.namespace ?? of.namespace, namespace)],
    ports: whenKnown(target.known, () => [plainPort(backend.port())]),
  };
};

/** All ports of a described target, where it says them: `clusterDns`. */
export const ownPorts = (peer: Peer): readonly k8s.NetworkPolicyPort[] => {
  if (Construct.isConstruct(peer) || !('labels' in peer) || peer.ports === undefined) return [];
  return Object.values(peer.ports).map((port) => plainPort(portOptions(port)));
};
