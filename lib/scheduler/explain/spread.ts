import type { PodSpec, TopologySpreadConstraint } from '../../api/generated/types.js';
import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';
import { toleratesAll } from '../taints.js';
import { hasAllTopologies, hasOwnConstraints, type SpreadConstraint, spreadConstraints } from '../topology-spread.js';
import type { Edit, Fact, Remedy, SpreadDomain } from './explanation.js';
import { type Explainer, easiest, once, type Question, tally } from './question.js';

/** A hard constraint of the Pod, where it stands in the spec, and how its domains are filled. */
interface Measured {
  readonly constraint: SpreadConstraint;
  readonly index: number;
  /** The emptiest first. */
  readonly domains: readonly SpreadDomain[];
  /** The largest skew of the domains in which nodes were refused. */
  readonly skew: number;
}

/** Where the hard constraints stand in the list of all. */
const indicesOf = (spec: PodSpec): readonly number[] =>
  (spec.topologySpreadConstraints ?? []).flatMap(({ whenUnsatisfiable }, index) =>
    whenUnsatisfiable === 'DoNotSchedule' ? [index] : [],
  );

const measure = ({ pod, cache }: Question, refused: readonly NodeInfo[]): readonly Measured[] => {
  const constraints = hasOwnConstraints(pod) ? spreadConstraints(pod, 'DoNotSchedule') : [];
  const indices = indicesOf(pod.spec);
  return constraints.map((constraint, at): Measured => {
    const { topologyKey, minDomains, selector } = constraint;
    const counts = new Map<string, { pods: number; nodes: number }>();
    for (const node of cache.nodes) {
      const domain = labelOf(node.labels, topologyKey);
      if (domain === undefined || !hasAllTopologies(node, constraints) || !constraint.includes(node)) continue;
      const known = counts.get(domain) ?? { pods: 0, nodes: 0 };
      counts.set(domain, known);
      known.pods += constraint.count(node);
      known.nodes++;
    }
    let fewest = counts.size < minDomains ? 0 : Number.POSITIVE_INFINITY;
    for (const { pods } of counts.values()) fewest = Math.min(fewest, pods);
    const self = selector.matches(pod.labels) ? 1 : 0;
    const domains = [...counts]
      .map(([domain, { pods, nodes }]): SpreadDomain => ({ domain, pods, skew: pods + self - fewest, nodes }))
      .sort((a, b) => a.pods - b.pods || (a.domain < b.domain ? -1 : 1));
    const inQuestion = new Set(refused.map(({ labels }) => labelOf(labels, topologyKey)));
    const fullest = domains.findLast(({ domain }) => inQuestion.has(domain));
    return { constraint, index: indices[at] ?? at, domains, skew: fullest?.skew ?? 0 };
  });
};

const fieldOf = (index: number): string => `topologySpreadConstraints[${index}]`;

const withConstraint = (
  spec: PodSpec,
  index: number,
  to: (old: TopologySpreadConstraint) => TopologySpreadConstraint,
): PodSpec => ({
  ...spec,
  topologySpreadConstraints: (spec.topologySpreadConstraints ?? []).map((one, at) => (at === index ? to(one) : one)),
});

const edit = (index: number, name: keyof TopologySpreadConstraint, value: string | number, text: string): Edit => ({
  kind: 'template',
  text,
  field: `${fieldOf(index)}.${name}`,
  value,
  to: (spec) => withConstraint(spec, index, (old) => ({ ...old, [name]: value })),
});

/** Nodes whose Pods count though the Pod could not run there: their empty domains hold all others back. */
const countsTainted = ({ pod, cache }: Question, { honorsTaints }: SpreadConstraint): boolean =>
  !honorsTaints && cache.nodes.some(({ hardTaints }) => !toleratesAll(pod.tolerations, hardTaints));

const remediesOf = (question: Question, { constraint, index, domains, skew }: Measured): readonly Remedy[] => {
  const { topologyKey, maxSkew, minDomains } = constraint;
  const over = skew - maxSkew;
  if (over <= 0) return [];
  return [
    {
      steps: over,
      cost: (step) => 2 + step,
      at: (step) => edit(index, 'maxSkew', maxSkew + step, `allow a maxSkew of ${maxSkew + step} over ${topologyKey}`),
    },
    ...(domains.length < minDomains
      ? [
          once(
            2,
            edit(
              index,
              'minDomains',
              domains.length,
              `ask for minDomains ${domains.length}: there are no more domains of ${topologyKey}`,
            ),
          ),
        ]
      : []),
    ...(countsTainted(question, constraint)
      ? [
          once(
            2,
            edit(
              index,
              'nodeTaintsPolicy',
              'Honor',
              `set nodeTaintsPolicy: Honor for ${topologyKey}, so that tainted nodes do not count as domains`,
            ),
          ),
        ]
      : []),
    once(
      5,
      edit(index, 'whenUnsatisfiable', 'ScheduleAnyway', `spread over ${topologyKey} only as a preference (ScheduleAnyway)`),
    ),
  ];
};

/** A domain for a node that has none: that with the fewest nodes. */
const labelRemedies = (question: Question, keys: readonly string[], nodes: readonly NodeInfo[]): readonly Remedy[] => {
  const [node] = easiest(question, nodes);
  const labels = Object.fromEntries(
    keys.flatMap((key) => {
      if (node === undefined || labelOf(node.labels, key) !== undefined) return [];
      const value = tally(question.cache.nodes.flatMap((other) => labelOf(other.labels, key) ?? [])).at(-1)?.[0];
      return [[key, value ?? node.name]];
    }),
  );
  if (node === undefined || Object.keys(labels).length === 0) return [];
  const text = Object.entries(labels)
    .map((pair) => pair.join('='))
    .join(' ');
  return [
    once(5.5, {
      kind: 'node',
      text: `label node ${node.name} ${text}`,
      node: node.name,
      field: 'metadata.labels',
      value: labels,
      to: (old) => ({ ...old, metadata: { ...old.metadata, labels: { ...old.metadata.labels, ...labels } } }),
    }),
  ];
};

/** Every host may be a domain. */
const mostShown = 12;

const shown = (domains: readonly SpreadDomain[]): { readonly domains: readonly SpreadDomain[]; readonly more: number } => {
  const more = Math.max(0, domains.length - mostShown);
  return { domains: more === 0 ? domains : [...domains.slice(0, mostShown / 2), ...domains.slice(-mostShown / 2)], more };
};

const isMissing = (reason: string): boolean => reason.endsWith('(missing required label)');

/** PodTopologySpread: domains that would be too far ahead of the emptiest. */
export const spread: Explainer = {
  facts(question, { reason, nodes }) {
    const measured = measure(question, nodes);
    if (isMissing(reason)) {
      return measured.flatMap(({ constraint: { topologyKey: key } }): readonly Fact[] => {
        const without = nodes.filter(({ labels }) => labelOf(labels, key) === undefined).map(({ name }) => name);
        return without.length === 0 ? [] : [{ kind: 'noLabel', key, nodes: without }];
      });
    }
    return measured
      .filter(({ constraint: { maxSkew }, skew }) => skew > maxSkew)
      .map(({ constraint: { topologyKey, maxSkew, minDomains }, index, domains }): Fact => {
        return { kind: 'spread', field: fieldOf(index), topologyKey, maxSkew, minDomains, ...shown(domains) };
      });
  },
  remedies(question, { reason, nodes }) {
    const measured = measure(question, nodes);
    if (!isMissing(reason)) return measured.flatMap((one) => remediesOf(question, one));
    const keys = measured.map(({ constraint: { topologyKey } }) => topologyKey);
    return [
      ...labelRemedies(question, keys, nodes),
      ...measured.map(({ index, constraint: { topologyKey } }) =>
        once(
          5,
          edit(index, 'whenUnsatisfiable', 'ScheduleAnyway', `spread over ${topologyKey} only as a preference (ScheduleAnyway)`),
        ),
      ),
    ];
  },
};
