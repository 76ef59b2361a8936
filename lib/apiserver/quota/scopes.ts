import type { ResourceQuota } from '../../api/generated/types.js';
import type { Stored } from '../kinds.js';
import type { Evaluator, Scope } from './evaluator.js';

const scopesOf = ({ spec }: ResourceQuota): readonly Scope[] => [
  ...(spec?.scopes ?? []).map((scopeName): Scope => ({ scopeName, operator: 'Exists' })),
  ...(spec?.scopeSelector?.matchExpressions ?? []),
];

/** Whether the object falls under every scope of the quota; a kind that a scope is not about never does. */
export const covers = (quota: ResourceQuota, evaluator: Evaluator, object: Stored): boolean =>
  scopesOf(quota).every((scope) => evaluator.matches?.(scope, object) ?? false);

/** Whether a scope selects one of the classes that an object names, or the object because it names none. */
export const selectsClass = ({ operator, values = [] }: Scope, names: readonly string[]): boolean => {
  if (operator === 'Exists') return names.length > 0;
  if (operator === 'DoesNotExist') return names.length === 0;
  if (operator === 'In') return names.some((name) => values.includes(name));
  return names.length === 0 || names.some((name) => !values.includes(name));
};
