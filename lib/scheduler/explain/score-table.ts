import type { Cache } from '../cache.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';
import type { Profile } from '../profile.js';

/** What one plugin gives a node. */
interface PluginScore {
  readonly plugin: string;
  readonly weight: number;
  /** As the plugin counts; then between 0 and 100 in comparison with the other nodes; then times the weight. */
  readonly raw: number;
  readonly normalized: number;
  readonly weighted: number;
}

/** A node that passed all filters. */
export interface NodeScore {
  readonly node: string;
  readonly total: number;
  readonly plugins: readonly PluginScore[];
}

/** How the profile's plugins score the nodes, best first; equal ones by name, of which the scheduler takes the first. */
export const scoreTable = (
  pod: PodInfo,
  feasible: readonly NodeInfo[],
  cache: Cache,
  { plugins }: Profile,
): readonly NodeScore[] => {
  const rows = feasible.map((): PluginScore[] => []);
  for (const { name: plugin, weight = 1, preScore } of plugins) {
    const score = preScore?.(pod, feasible, cache);
    if (score === undefined) continue;
    const raw = feasible.map((node) => score.score(node));
    const normalized = [...raw];
    score.normalizeScore?.(normalized, feasible);
    for (const [i, row] of rows.entries()) {
      const scaled = normalized[i] ?? 0;
      row.push({ plugin, weight, raw: raw[i] ?? 0, normalized: scaled, weighted: scaled * weight });
    }
  }
  return feasible
    .map(({ name: node }, i): NodeScore => {
      const scores = rows[i] ?? [];
      return { node, total: scores.reduce((sum, { weighted }) => sum + weighted, 0), plugins: scores };
    })
    .sort((a, b) => b.total - a.total);
};

/** By how many points each plugin puts one node before another, what counts most first. */
export const differences = (one: NodeScore, other: NodeScore): readonly { readonly plugin: string; readonly points: number }[] =>
  one.plugins
    .map(({ plugin, weighted }, i) => ({ plugin, points: weighted - (other.plugins[i]?.weighted ?? 0) }))
    .filter(({ points }) => points !== 0)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
