import type { LabelSelector, LabelSelectorRequirement } from './generated/types.js';
import {
  formatSelector,
  type Labels,
  type Requirement,
  type Selector,
  type SelectorOperator,
  selectorMatches,
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
  const requirements: Requirement[] = [];
  for (const key of Object.keys(matchLabels)) requirements.push({ key, operator: '=', values: [matchLabels[key] as string] });
  for (const expression of matchExpressions) {
    const requirement = requirementOf(expression);
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return requirements;
};

/** Whether every label is there with this value. */
const hasLabels = (labels: Labels | undefined, wanted: Labels, keys: readonly string[]): boolean => {
  if (labels === undefined) return keys.length === 0;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    if (labels[key] !== wanted[key] || !Object.hasOwn(labels, key)) return false;
  }
  return true;
};

const compileLabels = (wanted: Labels): LabelMatcher => {
  const keys = Object.keys(wanted);
  return keys.length === 0 ? everything : (labels) => hasLabels(labels, wanted, keys);
};

const compile = (labelSelector: LabelSelector): LabelMatcher => {
  const { matchLabels, matchExpressions } = labelSelector;
  if (matchExpressions === undefined || matchExpressions.length === 0) return compileLabels(matchLabels ?? noLabels);
  const selector = selectorOf(labelSelector);
  return selector === undefined ? nothing : (labels = noLabels) => selectorMatches(selector, labels);
};

/** Whether labels are selected, for who asks once a selector: nothing is kept. */
export const selectsLabels = (labelSelector: LabelSelector | undefined, labels: Labels | undefined): boolean => {
  if (labelSelector === undefined) return false;
  const { matchLabels = noLabels, matchExpressions } = labelSelector;
  return matchExpressions === undefined || matchExpressions.length === 0
    ? hasLabels(labels, matchLabels, Object.keys(matchLabels))
    : compile(labelSelector)(labels);
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
  const matcher = compile(labelSelector);
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
  const matcher = compileLabels(labels);
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
