import type * as k8s from '../../api/generated/types.js';
import { type Labels, resolveTarget, type Target, whenKnown } from '../target.js';
import { type Topology, topologyKey } from './topology.js';

export interface Spread
  extends Omit<k8s.TopologySpreadConstraint, 'topologyKey' | 'maxSkew' | 'whenUnsatisfiable' | 'labelSelector'> {
  readonly over: Topology;
  /** How much the domains may differ. Default: 1. */
  readonly maxSkew?: number | undefined;
  /** Default: DoNotSchedule. */
  readonly whenUnsatisfiable?: 'DoNotSchedule' | 'ScheduleAnyway' | undefined;
}

/** Other Pods to be near to or apart from. With a `weight` (1 to 100) it is a wish, without one a condition. */
export type Neighbour = Target | { readonly pods: Target; readonly over?: Topology; readonly weight?: number };

/** Where the Pods run. Everything here becomes the plain fields of the Pod spec, which are available beside it. */
export interface Schedule {
  /** Only nodes with all of these labels. */
  readonly nodeSelector?: Labels | undefined;
  /** Taints that do not matter: `key=value:Effect`, `key=value`, `key:Effect`, `key` as kubectl writes them, `*` for all, or a plain toleration. */
  readonly tolerate?: readonly (string | k8s.Toleration)[] | undefined;
  /** Evenly over zones, nodes, or the values of a node label. */
  readonly spreadOver?: Topology | Spread | readonly (Topology | Spread)[] | undefined;
  /** At most one Pod of this workload in each zone, on each node, or for each value of a node label. */
  readonly onePer?: Topology | undefined;
  /** In the same zone (node, ...) as these Pods; default `node`. */
  readonly near?: readonly Neighbour[] | undefined;
  /** Not on the same node (in the same zone, ...) as these Pods; default `node`. */
  readonly apartFrom?: readonly Neighbour[] | undefined;
  /** The plain affinity; what is above is added to it. */
  readonly affinity?: k8s.Affinity | undefined;
}

/** `dedicated=db:NoSchedule` -> the toleration for that taint. */
const toleration = (taint: string): k8s.Toleration => {
  if (taint === '*') return { operator: 'Exists' };
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/.exec(taint) ?? [undefined, taint];
  return {
    key,
    ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(effect === undefined || effect === '' ? {} : { effect }),
  };
};

const spreadConstraint = (spread: Topology | Spread, own: Labels): k8s.TopologySpreadConstraint => {
  const {
    over,
    maxSkew = 1,
    whenUnsatisfiable = 'DoNotSchedule',
    ...rest
  }: Spread = typeof spread === 'string' ? { over: spread } : spread;
  return { maxSkew, topologyKey: topologyKey(over), whenUnsatisfiable, labelSelector: { matchLabels: own }, ...rest };
};

const affinityTerm = (pods: Target, over: Topology, namespace: string | undefined): k8s.PodAffinityTerm => {
  const target = resolveTarget(pods);
  const elsewhere = target.namespace !== undefined && target.namespace !== namespace;
  return {
    labelSelector: { matchLabels: whenKnown(target.known, () => target.labels()) },
    ...(elsewhere ? { namespaces: [target.namespace] } : {}),
    topologyKey: topologyKey(over),
  };
};

interface Terms {
  readonly required: k8s.PodAffinityTerm[];
  readonly preferred: k8s.WeightedPodAffinityTerm[];
}

const terms = (neighbours: readonly Neighbour[], namespace: string | undefined): Terms => {
  const all: Terms = { required: [], preferred: [] };
  for (const neighbour of neighbours) {
    const { pods, over = 'node', weight } = 'pods' in neighbour ? neighbour : { pods: neighbour };
    const term = affinityTerm(pods, over, namespace);
    if (weight === undefined) all.required.push(term);
    else all.preferred.push({ weight, podAffinityTerm: term });
  }
  return all;
};

/** PodAffinity and PodAntiAffinity have the same shape. */
const withTerms = (plain: k8s.PodAffinity | undefined, { required, preferred }: Terms): k8s.PodAffinity | undefined => {
  if (required.length + preferred.length === 0) return plain;
  const conditions = [...(plain?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...required];
  const wishes = [...(plain?.preferredDuringSchedulingIgnoredDuringExecution ?? []), ...preferred];
  return {
    ...(conditions.length > 0 ? { requiredDuringSchedulingIgnoredDuringExecution: conditions } : {}),
    ...(wishes.length > 0 ? { preferredDuringSchedulingIgnoredDuringExecution: wishes } : {}),
  };
};

type Scheduling = Pick<k8s.PodSpec, 'nodeSelector' | 'affinity' | 'tolerations' | 'topologySpreadConstraints'>;

/** The plain fields of the Pod spec. `own` gives the labels of the Pods themselves (and makes them, where a Pod had none). */
export const scheduling = (
  schedule: Schedule,
  plain: Scheduling,
  own: () => Labels,
  namespace: string | undefined,
): Scheduling => {
  const { nodeSelector, tolerate = [], spreadOver = [], onePer, near = [], apartFrom = [], affinity = plain.affinity } = schedule;
  const spreads: readonly (Topology | Spread)[] =
    typeof spreadOver === 'string' || 'over' in spreadOver ? [spreadOver] : spreadOver;
  const apart = terms(apartFrom, namespace);
  if (onePer !== undefined) apart.required.unshift({ labelSelector: { matchLabels: own() }, topologyKey: topologyKey(onePer) });

  const { nodeAffinity } = affinity ?? {};
  const podAffinity = withTerms(affinity?.podAffinity, terms(near, namespace));
  const podAntiAffinity = withTerms(affinity?.podAntiAffinity, apart);
  const tolerations = [
    ...(plain.tolerations ?? []),
    ...tolerate.map((each) => (typeof each === 'string' ? toleration(each) : each)),
  ];
  const topologySpreadConstraints = [
    ...(plain.topologySpreadConstraints ?? []),
    ...spreads.map((spread) => spreadConstraint(spread, own())),
  ];
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector: { ...plain.nodeSelector, ...nodeSelector } }),
    ...((nodeAffinity ?? podAffinity ?? podAntiAffinity) ? { affinity: { nodeAffinity, podAffinity, podAntiAffinity } } : {}),
    ...(tolerations.length > 0 ? { tolerations } : {}),
    ...(topologySpreadConstraints.length > 0 ? { topologySpreadConstraints } : {}),
  };
};
