import type { Cache } from './cache.js';
import type { NodeRefusal } from './decision.js';
import type { Filter, Plugin } from './framework.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';

/** The filters of one scheduling cycle: what remains to be asked of each node once PreFilter has run. */
export class Cycle {
  readonly pod: PodInfo;
  readonly cache: Cache;
  /** Set when a PreFilter refused the Pod as a whole. */
  readonly refusal: NodeRefusal | undefined;
  readonly filters: readonly Filter[];

  constructor(pod: PodInfo, cache: Cache, filters: readonly Filter[], refusal?: NodeRefusal) {
    this.pod = pod;
    this.cache = cache;
    this.filters = filters;
    this.refusal = refusal;
  }

  /** The first refusal, in the order of the plugins. */
  filter(node: NodeInfo): NodeRefusal | undefined {
    for (const filter of this.filters) {
      const refusal = filter.filter(node);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /**
   * Filters as if Pods of at least the same priority that are nominated to the node ran there already, and then as if
   * they did not, because they may never come.
   */
  filterWithNominated(node: NodeInfo): NodeRefusal | undefined {
    if (this.cache.nominations.size > 0) {
      let dry: { readonly cycle: Cycle; readonly node: NodeInfo } | undefined;
      for (const nominated of this.cache.nominations.on(node.name)) {
        if (nominated.priority < this.pod.priority || nominated.key === this.pod.key) continue;
        dry ??= { cycle: this.clone(), node: node.clone() };
        dry.cycle.addPod(nominated, dry.node);
      }
      const refusal = dry?.cycle.filter(dry.node);
      if (refusal !== undefined) return refusal;
    }
    return this.filter(node);
  }

  /** A copy to try additions and evictions on. */
  clone(): Cycle {
    return new Cycle(
      this.pod,
      this.cache,
      this.filters.map((filter) => filter.clone?.() ?? filter),
      this.refusal,
    );
  }

  addPod(added: PodInfo, node: NodeInfo): void {
    node.addPod(added);
    for (const filter of this.filters) filter.addPod?.(added, node);
  }

  removePod(removed: PodInfo, node: NodeInfo): void {
    node.removePod(removed);
    for (const filter of this.filters) filter.removePod?.(removed, node);
  }
}

/** What PreFilter as a whole came to. */
export interface PreFilterRun {
  readonly cycle: Cycle;
  /** The only nodes that come into question, and the plugins that said so. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  readonly restrictedBy: readonly string[];
}

export const runPreFilter = (plugins: readonly Plugin[], pod: PodInfo, cache: Cache): PreFilterRun => {
  const filters: Filter[] = [];
  const restrictedBy: string[] = [];
  let nodeNames: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const result = plugin.preFilter?.(pod, cache);
    if (result === undefined) continue;
    if (!('filter' in result)) return { cycle: new Cycle(pod, cache, filters, result), nodeNames: undefined, restrictedBy: [] };
    filters.push(result);
    const restriction = result.nodeNames;
    if (restriction === undefined) continue;
    restrictedBy.push(plugin.name);
    nodeNames = nodeNames === undefined ? restriction : new Set([...nodeNames].filter((name) => restriction.has(name)));
  }
  return { cycle: new Cycle(pod, cache, filters), nodeNames, restrictedBy: restrictedBy.sort() };
};
