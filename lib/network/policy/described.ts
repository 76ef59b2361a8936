import type { LabelSelector } from '../../api/generated/types.js';
import { selectorOf } from '../../api/label-selector.js';
import { formatSelector } from '../../api/selector.js';

/**
 * Pods that no object describes but that a rule would take: those of `pods` in the namespaces of `namespaces`. An empty
 * selector is every Pod, or every namespace; both empty, it is whoever else is in the cluster.
 */
export interface Described {
  readonly namespaces: LabelSelector;
  readonly pods: LabelSelector;
}

const keys = new WeakMap<LabelSelector, string>();

/** One text for selectors that ask for the same: `app in (x)` is `app=x`. Undefined when it is malformed. */
const selectorKey = (selector: LabelSelector): string | undefined => {
  const known = keys.get(selector);
  if (known !== undefined) return known;
  const requirements = selectorOf(selector)?.map((each) =>
    each.operator === 'in' && each.values.length === 1 ? { ...each, operator: '=' as const } : each,
  );
  if (requirements === undefined) return undefined;
  const key = formatSelector(requirements);
  keys.set(selector, key);
  return key;
};

export const describedKey = ({ namespaces, pods }: Described): string | undefined => {
  const [outer, inner] = [selectorKey(namespaces), selectorKey(pods)];
  return outer === undefined || inner === undefined ? undefined : `${outer}/${inner}`;
};

const takes = (selector: LabelSelector, other: LabelSelector): boolean => {
  const key = selectorKey(selector);
  return key === '' || (key !== undefined && key === selectorKey(other));
};

/** Whether selectors surely take everyone of `other`: they ask for nothing, or for the same. */
export const takesDescribed = (own: Described, other: Described): boolean =>
  takes(own.namespaces, other.namespaces) && takes(own.pods, other.pods);

/** Whoever else is in the cluster. */
export const entireCluster: Described = { namespaces: {}, pods: {} };

export const isEntireCluster = ({ namespaces, pods }: Described): boolean =>
  selectorKey(namespaces) === '' && selectorKey(pods) === '';
