import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../api/generated/types.js';
import { type Labels, requirementMatches, type SelectorOperator } from '../api/selector.js';
import { getOrInsert } from './get-or-insert.js';
import { labelOf } from './labels.js';

/** What node selectors look at. */
export interface NodeView {
  readonly name: string;
  readonly labels: Labels;
}

type NodePredicate = (node: NodeView) => boolean;

const operators: ReadonlyMap<string, SelectorOperator> = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
  ['Gt', 'gt'],
  ['Lt', 'lt'],
]);

/** undefined: the requirement is not valid, so the term that holds it matches nothing. */
const compileExpression = ({ key, operator, values = [] }: NodeSelectorRequirement): NodePredicate | undefined => {
  const selectorOperator = operators.get(operator);
  if (selectorOperator === undefined) return undefined;
  const requirement = { key, operator: selectorOperator, values };
  return ({ labels }) => requirementMatches(requirement, labels);
};

const compileField = ({ key, operator, values = [] }: NodeSelectorRequirement): NodePredicate | undefined => {
  const value = values[0];
  if (key !== 'metadata.name' || values.length !== 1) return undefined;
  if (operator === 'In') return ({ name }) => name === value;
  return operator === 'NotIn' ? ({ name }) => name !== value : undefined;
};

/** A term without any requirement, like one with an invalid requirement, matches no node. */
export const compileTerm = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): NodePredicate => {
  const predicates: NodePredicate[] = [];
  for (const predicate of [...matchExpressions.map(compileExpression), ...matchFields.map(compileField)]) {
    if (predicate === undefined) return () => false;
    predicates.push(predicate);
  }
  if (predicates.length === 0) return () => false;
  return (node) => predicates.every((predicate) => predicate(node));
};

const compiled = new WeakMap<NodeSelector, NodePredicate>();

/** Any of the terms must match. */
export const compileNodeSelector = (selector: NodeSelector): NodePredicate =>
  getOrInsert(compiled, selector, () => {
    const terms = selector.nodeSelectorTerms.map(compileTerm);
    return (node) => terms.some((term) => term(node));
  });

/** `spec.nodeSelector` and the required node affinity together; undefined when the Pod has neither. */
export const compileRequiredNodeAffinity = (spec: PodSpec): NodePredicate | undefined => {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const wanted = Object.entries(spec.nodeSelector ?? {});
  if (required === undefined && wanted.length === 0) return undefined;
  const affinity = required === undefined ? undefined : compileNodeSelector(required);
  return (node) => {
    for (const [key, value] of wanted) if (labelOf(node.labels, key) !== value) return false;
    return affinity === undefined || affinity(node);
  };
};
