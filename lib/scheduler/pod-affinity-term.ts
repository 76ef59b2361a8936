import type { Namespace, PodAffinityTerm, PodSpec, WeightedPodAffinityTerm } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { compileSelector, nothing, type Selector } from './label-selector.js';

interface Placed {
  readonly namespace: string;
  readonly labels: Labels;
}

/** One term of pod affinity or anti-affinity, compiled for the namespace of the Pod that has it. */
export interface AffinityTerm {
  /** Terms with equal keys mean the same Pods. */
  readonly key: string;
  readonly topologyKey: string;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  /** 1 for required terms. */
  readonly weight: number;
}

/** The inter-pod affinity of a Pod. */
export interface PodAffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

const noTerms: PodAffinityTerms = {
  requiredAffinity: [],
  requiredAntiAffinity: [],
  preferredAffinity: [],
  preferredAntiAffinity: [],
};

/** Whether the term means the Pod. `namespaceLabels` are those of the Pod's namespace. */
export const termMatches = (term: AffinityTerm, pod: Placed, namespaceLabels: Labels): boolean =>
  (term.namespaces.has(pod.namespace) || term.namespaceSelector.matches(namespaceLabels)) && term.selector.matches(pod.labels);

const termKey = (namespaces: ReadonlySet<string>, namespaceSelector: Selector, selector: Selector): string =>
  `${[...namespaces].sort().join()} ${namespaceSelector.key} ${selector.key}`;

const compileTerm = (term: PodAffinityTerm, namespace: string, weight: number): AffinityTerm => {
  const { topologyKey, labelSelector } = term;
  const isLocal = (term.namespaces ?? []).length === 0 && term.namespaceSelector === undefined;
  const namespaces = new Set(isLocal ? [namespace] : term.namespaces);
  const namespaceSelector = term.namespaceSelector === undefined ? nothing : compileSelector(term.namespaceSelector);
  const selector = compileSelector(labelSelector);
  return { key: termKey(namespaces, namespaceSelector, selector), topologyKey, namespaces, namespaceSelector, selector, weight };
};

/** The term with the names of the namespaces that its selector means now. */
export const resolveNamespaces = (term: AffinityTerm, all: ReadonlyMap<string, Admitted<Namespace>>): AffinityTerm => {
  // A selector for all namespaces stays one: it means even those that do not exist as objects.
  if (term.namespaceSelector === nothing || term.namespaceSelector.empty) return term;
  const namespaces = new Set(term.namespaces);
  for (const [namespace, { metadata }] of all)
    if (term.namespaceSelector.matches(metadata.labels ?? {})) namespaces.add(namespace);
  return { ...term, key: termKey(namespaces, nothing, term.selector), namespaces, namespaceSelector: nothing };
};

export const compilePodAffinity = ({ affinity }: PodSpec, namespace: string): PodAffinityTerms => {
  const near = affinity?.podAffinity;
  const far = affinity?.podAntiAffinity;
  if (near === undefined && far === undefined) return noTerms;
  const required = (terms: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] =>
    (terms ?? []).map((term) => compileTerm(term, namespace, 1));
  const preferred = (terms: readonly WeightedPodAffinityTerm[] | undefined): readonly AffinityTerm[] =>
    (terms ?? []).map(({ podAffinityTerm, weight }) => compileTerm(podAffinityTerm, namespace, weight));
  return {
    requiredAffinity: required(near?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(far?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(near?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(far?.preferredDuringSchedulingIgnoredDuringExecution),
  };
};
