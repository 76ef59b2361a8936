import type { LabelSelector, LabelSelectorRequirement } from './generated/types.js';
import {
  formatSelector,
  type Labels,
  type Requirement,
  requirementMatches,
  type Selector,
  type SelectorOperator,
} from './selector.js';

/** Whether labels are selected; absent labels are as no labels. */
export type LabelMatcher = (labels: Labels | undefined) => boolean;

const operators: ReadonlyMap<string, SelectorOperator> = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

const noLabels: Labels = {};
const everything: LabelMatcher = () => true;
const nothing: LabelMatcher = () => false;

const requirementOf = ({ key, operator, values = [] }: LabelSelectorRequirement): Requirement | undefined => {
  const selectorOperator = operators.get(operator);
  const takesValues = selectorOperator === 'in' || selectorOperator === 'notin';
  if (selectorOperator === undefined || takesValues !== values.length > 0) return undefined;
  return { key, operator: selectorOperator, values };
};

/** The requirements of an API label selector; undefined when one of them is malformed, which selects nothing. */
export const selectorOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Selector | undefined => {
  const requirements: Requirement[] = Object.entries(matchLabels).map(([key, value]) => ({
    key,
    operator: '=',
    values: [value],
  }));
  for (const expression of matchExpressions) {
    const requirement = requirementOf(expression);
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return requirements;
};

const compileRequirement = (requirement: Requirement): LabelMatcher => {
  const { key, operator, values } = requirement;
  const [value] = values;
  if (operator === '=') return (labels) => labels !== undefined && labels[key] === value && Object.hasOwn(labels, key);
  return (labels = noLabels) => requirementMatches(requirement, labels);
};

const compile = (selector: Selector): LabelMatcher => {
  const matchers = selector.map(compileRequirement);
  const [only] = matchers;
  if (only === undefined) return everything;
  return matchers.length === 1 ? only : (labels) => matchers.every((matches) => matches(labels));
};

const compiled = new WeakMap<LabelSelector, LabelMatcher>();

/**
 * The selector as a function, made once for each selector object. No selector selects nothing, an empty one everything
 * (`metav1.LabelSelectorAsSelector`).
 */
export const matcherOf = (labelSelector: LabelSelector | undefined): LabelMatcher => {
  if (labelSelector === undefined) return nothing;
  const known = compiled.get(labelSelector);
  if (known !== undefined) return known;
  const selector = selectorOf(labelSelector);
  const matcher = selector === undefined ? nothing : compile(selector);
  compiled.set(labelSelector, matcher);
  return matcher;
};

const compiledLabels = new WeakMap<Labels, LabelMatcher>();

/**
 * The matcher of a plain map of labels, as Services, ReplicationControllers and node selectors have: every label must be
 * there with this value. An empty map selects everything; whether an absent one selects anything is the field's own rule.
 */
export const matcherOfLabels = (labels: Labels): LabelMatcher => {
  const known = compiledLabels.get(labels);
  if (known !== undefined) return known;
  const matcher = matcherOf({ matchLabels: labels });
  compiledLabels.set(labels, matcher);
  return matcher;
};

/** The selector as kubectl prints it: `app=web,tier in (api,db)`, `<none>` without requirements. */
export const labelSelectorText = (labelSelector: LabelSelector | undefined): string => {
  if (labelSelector === undefined) return '<none>';
  const selector = selectorOf(labelSelector);
  if (selector === undefined) return '<error>';
  return selector.length === 0 ? '<none>' : formatSelector(selector);
};
