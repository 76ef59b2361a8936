import type { NodePool } from '../cluster/config.js';

/**
 * A number of equal nodes of the simulated cluster, named `<name>-1`, `<name>-2`, ...
 *
 * @example
 * new App({ cluster: { nodes: [nodePool('ssd', { count: 3, zones: ['a', 'b', 'c'], shape: { cpu: 8, memory: '32Gi' }, taints: ['dedicated=db:NoSchedule'] })] } });
 */
export const nodePool = (name: string, options: Omit<NodePool, 'name'>): NodePool => ({ name, ...options });
