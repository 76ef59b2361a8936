import type { NodePool } from '../cluster/config.js';
import type { Candidate, DryRun } from './rule.js';

const isPool = (node: unknown): node is NodePool => typeof node === 'object' && node !== null && 'count' in node;

/** One node more in each pool that was declared, one pool a candidate. */
export const moreNodes = (run: Pick<DryRun, 'config'>): readonly Candidate[] => {
  const pools = (run.config.nodes ?? []).filter(isPool);
  return pools.map(({ name }) => ({
    text: `one more node in pool ${name}`,
    change: {
      cluster: (config) => ({
        ...config,
        nodes: (config.nodes ?? []).map((node) =>
          isPool(node) && node.name === name ? { ...node, count: node.count + 1 } : node,
        ),
      }),
    },
  }));
};
