import { extended } from '../api/extended.js';
import type { Taint } from '../api/generated/types.js';
import type { KubeObject } from '../api/object.js';
import type { ClusterConfig, NodePool } from './config.js';

const defaultNodes: readonly NodePool[] = [
  { name: 'k8s-w', count: 3 },
  {
    name: 'k8s-cp',
    count: 1,
    labels: { 'node-role.kubernetes.io/control-plane': '' },
    taints: ['node-role.kubernetes.io/control-plane:NoSchedule'],
  },
];

const isNode = (node: NodePool | KubeObject): node is KubeObject => 'kind' in node && node.kind === 'Node';

/** `key=value:Effect` or `key:Effect`. */
const parseTaint = (text: string): Taint => {
  const colon = text.lastIndexOf(':');
  const [key = '', ...value] = text.slice(0, colon).split('=');
  return { key, ...(value.length > 0 && { value: value.join('=') }), effect: text.slice(colon + 1) };
};

const nodeOf = (pool: NodePool, name: string, index: number): KubeObject => {
  const { cpu = 4, memory = '16Gi', pods = 110, ephemeralStorage = '100Gi', ...extended } = pool.shape ?? {};
  const zone = pool.zones?.[index % pool.zones.length];
  const resources: Record<string, string> = {
    cpu: String(cpu),
    memory,
    pods: String(pods),
    'ephemeral-storage': ephemeralStorage,
  };
  for (const [resource, amount] of Object.entries(extended)) if (amount !== undefined) resources[resource] = String(amount);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...(zone !== undefined && { 'topology.kubernetes.io/zone': zone }),
        ...pool.labels,
      },
    },
    spec: { ...(pool.taints?.length && { taints: pool.taints.map(parseTaint) }) },
    status: { capacity: resources, allocatable: resources },
  };
};

/** A node as a running kubelet reports it: Ready, with an address, and the labels that every node has. */
const alive = (node: KubeObject, index: number, timestamp: string): KubeObject => {
  const name = node.metadata.name ?? '';
  const status = (node.status ?? {}) as { readonly conditions?: unknown; readonly addresses?: unknown };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastTransitionTime: timestamp,
  };
  const address = `192.168.${(index + 1) >> 8}.${(index + 1) & 255}`;
  return {
    ...node,
    metadata: { ...node.metadata, labels: { 'kubernetes.io/hostname': name, ...node.metadata.labels } },
    spec: node.spec ?? {},
    status: extended(status, {
      conditions: status.conditions ?? [ready],
      addresses: status.addresses ?? [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
    }),
  };
};

const nodeName = ({ nodes }: ClusterConfig, pool: NodePool, index: number): string =>
  `${pool.name}${nodes === undefined ? '' : '-'}${index + 1}`;

/** The Node objects of a configuration: pools expanded to `<pool>-1`, `<pool>-2`, ...; the default nodes are `k8s-w1..3` and `k8s-cp1`. */
export const nodesOf = (config: ClusterConfig, hasNodes: boolean, timestamp: string): readonly KubeObject[] => {
  const given = config.nodes ?? (hasNodes ? [] : defaultNodes);
  const nodes = given.flatMap((entry) =>
    isNode(entry)
      ? [entry]
      : Array.from({ length: entry.count }, (_, index) => nodeOf(entry, nodeName(config, entry, index), index)),
  );
  return nodes.map((node, index) => alive(node, index, timestamp));
};

/** Names of the nodes that a declared pool has. */
export const nodeNamesOf = (config: ClusterConfig, pool: NodePool): readonly string[] =>
  Array.from({ length: pool.count }, (_, index) => nodeName(config, pool, index));

/** Names of the nodes of each declared pool, of the default ones where no nodes are declared. */
export const poolsOf = (config: ClusterConfig): ReadonlyMap<string, readonly string[]> =>
  new Map(declaredPools(config).map((pool) => [pool.name, nodeNamesOf(config, pool)]));

/** The declared pools, or the default ones where no nodes are declared. */
export const declaredPools = (config: ClusterConfig): readonly NodePool[] =>
  (config.nodes ?? (config.snapshot === undefined ? defaultNodes : [])).flatMap((entry) => (isNode(entry) ? [] : [entry]));

/** The node that a declared pool gets as its `index`th, counted from 0: what a larger `count` would make. */
export const grownNode = (config: ClusterConfig, pool: NodePool, index: number, timestamp: string): KubeObject =>
  alive(nodeOf(pool, nodeName(config, pool, index), index), index, timestamp);
