import { defaultPlugins, type Profile } from '../profile.js';

const rankOf: ReadonlyMap<string, number> = new Map(defaultPlugins.map(({ name }, rank) => [name, rank]));

/** Sums of weighted scores must stay exact in a ranking, see `Table`. */
const mostWeight = 1_000_000;

/**
 * Whether the fast engine knows the profile's way: all nodes are looked at, and the first plugin that refuses a node is the first in the
 * default order.
 */
export const isShareable = ({ plugins, percentageOfNodesToScore = 100 }: Profile): boolean => {
  const ranks = plugins.filter(({ preFilter }) => preFilter !== undefined).map(({ name }) => rankOf.get(name) ?? -1);
  const weight = plugins.reduce((sum, plugin) => sum + (plugin.weight ?? 1), 0);
  return (
    percentageOfNodesToScore >= 100 &&
    weight <= mostWeight &&
    plugins.every((plugin) => (plugin.weight ?? 1) > 0) &&
    ranks.every((rank, i) => i === 0 || rank > (ranks[i - 1] ?? 0))
  );
};
