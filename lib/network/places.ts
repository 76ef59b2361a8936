import type { Node, Pod } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { type Address, canonical, formatAddress, parseAddress } from './address.js';
import { declaredPorts } from './policy/end.js';
import type { Protocol } from './protocol.js';

/** What stands behind an address. */
type Place =
  | { readonly kind: 'pod'; readonly pod: Admitted<Pod>; readonly port: number }
  | { readonly kind: 'node'; readonly node: Admitted<Node> };

/** Pods and nodes by their addresses. */
export interface Places {
  addressesOf(pod: Admitted<Pod>): readonly Address[];
  podAt(address: Address): Admitted<Pod> | undefined;
  podNamed(key: string): Admitted<Pod> | undefined;
  nodeAddresses(node: Admitted<Node>): readonly Address[];
  nodeAt(address: Address): Admitted<Node> | undefined;
  /** Who answers at a port of the address: a Pod, a Pod's hostPort or process on its node, or the node. */
  at(address: Address, port: number, protocol: Protocol): Place | undefined;
}

const isGone = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** The addresses of an object as canonical texts, each once. */
const unique = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.flatMap((text) => (text ? [canonical(text)] : []))),
];

const parsed = (texts: readonly string[]): readonly Address[] => texts.flatMap((text) => parseAddress(text) ?? []);

const podIPs = ({ status }: Pod): readonly string[] => unique([status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)]);

const nodeIPs = ({ status }: Node): readonly string[] =>
  unique((status?.addresses ?? []).filter(({ type }) => type.endsWith('IP')).map(({ address }) => address));

export const createPlaces = (pods: readonly Admitted<Pod>[], nodes: readonly Admitted<Node>[]): Places => {
  const byAddress = new Map<string, Admitted<Pod>>();
  const byName = new Map<string, Admitted<Pod>>();
  const onHost = new Map<string, { readonly pod: Admitted<Pod>; readonly port: number }>();
  const nodeByAddress = new Map<string, Admitted<Node>>();
  for (const node of nodes) for (const ip of nodeIPs(node)) nodeByAddress.set(ip, node);
  for (const pod of pods) {
    byName.set(`${pod.metadata.namespace}/${pod.metadata.name}`, pod);
    if (isGone(pod)) continue;
    const { hostNetwork = false, nodeName = '' } = pod.spec ?? {};
    if (hostNetwork) {
      for (const { port, protocol } of declaredPorts(pod.spec)) onHost.set(`${nodeName} ${port}/${protocol}`, { pod, port });
      continue;
    }
    for (const ip of podIPs(pod)) byAddress.set(ip, pod);
    for (const { hostPort, port, protocol } of declaredPorts(pod.spec)) {
      if (hostPort !== undefined) onHost.set(`${nodeName} ${hostPort}/${protocol}`, { pod, port });
    }
  }
  const podAt = (address: Address) => byAddress.get(formatAddress(address));
  const nodeAt = (address: Address) => nodeByAddress.get(formatAddress(address));
  return {
    addressesOf: (pod) => parsed(podIPs(pod)),
    podAt,
    podNamed: (key) => byName.get(key),
    nodeAddresses: (node) => parsed(nodeIPs(node)),
    nodeAt,
    at: (address, port, protocol) => {
      const pod = podAt(address);
      if (pod !== undefined) return { kind: 'pod', pod, port };
      const node = nodeAt(address);
      if (node === undefined) return undefined;
      const held = onHost.get(`${node.metadata.name} ${port}/${protocol}`);
      return held === undefined ? { kind: 'node', node } : { kind: 'pod', ...held };
    },
  };
};
