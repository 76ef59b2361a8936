import { nearest } from '../../api/decode/suggest.js';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../../api/generated/types.js';
import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';
import { compileTerm } from '../node-selector.js';
import type { Fact, Remedy } from './explanation.js';
import { controllerOf, type Explainer, easiest, once, type Question, tally } from './question.js';

/** One thing that the Pod demands of the labels of its node. */
interface Demand {
  /** Below the spec of the Pod. */
  readonly field: string;
  readonly key: string;
  readonly text: string;
  /** Values of which one is asked for; none where the demand is of another kind. */
  readonly values: readonly string[];
  /** Of the node's name. */
  readonly isOfName: boolean;
  matches(node: NodeInfo): boolean;
  /** The spec with another value asked for, or without the demand. */
  change(spec: PodSpec, value: string | undefined): PodSpec;
}

const requiredField = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution';

const withRequired = (spec: PodSpec, required: NodeSelector | undefined): PodSpec => {
  const { requiredDuringSchedulingIgnoredDuringExecution: _, ...nodeAffinity } = spec.affinity?.nodeAffinity ?? {};
  return {
    ...spec,
    affinity: {
      ...spec.affinity,
      nodeAffinity: {
        ...nodeAffinity,
        ...(required !== undefined && { requiredDuringSchedulingIgnoredDuringExecution: required }),
      },
    },
  };
};

const withTerm = (spec: PodSpec, at: number, to: (term: NodeSelectorTerm) => NodeSelectorTerm): PodSpec => {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const changed = terms
    .map((term, index) => (index === at ? to(term) : term))
    // A term without requirements matches nothing; what is meant is that nothing is demanded any more.
    .filter(({ matchExpressions = [], matchFields = [] }) => matchExpressions.length + matchFields.length > 0);
  return withRequired(spec, changed.length < terms.length ? undefined : { nodeSelectorTerms: changed });
};

const selectorDemands = ({ nodeSelector = {} }: PodSpec): readonly Demand[] =>
  Object.entries(nodeSelector).map(([key, value]) => ({
    field: `nodeSelector[${key}]`,
    key,
    text: `${key}=${value}`,
    values: [value],
    isOfName: false,
    matches: (node) => labelOf(node.labels, key) === value,
    change: (spec, other) => {
      const rest = Object.entries(spec.nodeSelector ?? {}).filter(([name]) => name !== key);
      return { ...spec, nodeSelector: Object.fromEntries(other === undefined ? rest : [...rest, [key, other]]) };
    },
  }));

const requirementText = ({ key, operator, values = [] }: NodeSelectorRequirement): string =>
  `${key} ${operator}${values.length === 0 ? '' : ` [${values.join(' ')}]`}`;

const termDemands = (term: NodeSelectorTerm, at: number): readonly Demand[] =>
  (['matchExpressions', 'matchFields'] as const).flatMap((list) =>
    (term[list] ?? []).map((requirement, index): Demand => {
      const { key, operator, values = [] } = requirement;
      return {
        field: `${requiredField}.nodeSelectorTerms[${at}].${list}[${index}]`,
        key,
        text: requirementText(requirement),
        values: operator === 'In' ? values : [],
        isOfName: list === 'matchFields',
        matches: compileTerm({ [list]: [requirement] }),
        change: (spec, value) =>
          withTerm(spec, at, (old) => ({
            ...old,
            [list]: (old[list] ?? []).flatMap((one, i) => {
              if (i !== index) return [one];
              if (value === undefined) return [];
              // A term names one node at most.
              return [{ ...one, values: list === 'matchFields' ? [value] : [...(one.values ?? []), value] }];
            }),
          })),
      };
    }),
  );

const termsOf = (spec: PodSpec): readonly NodeSelectorTerm[] =>
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];

const demandsOf = (spec: PodSpec): readonly Demand[] => [...selectorDemands(spec), ...termsOf(spec).flatMap(termDemands)];

const valuesOf = ({ cache }: Question, { key, isOfName }: Demand): readonly (readonly [value: string, times: number])[] =>
  tally(cache.nodes.flatMap(({ name, labels }) => (isOfName ? name : (labelOf(labels, key) ?? []))));

/** Ask for a value that nodes have. */
const otherValues = (question: Question, demand: Demand): readonly Remedy[] => {
  const values = valuesOf(question, demand).filter(([value]) => !demand.values.includes(value));
  const meant = nearest(
    demand.values[0] ?? '',
    values.map(([value]) => value),
  );
  const isSelector = demand.field.startsWith('nodeSelector');
  const offered = demand.isOfName ? values.filter(([value]) => value === meant) : values.slice(0, 4);
  return offered.map(([value, nodes]) =>
    once(value === meant ? 1 : 3, {
      kind: 'template',
      text: demand.isOfName
        ? `name node ${value} instead of ${demand.values.join(', ')}`
        : `${isSelector ? `set nodeSelector ${demand.key} to` : `add to the values of ${demand.text}:`} "${value}" (${nodes} node${nodes === 1 ? ' has' : 's have'} it)`,
      field: demand.field,
      value,
      to: (spec) => demand.change(spec, value),
    }),
  );
};

/** Put the labels that are asked for on a node that has little else against it. */
const label = (question: Question, demands: readonly Demand[], nodes: readonly NodeInfo[]): readonly Remedy[] => {
  const wanted = demands.flatMap(({ key, values: [value] }) => (value === undefined ? [] : [[key, value] as const]));
  if (wanted.length === 0 || wanted.length < demands.length) return [];
  return easiest(question, nodes)
    .slice(0, 2)
    .map(({ name, labels }) => {
      const missing = wanted.filter(([key, value]) => labelOf(labels, key) !== value);
      return once(4, {
        kind: 'node',
        text: `label node ${name} ${missing.map((pair) => pair.join('=')).join(' ')}`,
        node: name,
        field: 'metadata.labels',
        value: Object.fromEntries(missing),
        to: (node) => ({
          ...node,
          metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...Object.fromEntries(missing) } },
        }),
      });
    });
};

const preferred = (term: NodeSelectorTerm): { readonly weight: number; readonly preference: NodeSelectorTerm } => ({
  weight: 100,
  preference: term,
});

/** Prefer what was demanded. */
const prefer = (spec: PodSpec): readonly Remedy[] => {
  const terms = termsOf(spec).filter(({ matchFields = [] }) => matchFields.length === 0);
  if (terms.length === 0) return [];
  return [
    once(5, {
      kind: 'template',
      text: 'make the required node affinity a preferred one',
      field: requiredField,
      to: (old) => {
        const without = withRequired(old, undefined);
        const { nodeAffinity = {}, ...affinity } = without.affinity ?? {};
        const before = nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
        return {
          ...without,
          affinity: {
            ...affinity,
            nodeAffinity: {
              ...nodeAffinity,
              preferredDuringSchedulingIgnoredDuringExecution: [...before, ...termsOf(old).map(preferred)],
            },
          },
        };
      },
    }),
  ];
};

const drop = (demand: Demand): Remedy =>
  once(6, {
    kind: 'template',
    text: `do not ask for ${demand.text}`,
    field: demand.field,
    to: (spec) => demand.change(spec, undefined),
  });

const dropSelector = ({ nodeSelector = {} }: PodSpec): readonly Remedy[] =>
  Object.keys(nodeSelector).length < 2
    ? []
    : [
        once(7, {
          kind: 'template',
          text: 'remove the nodeSelector',
          field: 'nodeSelector',
          to: ({ nodeSelector: _, ...spec }) => spec,
        }),
      ];

/** NodeAffinity: `nodeSelector` and required node affinity. */
export const nodeLabels: Explainer = {
  facts: (question) =>
    demandsOf(question.pod.spec).map(
      (demand): Fact => ({
        kind: 'selector',
        field: demand.field,
        requirement: demand.text,
        met: question.cache.nodes.filter(demand.matches).length,
        values: demand.isOfName
          ? []
          : valuesOf(question, demand)
              .slice(0, 5)
              .map(([value, nodes]) => ({ value, nodes })),
      }),
    ),
  remedies(question, { nodes }) {
    const { spec } = question.pod;
    // The controller names the node of a daemon Pod.
    const isDaemon = controllerOf(question.pod.pod)?.kind === 'DaemonSet';
    const demands = demandsOf(spec).filter(({ isOfName }) => !isOfName || !isDaemon);
    const selectors = selectorDemands(spec);
    return [
      ...demands.filter(({ values }) => values.length > 0).flatMap((demand) => otherValues(question, demand)),
      // Terms are alternatives; to meet the first is enough.
      ...label(question, [...selectors, ...termDemands(termsOf(spec)[0] ?? {}, 0).filter(({ isOfName }) => !isOfName)], nodes),
      ...prefer(spec),
      ...demands.map(drop),
      ...dropSelector(spec),
    ];
  },
};
