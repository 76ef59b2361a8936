import type { Node } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { timestampAt } from '../../apiserver/clock.js';
import type { NodePool } from '../config.js';
import { declaredPools, grownNode, nodeNamesOf } from '../nodes.js';
import type { Inventory } from './inventory.js';
import { likeNodes } from './like-nodes.js';
import { NodeCopies } from './node-copies.js';

/** Nodes that are alike. */
export interface Pool {
  readonly name: string;
  /** In the order in which it grew: when it shrinks, the last ones go. */
  readonly nodes: readonly Admitted<Node>[];
  /** The `index`th node that it gets beyond those, counted from 0, and what comes with it: its CSINode, its static Pods. */
  grow(index: number): { readonly node: Admitted<Node>; readonly company: readonly Admitted[] };
}

const declaredPool = ({ cluster }: Inventory, pool: NodePool, nodes: readonly Admitted<Node>[]): Pool => ({
  name: pool.name,
  nodes,
  grow: (index) => {
    const node = grownNode(cluster.config, pool, Math.max(pool.count, nodes.length) + index, timestampAt(cluster.now));
    const { name = '' } = node.metadata;
    return { node: { ...node, metadata: { ...node.metadata, name, uid: `node-${name}` } }, company: [] };
  },
});

/**
 * The pools of a cluster: those that its configuration declares, and of other nodes (of a snapshot) those that have the same labels, taints
 * and shape.
 */
export const poolsIn = (inventory: Inventory): readonly Pool[] => {
  const { cluster, nodes } = inventory;
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const pools = declaredPools(cluster.config).map((pool) => {
    const own = nodeNamesOf(cluster.config, pool).flatMap((name) => byName.get(name) ?? []);
    for (const { metadata } of own) byName.delete(metadata.name);
    return declaredPool(inventory, pool, own);
  });
  for (const { name, nodes: alike } of likeNodes([...byName.values()], new Set(pools.map((pool) => pool.name)))) {
    const copies = new NodeCopies(inventory, name, alike);
    pools.push({ name, nodes: copies.nodes, grow: (index) => copies.grow(index) });
  }
  return pools;
};
