import type {
  LabelSelector,
  Pod,
  PodAffinity,
  PodAffinityTerm,
  PodAntiAffinity,
  PodSpec,
  TopologySpreadConstraint,
} from './generated/types.js';
import type { Labels } from './selector.js';

const withKeys = (
  selector: LabelSelector | undefined,
  labels: Labels,
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
): LabelSelector | undefined => {
  const present = (keys ?? []).filter((key) => Object.hasOwn(labels, key));
  if (selector === undefined || present.length === 0) return selector;
  const merged = present.map((key) => ({ key, operator, values: [labels[key] ?? ''] }));
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...merged] };
};

const hasKeys = ({ topologySpreadConstraints, affinity }: PodSpec): boolean =>
  topologySpreadConstraints?.some(({ matchLabelKeys }) => matchLabelKeys !== undefined) === true ||
  [affinity?.podAffinity, affinity?.podAntiAffinity].some((side) =>
    [
      ...(side?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ].some(({ matchLabelKeys, mismatchLabelKeys }) => matchLabelKeys !== undefined || mismatchLabelKeys !== undefined),
  );

const merge = (spec: PodSpec, labels: Labels): PodSpec => {
  const term = (one: PodAffinityTerm): PodAffinityTerm => ({
    ...one,
    labelSelector: withKeys(
      withKeys(one.labelSelector, labels, one.matchLabelKeys, 'In'),
      labels,
      one.mismatchLabelKeys,
      'NotIn',
    ),
  });
  const side = (terms: PodAffinity | PodAntiAffinity): PodAffinity => ({
    requiredDuringSchedulingIgnoredDuringExecution: terms.requiredDuringSchedulingIgnoredDuringExecution?.map(term),
    preferredDuringSchedulingIgnoredDuringExecution: terms.preferredDuringSchedulingIgnoredDuringExecution?.map((one) => ({
      ...one,
      podAffinityTerm: term(one.podAffinityTerm),
    })),
  });
  const constraint = (one: TopologySpreadConstraint): TopologySpreadConstraint => ({
    ...one,
    labelSelector: withKeys(one.labelSelector, labels, one.matchLabelKeys, 'In'),
  });
  const { affinity, topologySpreadConstraints } = spec;
  return {
    ...spec,
    topologySpreadConstraints: topologySpreadConstraints?.map(constraint),
    affinity: affinity && {
      ...affinity,
      ...(affinity.podAffinity && { podAffinity: side(affinity.podAffinity) }),
      ...(affinity.podAntiAffinity && { podAntiAffinity: side(affinity.podAntiAffinity) }),
    },
  };
};

interface Merged {
  readonly labels: Labels;
  readonly spec: PodSpec;
}

/** Pods of one template have equal labels and share the spec that comes of them. */
const known = new WeakMap<PodSpec, Merged>();

/**
 * A new Pod as the server stores it: `matchLabelKeys` and `mismatchLabelKeys` of its topology spread and its affinity become requirements of
 * their selectors, with the Pod's own labels (KEP-3633, KEP-3243). The same object when there are none.
 */
export const withLabelKeys = <P extends Pod>(pod: P): P => {
  const { spec, metadata } = pod;
  if (spec === undefined || (spec.topologySpreadConstraints === undefined && spec.affinity === undefined) || !hasKeys(spec))
    return pod;
  const labels = metadata?.labels ?? {};
  const merged = known.get(spec);
  if (merged?.labels === labels) return { ...pod, spec: merged.spec };
  const made = merge(spec, labels);
  known.set(spec, { labels, spec: made });
  return { ...pod, spec: made };
};
