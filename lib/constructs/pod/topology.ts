/** `zone` and `node` stand for their well-known labels; any other text is a node label. */
export type Topology = 'zone' | 'node' | (string & {});

const topologyKeys: ReadonlyMap<string, string> = new Map([
  ['zone', 'topology.kubernetes.io/zone'],
  ['node', 'kubernetes.io/hostname'],
]);

export const topologyKey = (topology: Topology): string => topologyKeys.get(topology) ?? topology;
