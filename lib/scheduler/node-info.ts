import type { Node, Taint } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { HostPorts } from './host-ports.js';
import { labelPairs } from './labels.js';
import type { PodInfo } from './pod-info.js';
import { allocatableOf, type Resource } from './resource.js';

const noScalars: ReadonlyMap<string, number> = new Map();
const noPods: ReadonlyMap<string, PodInfo> = new Map();
const noHostPorts = new HostPorts();

/** Sums over the Pods of a node. */
class Requested {
  milliCPU = 0;
  memory = 0;
  ephemeralStorage = 0;
  /** Made when first needed: most nodes have none. */
  #scalars: Map<string, number> | undefined;

  get scalars(): ReadonlyMap<string, number> {
    return this.#scalars ?? noScalars;
  }

  add(resource: Resource, sign: 1 | -1): void {
    this.milliCPU += sign * resource.milliCPU;
    this.memory += sign * resource.memory;
    this.ephemeralStorage += sign * resource.ephemeralStorage;
    if (resource.scalars.size === 0) return;
    this.#scalars ??= new Map();
    for (const [name, amount] of resource.scalars) this.#scalars.set(name, (this.#scalars.get(name) ?? 0) + sign * amount);
  }
}

/** A question about the Pods of a node. */
export interface PodQuery {
  /** Queries with equal keys count the same Pods. */
  readonly key: string;
  /** Labels, as `key=value`, that every Pod has which counts. */
  readonly pairs: readonly string[];
  matches(pod: PodInfo): boolean;
}

const countLabels = (counts: Map<string, number>, labels: Labels, sign: 1 | -1): void => {
  for (const pair of labelPairs(labels)) {
    const count = (counts.get(pair) ?? 0) + sign;
    if (count > 0) counts.set(pair, count);
    else counts.delete(pair);
  }
};

/** Whether nothing that matters to Pods has changed: nodes report in all the time. */
export const isSameToPods = (before: Admitted<Node>, after: Admitted<Node>): boolean =>
  before.spec === after.spec &&
  before.metadata.labels === after.metadata.labels &&
  before.status?.allocatable === after.status?.allocatable &&
  before.status?.capacity === after.status?.capacity &&
  before.status?.images === after.status?.images &&
  before.status?.declaredFeatures === after.status?.declaredFeatures;

/** A node with the sums over its Pods that filters and scores need, kept as Pods come and go. */
export class NodeInfo {
  readonly node: Admitted<Node>;
  readonly name: string;
  readonly labels: Labels;
  readonly unschedulable: boolean;
  /** Taints of effect NoSchedule and NoExecute. */
  readonly hardTaints: readonly Taint[];
  /** Taints of effect PreferNoSchedule. */
  readonly softTaints: readonly Taint[];
  readonly allocatable: Resource & { readonly pods: number };
  readonly pods = new Map<string, PodInfo>();
  #podsWithAffinity: Map<string, PodInfo> | undefined;
  #podsWithRequiredAntiAffinity: Map<string, PodInfo> | undefined;
  readonly requested = new Requested();
  /** CPU and memory where a container without a request counts with a default one. */
  nonZeroMilliCPU = 0;
  nonZeroMemory = 0;
  #hostPorts: HostPorts | undefined;
  /** How many Pods of the node a query counts, by its key; void once Pods change. */
  #counts: Map<string, number> | undefined;
  /** How many Pods of the node have a label; made when first asked for. */
  #labelCounts: Map<string, number> | undefined;

  constructor(node: Admitted<Node>, allocatable = allocatableOf(node.status?.allocatable ?? node.status?.capacity ?? {})) {
    const taints = node.spec?.taints ?? [];
    this.node = node;
    this.name = node.metadata.name;
    this.labels = node.metadata.labels ?? {};
    this.unschedulable = node.spec?.unschedulable === true;
    this.hardTaints = taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
    this.softTaints = taints.filter(({ effect }) => effect === 'PreferNoSchedule');
    this.allocatable = allocatable;
  }

  get podsWithAffinity(): ReadonlyMap<string, PodInfo> {
    return this.#podsWithAffinity ?? noPods;
  }

  get podsWithRequiredAntiAffinity(): ReadonlyMap<string, PodInfo> {
    return this.#podsWithRequiredAntiAffinity ?? noPods;
  }

  get hostPorts(): HostPorts {
    return this.#hostPorts ?? noHostPorts;
  }

  addPod(pod: PodInfo): void {
    this.replacePod(pod);
    if (pod.hostPorts.length > 0) {
      this.#hostPorts ??= new HostPorts();
      this.#hostPorts.add(pod.hostPorts);
    }
    this.#account(pod, 1);
  }

  /** Takes the place of a Pod that counted alike. */
  replacePod(pod: PodInfo): void {
    this.pods.set(pod.key, pod);
    if (!pod.hasPodAffinity) return;
    this.#podsWithAffinity ??= new Map();
    this.#podsWithAffinity.set(pod.key, pod);
    if (pod.affinity.requiredAntiAffinity.length === 0) return;
    this.#podsWithRequiredAntiAffinity ??= new Map();
    this.#podsWithRequiredAntiAffinity.set(pod.key, pod);
  }

  removePod(pod: PodInfo): void {
    if (!this.pods.delete(pod.key)) return;
    this.#podsWithAffinity?.delete(pod.key);
    this.#podsWithRequiredAntiAffinity?.delete(pod.key);
    this.#hostPorts?.remove(pod.hostPorts);
    this.#account(pod, -1);
  }

  #account(pod: PodInfo, sign: 1 | -1): void {
    this.requested.add(pod.held, sign);
    this.nonZeroMilliCPU += sign * pod.held.nonZeroMilliCPU;
    this.nonZeroMemory += sign * pod.held.nonZeroMemory;
    this.#counts?.clear();
    if (this.#labelCounts !== undefined) countLabels(this.#labelCounts, pod.labels, sign);
  }

  /** How many Pods the query counts, remembered until a Pod comes or goes. */
  countPods({ key, pairs, matches }: PodQuery): number {
    if (this.pods.size === 0 || !this.#hasLabels(pairs)) return 0;
    const known = this.#counts?.get(key);
    if (known !== undefined) return known;
    let count = 0;
    for (const pod of this.pods.values()) if (matches(pod)) count++;
    this.#counts ??= new Map();
    this.#counts.set(key, count);
    return count;
  }

  /** Most labels are on Pods of few nodes, so most questions end here. */
  #hasLabels(pairs: readonly string[]): boolean {
    if (this.#labelCounts === undefined) {
      this.#labelCounts = new Map();
      for (const { labels } of this.pods.values()) countLabels(this.#labelCounts, labels, 1);
    }
    for (const pair of pairs) if (!this.#labelCounts.has(pair)) return false;
    return true;
  }

  /** A copy to try evictions on. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.node, this.allocatable);
    for (const pod of this.pods.values()) copy.addPod(pod);
    return copy;
  }
}
