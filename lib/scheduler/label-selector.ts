import type { LabelSelector } from '../api/generated/types.js';
import { labelSelectorText, matcherOf } from '../api/label-selector.js';
import type { Labels } from '../api/selector.js';
import { getOrInsert } from './get-or-insert.js';
import { labelPair } from './labels.js';

/** A label selector with what it takes to remember its results. */
export interface Selector {
  /** Selectors with equal keys select the same labels. */
  readonly key: string;
  /** Whether it has no requirement, so that it selects everything. */
  readonly empty: boolean;
  /** Labels, as `key=value`, that everything selected has. */
  readonly pairs: readonly string[];
  matches(labels: Labels): boolean;
}

export const nothing: Selector = { key: '<nothing>', empty: false, pairs: [], matches: () => false };

const pairsOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly string[] => {
  const pairs = Object.entries(matchLabels).map(([key, value]) => labelPair(key, value));
  for (const { key, operator, values } of matchExpressions) {
    if (operator === 'In' && values?.length === 1) pairs.push(labelPair(key, values[0] ?? ''));
  }
  return pairs;
};

const compiled = new WeakMap<LabelSelector, Selector>();

/** No selector selects nothing, an empty one everything. */
export const compileSelector = (selector: LabelSelector | undefined): Selector => {
  if (selector === undefined) return nothing;
  return getOrInsert(compiled, selector, () => {
    const empty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
    return { key: labelSelectorText(selector), empty, pairs: pairsOf(selector), matches: matcherOf(selector) };
  });
};

/** What all of the selectors select. */
export const conjunction = (selectors: readonly Selector[]): Selector => {
  const demanding = selectors.filter(({ empty }) => !empty);
  const [only] = demanding;
  if (only !== undefined && demanding.length === 1) return only;
  return {
    key: [...new Set(demanding.map(({ key }) => key))].sort().join(' & '),
    empty: demanding.length === 0,
    pairs: demanding.flatMap(({ pairs }) => pairs),
    matches: (labels) => demanding.every((selector) => selector.matches(labels)),
  };
};
