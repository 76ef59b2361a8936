import { getOrInsert } from './get-or-insert.js';
import { labelOf } from './labels.js';
import type { NodeInfo } from './node-info.js';

const minFeasibleNodes = 100;
const minPercentage = 5;

/** How many feasible nodes end the search; `percentage` 0 leaves it to the size of the cluster: 50 % of small ones, 5 % of the largest. */
const feasibleNodesToFind = (nodes: number, percentage: number): number => {
  if (nodes < minFeasibleNodes) return nodes;
  const share = percentage === 0 ? Math.max(50 - Math.trunc(nodes / 125), minPercentage) : percentage;
  return Math.max(Math.trunc((nodes * share) / 100), minFeasibleNodes);
};

const regionLabel = 'topology.kubernetes.io/region';
const zoneLabel = 'topology.kubernetes.io/zone';

/** Nodes of all zones in turn, so that a sample has nodes of every zone. Zones and their nodes in ascending order of names. */
const inTurn = (nodes: readonly NodeInfo[]): readonly NodeInfo[] => {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = `${labelOf(node.labels, regionLabel) ?? ''}\n${labelOf(node.labels, zoneLabel) ?? ''}`;
    getOrInsert(zones, zone, (): NodeInfo[] => []).push(node);
  }
  const all = [...zones.values()];
  const longest = all.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, i) => all.flatMap((zone) => zone[i] ?? [])).flat();
};

/**
 * kube-scheduler's sampling of nodes (percentageOfNodesToScore): the search ends when enough nodes fit, and the next Pod's begins where it
 * ended. kube-scheduler begins somewhere and searches in parallel; here the first search begins at the first node, and nodes are looked at one
 * by one, so that the same input has the same outcome.
 */
export class NodeSampling {
  #next = 0;
  #nodes: readonly NodeInfo[] = [];
  #inTurn: readonly NodeInfo[] = [];

  /** Calls `fits` for nodes until enough have. `nodes`: all of the cluster; `only`: those that come into question, if not all. */
  search(
    nodes: readonly NodeInfo[],
    only: ReadonlySet<string> | undefined,
    percentage: number,
    fits: (node: NodeInfo) => boolean,
  ): void {
    if (this.#nodes !== nodes) {
      this.#nodes = nodes;
      this.#inTurn = inTurn(nodes);
    }
    const all = only === undefined ? this.#inTurn : nodes.filter(({ name }) => only.has(name));
    const enough = feasibleNodesToFind(all.length, percentage);
    const start = this.#next;
    let found = 0;
    let seen = 0;
    for (; seen < all.length && found < enough; seen++) {
      const node = all[(start + seen) % all.length];
      if (node !== undefined && fits(node)) found++;
    }
    if (nodes.length > 0) this.#next = (start + seen) % nodes.length;
  }
}
