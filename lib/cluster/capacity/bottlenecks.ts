import type { Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import { amountOf } from '../../scheduler/amount.js';
import type { Obstacle } from '../../scheduler/explain/explanation.js';
import { answersOf } from '../../scheduler/explain/obstacles.js';
import { getOrInsert } from '../../scheduler/get-or-insert.js';
import type { NodeInfo } from '../../scheduler/node-info.js';
import { PodInfo } from '../../scheduler/pod-info.js';
import type { Cluster } from '../cluster.js';
import type { Bottleneck, Shortage } from './limit.js';
import type { Trial } from './trial.js';

/** Plugins that judge a node by what it is, however empty it may be. */
const byNature: ReadonlySet<string> = new Set([
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodeDeclaredFeatures',
]);

const resourceOf = ({ plugin, reason }: Obstacle): string | undefined => {
  if (plugin !== 'NodeResourcesFit') return undefined;
  if (reason === 'Too many pods') return 'pods';
  return reason.startsWith('Insufficient ') ? reason.slice('Insufficient '.length) : undefined;
};

const sizeOf = ({ allocatable }: NodeInfo, resource: string): number =>
  resource === 'pods' ? allocatable.pods : amountOf(allocatable, resource);

const freeOf = (node: NodeInfo, resource: string): number =>
  sizeOf(node, resource) - (resource === 'pods' ? node.pods.size : amountOf(node.requested, resource));

const heldBy = (node: NodeInfo, resource: string, cluster: Cluster): Shortage['heldBy'] => {
  const holders = new Map<string, { readonly workload: ObjectRef; pods: number; amount: number }>();
  for (const { pod, held } of node.pods.values()) {
    const amount = resource === 'pods' ? 1 : amountOf(held, resource);
    if (amount === 0) continue;
    const workload = refOf(cluster.controllerOf(pod));
    const holder = getOrInsert(holders, refKey(workload), () => ({ workload, pods: 0, amount: 0 }));
    holder.pods++;
    holder.amount += amount;
  }
  return [...holders.values()].sort((a, b) => b.amount - a.amount);
};

const shortageOf = (
  resource: string,
  nodes: readonly NodeInfo[],
  { requests }: PodInfo,
  cluster: Cluster,
): Shortage | undefined => {
  const [first] = nodes;
  if (first === undefined) return undefined;
  const node = nodes.reduce((best, each) => (freeOf(each, resource) > freeOf(best, resource) ? each : best), first);
  return {
    resource,
    asked: resource === 'pods' ? 1 : amountOf(requests, resource),
    free: nodes.reduce((sum, each) => sum + Math.max(0, freeOf(each, resource)), 0),
    node: node.name,
    nodeFree: freeOf(node, resource),
    nodeSize: sizeOf(node, resource),
    heldBy: heldBy(node, resource, cluster),
  };
};

/** What runs out is told first, then constraints that come on top of it, then what was never possible. */
const rank = ({ ruledOut, plugin }: Bottleneck): number => (ruledOut ? 2 : plugin === 'PodTopologySpread' ? 1 : 0);

/** Why a Pod fits nowhere, reason by reason, over the nodes that are there for it. */
export const bottlenecksOf = (
  pod: Admitted<Pod>,
  trial: Trial,
  cluster: Cluster,
  poolOf: (node: string) => string,
): readonly Bottleneck[] => {
  const info = new PodInfo(pod);
  const { cache } = trial;
  const { obstacles } = answersOf(info, cache, trial.profileOf(pod), 1);
  const barred = new Set(obstacles.flatMap(({ plugin, nodes, alsoOn }) => (byNature.has(plugin) ? [...nodes, ...alsoOn] : [])));
  return obstacles
    .flatMap((obstacle): readonly Bottleneck[] => {
      const { plugin, reason, facts } = obstacle;
      const isNature = byNature.has(plugin);
      // Of a node that is not there for the Pod it does not matter what else it lacks.
      const names = isNature ? obstacle.nodes : [...obstacle.nodes, ...obstacle.alsoOn].filter((name) => !barred.has(name));
      if (names.length === 0) return [];
      const nodes = names.flatMap((name) => cache.node(name) ?? []);
      const resource = resourceOf(obstacle);
      const shortage = resource === undefined ? undefined : shortageOf(resource, nodes, info, cluster);
      const isTooSmall = shortage !== undefined && nodes.every((node) => sizeOf(node, shortage.resource) < shortage.asked);
      return [
        {
          plugin,
          reason,
          nodes: names.length,
          pools: [...new Set(names.map(poolOf))].sort(),
          ruledOut: isNature || isTooSmall,
          ...(shortage && { shortage }),
          facts: shortage === undefined ? facts : facts.filter(({ kind }) => kind !== 'resource' && kind !== 'pods'),
        },
      ];
    })
    .sort((a, b) => rank(a) - rank(b) || b.nodes - a.nodes);
};
