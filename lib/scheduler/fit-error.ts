import type { NodeRefusal } from './decision.js';

/** kube-scheduler's FitError: how many nodes refused for which reason. `absent` are the reasons of nodes without an answer of their own. */
export const fitErrorMessage = (
  total: number,
  nodes: ReadonlyMap<string, NodeRefusal>,
  absent: readonly string[] = [],
): string => {
  const histogram = new Map<string, number>();
  const count = (reasons: readonly string[], times: number): void => {
    for (const reason of reasons) histogram.set(reason, (histogram.get(reason) ?? 0) + times);
  };
  for (const refusal of nodes.values()) count(refusal.reasons, 1);
  if (nodes.size < total) count(absent, total - nodes.size);
  const parts = [...histogram].map(([reason, times]) => `${times} ${reason}`).sort();
  return `0/${total} nodes are available:${parts.length === 0 ? '' : ` ${parts.join(', ')}.`}`;
};

/** The FitError of a Pod that PreFilter refused as a whole. */
export const preFilterMessage = (total: number, refusal: NodeRefusal): string =>
  `0/${total} nodes are available: ${refusal.reasons.join(', ')}.`;
