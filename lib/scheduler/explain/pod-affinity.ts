import type { Affinity, PodAffinity, PodAffinityTerm, PodSpec } from '../../api/generated/types.js';
import type { Cache } from '../cache.js';
import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';
import { type AffinityTerm, resolveNamespaces, termMatches } from '../pod-affinity-term.js';
import type { PodInfo } from '../pod-info.js';
import type { Blocker, Fact, Remedy } from './explanation.js';
import { type Explainer, firstOf, once, podRef, type Question, type Refused } from './question.js';

type Side = 'podAffinity' | 'podAntiAffinity';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

const termText = ({ selector, namespaces, namespaceSelector }: AffinityTerm, own: string): string => {
  const elsewhere = [...namespaces].filter((name) => name !== own);
  const inNamespaces = namespaceSelector.empty
    ? ' of all namespaces'
    : elsewhere.length === 0
      ? ''
      : ` of ${elsewhere.join(', ')}`;
  return `${selector.empty ? 'any Pod' : selector.key}${inNamespaces}`;
};

/** Pods of the cluster that a term means, each with its domain. */
const meant = ({ pod, cache }: Question, term: AffinityTerm): readonly { readonly other: PodInfo; readonly domain: string }[] => {
  const resolved = resolveNamespaces(term, cache.lists['/Namespace']);
  return cache.nodes.flatMap((node) => {
    const domain = labelOf(node.labels, term.topologyKey);
    if (domain === undefined) return [];
    return [...node.pods.values()]
      .filter((other) => other.key !== pod.key && termMatches(resolved, other, cache.namespaceLabels(other.namespace)))
      .map((other) => ({ other, domain }));
  });
};

const blockersOf = (all: readonly { readonly other: PodInfo; readonly domain: string }[]): readonly Blocker[] =>
  all.map(({ other, domain }) => ({ object: podRef(other), at: domain }));

const fieldOf = (side: Side, index: number): string =>
  `affinity.${side}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`;

const domainsOf = (nodes: readonly NodeInfo[], key: string): ReadonlySet<string> =>
  new Set(nodes.flatMap(({ labels }) => labelOf(labels, key) ?? []));

/** The terms of the Pod's own anti-affinity that keep it off one of the nodes, with the Pods that they mean there. */
const ownAntiAffinity = (question: Question, nodes: readonly NodeInfo[]) =>
  question.pod.affinity.requiredAntiAffinity
    .map((term, index) => {
      const domains = domainsOf(nodes, term.topologyKey);
      return { term, index, blockers: meant(question, term).filter(({ domain }) => domains.has(domain)) };
    })
    .filter(({ blockers }) => blockers.length > 0);

const affinityFacts = (question: Question, { nodes }: Refused): readonly Fact[] =>
  question.pod.affinity.requiredAffinity.flatMap((term, index): readonly Fact[] => {
    const { first, more } = firstOf(blockersOf(meant(question, term)));
    const unlabelled = nodes.filter(({ labels }) => labelOf(labels, term.topologyKey) === undefined);
    return [
      {
        kind: 'affinity',
        field: fieldOf('podAffinity', index),
        term: termText(term, question.pod.namespace),
        topologyKey: term.topologyKey,
        found: first,
        more,
      },
      ...(unlabelled.length === 0
        ? []
        : [{ kind: 'noLabel', key: term.topologyKey, nodes: unlabelled.map(({ name }) => name) } as const]),
    ];
  });

/** Pods on nodes whose anti-affinity means the Pod, by term. */
const theirAntiAffinity = ({ pod, cache }: Question, nodes: readonly NodeInfo[]) => {
  const found = new Map<string, { readonly term: AffinityTerm; readonly namespace: string; readonly blockers: Blocker[] }>();
  const labels = cache.namespaceLabels(pod.namespace);
  for (const node of cache.nodes) {
    for (const other of node.podsWithRequiredAntiAffinity.values()) {
      for (const term of other.affinity.requiredAntiAffinity) {
        const domain = labelOf(node.labels, term.topologyKey);
        if (domain === undefined || !termMatches(term, pod, labels)) continue;
        if (!nodes.some((refused) => labelOf(refused.labels, term.topologyKey) === domain)) continue;
        const key = `${term.key} ${term.topologyKey} ${other.namespace}`;
        const known = found.get(key) ?? { term, namespace: other.namespace, blockers: [] };
        found.set(key, known);
        known.blockers.push({ object: podRef(other), at: domain });
      }
    }
  }
  return [...found.values()];
};

const termsIn = (spec: PodSpec, side: Side): readonly PodAffinityTerm[] =>
  spec.affinity?.[side]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

const withTerms = (spec: PodSpec, side: Side, to: (old: PodAffinity) => PodAffinity): PodSpec => {
  const affinity: Affinity = { ...spec.affinity, [side]: to(spec.affinity?.[side] ?? {}) };
  return { ...spec, affinity };
};

/** Make one required term a preferred one. */
const prefer = (spec: PodSpec, side: Side, index: number): PodSpec => {
  const term = termsIn(spec, side)[index];
  return withTerms(spec, side, (old) => ({
    requiredDuringSchedulingIgnoredDuringExecution: termsIn(spec, side).filter((_, at) => at !== index),
    preferredDuringSchedulingIgnoredDuringExecution: [
      ...(old.preferredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(term === undefined ? [] : [{ weight: 100, podAffinityTerm: term }]),
    ],
  }));
};

const withTopology = (spec: PodSpec, side: Side, index: number, topologyKey: string): PodSpec =>
  withTerms(spec, side, (old) => ({
    ...old,
    requiredDuringSchedulingIgnoredDuringExecution: termsIn(spec, side).map((term, at) =>
      at === index ? { ...term, topologyKey } : term,
    ),
  }));

const hasLabel = ({ nodes }: Cache, key: string): boolean => nodes.some(({ labels }) => labelOf(labels, key) !== undefined);

const termRemedies = ({ pod, cache }: Question, side: Side, index: number, term: AffinityTerm): readonly Remedy[] => {
  const what = side === 'podAffinity' ? 'affinity to' : 'anti-affinity to';
  const text = `${what} ${termText(term, pod.namespace)}`;
  const field = fieldOf(side, index);
  // Near is easier in a larger domain, apart in a smaller one.
  const other = side === 'podAffinity' ? zone : hostname;
  const changed =
    term.topologyKey === other || !hasLabel(cache, other)
      ? []
      : [
          once(4, {
            kind: 'template',
            text: `use the topologyKey ${other} instead of ${term.topologyKey} in the ${text}`,
            field: `${field}.topologyKey`,
            value: other,
            to: (spec) => withTopology(spec, side, index, other),
          }),
        ];
  return [
    ...changed,
    once(5, {
      kind: 'template',
      text: `make the required ${text} by ${term.topologyKey} a preferred one`,
      field,
      to: (spec) => prefer(spec, side, index),
    }),
  ];
};

/** InterPodAffinity: whom the Pod must be near or apart from, and who must be apart from it. */
export const podAffinity: Explainer = {
  facts(question, refused) {
    const { nodes, reason } = refused;
    if (reason.endsWith('pod affinity rules')) return affinityFacts(question, refused);
    if (reason.endsWith('pod anti-affinity rules')) {
      return ownAntiAffinity(question, nodes).map(({ term, index, blockers }): Fact => {
        const { first, more } = firstOf(blockersOf(blockers));
        return {
          kind: 'antiAffinity',
          whose: 'own',
          field: fieldOf('podAntiAffinity', index),
          term: termText(term, question.pod.namespace),
          topologyKey: term.topologyKey,
          blockers: first,
          more,
        };
      });
    }
    return theirAntiAffinity(question, nodes).map(({ term, namespace, blockers }): Fact => {
      const { first, more } = firstOf(blockers);
      return {
        kind: 'antiAffinity',
        whose: 'theirs',
        term: termText(term, namespace),
        topologyKey: term.topologyKey,
        blockers: first,
        more,
      };
    });
  },
  remedies(question, { nodes, reason }) {
    if (reason.endsWith('pod affinity rules'))
      return question.pod.affinity.requiredAffinity.flatMap((term, index) => termRemedies(question, 'podAffinity', index, term));
    return ownAntiAffinity(question, nodes).flatMap(({ term, index }) => termRemedies(question, 'podAntiAffinity', index, term));
  },
};
