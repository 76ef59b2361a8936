import type { Cache } from '../cache.js';
import { nothing } from '../label-selector.js';
import { type Group, groupOf } from '../plugins/inter-pod-affinity.js';
import type { PodInfo } from '../pod-info.js';

/** Other Pods that the Pod wants near or far, as groups that a query counts. */
export interface Neighbours {
  readonly near: Group;
  readonly far: readonly Group[];
  readonly preferred: readonly { readonly group: Group; readonly topologyKey: string; readonly weight: number }[];
  /** Tells neighbours of one class apart; empty when they are always the same. */
  readonly key: string;
}

export const neighboursOf = ({ affinity }: PodInfo, cache: Cache): Neighbours => {
  const near = groupOf(affinity.requiredAffinity, cache);
  const far = affinity.requiredAntiAffinity.map((term) => groupOf([term], cache));
  const preferred = [
    ...affinity.preferredAffinity.map((term) => ({ term, weight: term.weight })),
    ...affinity.preferredAntiAffinity.map((term) => ({ term, weight: -term.weight })),
  ].map(({ term, weight }) => ({ group: groupOf([term], cache), topologyKey: term.topologyKey, weight }));
  const selects = Object.values(affinity).some((terms: PodInfo['affinity']['requiredAffinity']) =>
    terms.some(({ namespaceSelector }) => namespaceSelector !== nothing && !namespaceSelector.empty),
  );
  const key = selects ? [near, ...far, ...preferred.map(({ group }) => group)].map((group) => group.key).join('\n') : '';
  return { near, far, preferred, key };
};
