import type { NodeRefusal } from './decision.js';

/** kube-scheduler's FitError: of `total` nodes, how many refused for which reason. */
export const fitErrorText = (total: number, reasons: ReadonlyMap<string, number>): string => {
  const parts = [...reasons].map(([reason, times]) => `${times} ${reason}`).sort();
  return `0/${total} nodes are available:${parts.length === 0 ? '' : ` ${parts.join(', ')}.`}`;
};

/** Counts `times` nodes that refused for these reasons. */
export const countReasons = (counts: Map<string, number>, reasons: readonly string[], times: number): void => {
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + times);
};

/** The FitError of these refusals. `absent` are the reasons of nodes without an answer of their own. */
export const fitErrorMessage = (
  total: number,
  nodes: ReadonlyMap<string, NodeRefusal>,
  absent: readonly string[] = [],
): string => {
  const counts = new Map<string, number>();
  for (const refusal of nodes.values()) countReasons(counts, refusal.reasons, 1);
  if (nodes.size < total) countReasons(counts, absent, total - nodes.size);
  return fitErrorText(total, counts);
};

/** The FitError of a Pod that PreFilter refused as a whole. */
export const preFilterMessage = (total: number, refusal: NodeRefusal): string =>
  `0/${total} nodes are available: ${refusal.reasons.join(', ')}.`;
