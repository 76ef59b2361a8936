import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';

/** The domains of one topology key, numbered. */
export interface Topology {
  readonly key: string;
  /** Per node its domain; -1 where the node lacks the label. */
  readonly domainOf: Int32Array;
  /** How many domains there are. */
  readonly size: number;
  /** Every node has the label. */
  readonly isWhole: boolean;
  /** No two nodes share a domain, as with hostnames. */
  readonly isPerNode: boolean;
  /** The domain of nodes whose label is the empty text; -1 if there is none. */
  readonly unnamed: number;
}

export const topologyOf = (key: string, nodes: readonly NodeInfo[]): Topology => {
  const domains = new Map<string, number>();
  const domainOf = new Int32Array(nodes.length);
  let labelled = 0;
  for (const [i, { labels }] of nodes.entries()) {
    const value = labelOf(labels, key);
    let domain = value === undefined ? -1 : domains.get(value);
    if (value !== undefined) labelled++;
    if (value !== undefined && domain === undefined) {
      domain = domains.size;
      domains.set(value, domain);
    }
    domainOf[i] = domain ?? -1;
  }
  const isWhole = labelled === nodes.length;
  return { key, domainOf, size: domains.size, isWhole, isPerNode: domains.size === labelled, unnamed: domains.get('') ?? -1 };
};
