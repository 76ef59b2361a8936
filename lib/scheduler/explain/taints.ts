import type { Taint, Toleration } from '../../api/generated/types.js';
import type { NodeInfo } from '../node-info.js';
import { tolerates } from '../taints.js';
import type { Edit, Fact, Remedy } from './explanation.js';
import { type Explainer, easiest, once, type Question } from './question.js';

/** As `kubectl taint` takes it. */
const taintText = ({ key, value, effect }: Taint): string =>
  `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`;

const tolerationText = ({ key = '', operator, value = '', effect = '' }: Toleration): string =>
  `${key}${operator === 'Exists' || value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;

/** Taints by which the cluster itself says that something is wrong with a node. */
const isCondition = ({ key }: Taint): boolean => /^node(\.cloudprovider)?\.kubernetes\.io\//.test(key);

const isControlPlane = ({ key }: Taint): boolean => /^node-role\.kubernetes\.io\/(control-plane|master)$/.test(key);

const untolerated = ({ pod }: Question, { hardTaints }: NodeInfo): readonly Taint[] =>
  hardTaints.filter((taint) => !pod.tolerations.some((toleration) => tolerates(toleration, taint)));

const tolerationOf = ({ key, value, effect }: Taint): Toleration =>
  value === undefined || value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect };

const tolerate = (taints: readonly Taint[]): Remedy => {
  const tolerations = taints.map(tolerationOf);
  const edit: Edit = {
    kind: 'template',
    text: `tolerate ${taints.map(taintText).join(' and ')}`,
    field: 'tolerations',
    value: tolerations,
    to: (spec) => ({ ...spec, tolerations: [...(spec.tolerations ?? []), ...tolerations] }),
  };
  // Control plane nodes are kept free on purpose.
  const cost = taints.some(isControlPlane) ? 9 : 1 + taints.length;
  return once(cost, edit);
};

const removeFrom = ({ name }: NodeInfo, taints: readonly Taint[]): Remedy => {
  const texts = taints.map(taintText);
  const edit: Edit = {
    kind: 'node',
    text: `remove the taint${texts.length === 1 ? '' : 's'} ${texts.join(' and ')} from node ${name}`,
    node: name,
    field: 'spec.taints',
    to: (node) => ({
      ...node,
      spec: { ...node.spec, taints: (node.spec?.taints ?? []).filter((taint) => !texts.includes(taintText(taint))) },
    }),
  };
  return once(5, edit);
};

/** TaintToleration: taints that the Pod does not tolerate. */
export const taints: Explainer = {
  facts(question, { nodes }) {
    const byText = new Map<string, { readonly taint: Taint; readonly nodes: string[] }>();
    for (const node of nodes) {
      for (const taint of untolerated(question, node)) {
        const known = byText.get(taintText(taint));
        if (known === undefined) byText.set(taintText(taint), { taint, nodes: [node.name] });
        else known.nodes.push(node.name);
      }
    }
    return [...byText].map(([text, { taint, nodes: tainted }]): Fact => {
      const near = question.pod.tolerations.find(({ key }) => key === taint.key);
      return { kind: 'taint', taint: text, nodes: tainted, ...(near !== undefined && { near: tolerationText(near) }) };
    });
  },
  remedies(question, { nodes }) {
    const sets = new Map<string, { readonly taints: readonly Taint[]; readonly node: NodeInfo }>();
    for (const node of easiest(question, nodes)) {
      const set = untolerated(question, node);
      const key = set.map(taintText).join();
      if (!set.some(isCondition) && !sets.has(key)) sets.set(key, { taints: set, node });
    }
    return [...sets.values()].slice(0, 4).flatMap(({ taints: set, node }) => [
      tolerate(set),
      // A control plane is not to be opened for a single workload.
      ...(set.some(isControlPlane) ? [] : [removeFrom(node, set)]),
    ]);
  },
};

/** NodeUnschedulable: nodes that were cordoned. */
export const cordons: Explainer = {
  facts: () => [],
  remedies: (question, { nodes }) =>
    easiest(question, nodes)
      .slice(0, 2)
      .map(({ name }): Remedy => {
        const edit: Edit = {
          kind: 'node',
          text: `uncordon node ${name}`,
          node: name,
          field: 'spec.unschedulable',
          // The server puts the taint of that name on a node that is cordoned, and takes it away again.
          to: (node) => ({
            ...node,
            spec: {
              ...node.spec,
              unschedulable: false,
              taints: (node.spec?.taints ?? []).filter(({ key }) => key !== 'node.kubernetes.io/unschedulable'),
            },
          }),
        };
        return once(2.5, edit);
      }),
};
