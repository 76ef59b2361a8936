import type { LabelSelector, TopologySpreadConstraint } from '../api/generated/types.js';
import type { Labels } from '../api/selector.js';
import type { Cache } from './cache.js';
import { getOrInsert } from './get-or-insert.js';
import { compileSelector, nothing, type Selector } from './label-selector.js';
import { labelOf } from './labels.js';
import type { NodeInfo, PodQuery } from './node-info.js';
import type { PodInfo } from './pod-info.js';
import { toleratesAll } from './taints.js';

/** A topology spread constraint, compiled for one Pod. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  /** Whether the node's Pods count at all (nodeAffinityPolicy, nodeTaintsPolicy). */
  includes(node: NodeInfo): boolean;
  /** Pods of the node that count: same namespace, matching labels, not terminating. */
  count(node: NodeInfo): number;
  /** The same as a question about Pods; undefined when it counts nobody. */
  readonly counted: PodQuery | undefined;
  readonly honorsTaints: boolean;
  /** Whether every node's Pods count. */
  readonly includesAll: boolean;
}

/** PodTopologySpreadArgs of the profile: the constraints of Pods that have none, spread with the siblings of their Service or workload. */
export interface PodTopologySpreadArgs {
  readonly defaultConstraints: readonly TopologySpreadConstraint[];
  /** The constraints are the system's own, which spread over hosts even where nodes have no zone. */
  readonly isSystemDefaulted: boolean;
}

const systemDefaults: readonly TopologySpreadConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

const compile = (constraint: TopologySpreadConstraint, pod: PodInfo, selector: Selector): SpreadConstraint => {
  const { requiredNodeAffinity, tolerations, namespace } = pod;
  const honorsAffinity = (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor' && requiredNodeAffinity !== undefined;
  const honorsTaints = constraint.nodeTaintsPolicy === 'Honor';
  const counted: PodQuery = {
    key: `spread ${namespace} ${selector.key}`,
    pairs: selector.pairs,
    matches: (other) => !other.terminating && other.namespace === namespace && selector.matches(other.labels),
  };
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: constraint.minDomains ?? 1,
    selector,
    includes: (node) =>
      (!honorsAffinity || requiredNodeAffinity(node)) && (!honorsTaints || toleratesAll(tolerations, node.hardTaints)),
    // A selector for everything matches the Pod itself, but counts nobody.
    count: (node) => (selector.empty ? 0 : node.countPods(counted)),
    counted: selector.empty || selector === nothing ? undefined : counted,
    honorsTaints,
    includesAll: !honorsAffinity && !honorsTaints,
  };
};

/** The Pod's own constraints that are to be met `DoNotSchedule` or `ScheduleAnyway`. */
export const spreadConstraints = (pod: PodInfo, whenUnsatisfiable: string): readonly SpreadConstraint[] =>
  (pod.spec.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => compile(constraint, pod, compileSelector(constraint.labelSelector)));

/** The selector of the controller that the Pod belongs to, if it is of a kind that spreads. */
export const controllerSelector = ({ pod, namespace }: PodInfo, { workloads }: Cache): LabelSelector | undefined => {
  const owners = pod.metadata.ownerReferences;
  for (let index = 0; owners !== undefined && index < owners.length; index++) {
    const owner = owners[index];
    if (owner?.controller !== true) continue;
    const { apiVersion, kind, name } = owner;
    if (apiVersion === 'apps/v1' && (kind === 'ReplicaSet' || kind === 'StatefulSet'))
      return workloads.get(kind, namespace, name)?.spec?.selector;
    if (apiVersion === 'v1' && kind === 'ReplicationController')
      return labelsSelector(workloads.get(kind, namespace, name)?.spec?.selector);
    return undefined;
  }
  return undefined;
};

const labelSelectors = new WeakMap<Labels, LabelSelector>();

const labelsSelector = (labels: Labels | undefined): LabelSelector | undefined =>
  labels && getOrInsert(labelSelectors, labels, () => ({ matchLabels: labels }));

/** What together selects the Pod and its siblings: the selectors of its Services and of its controller. */
export const siblingSelectors = (pod: PodInfo, cache: Cache): readonly LabelSelector[] => {
  const services = cache.servicesOf(pod.namespace, pod.labels).map(({ spec }) => labelsSelector(spec?.selector));
  return [...services, controllerSelector(pod, cache)].filter((selector) => selector !== undefined);
};

export const systemDefaulting: PodTopologySpreadArgs = { defaultConstraints: systemDefaults, isSystemDefaulted: true };

/** The constraints of a Pod that has none of its own; `siblings` selects those whom it is spread with. */
export const defaultSpreadConstraints = (
  pod: PodInfo,
  whenUnsatisfiable: string,
  siblings: Selector,
  { defaultConstraints }: PodTopologySpreadArgs,
): readonly SpreadConstraint[] =>
  siblings.empty
    ? []
    : defaultConstraints
        .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
        .map((constraint) => compile(constraint, pod, siblings));

export const hasOwnConstraints = ({ spec }: PodInfo): boolean => (spec.topologySpreadConstraints ?? []).length > 0;

export const hasAllTopologies = (node: NodeInfo, constraints: readonly SpreadConstraint[]): boolean =>
  constraints.every(({ topologyKey }) => labelOf(node.labels, topologyKey) !== undefined);
