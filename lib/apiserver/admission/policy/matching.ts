import type { LabelSelector, MatchResources, NamedRuleWithOperations } from '../../../api/generated/types.js';
import { matcherOf } from '../../../api/label-selector.js';
import { resources } from '../../../api/resources.js';
import type { Store } from '../../store.js';
import type { PolicyRequest } from './request.js';

const hasWord = (words: readonly string[] | undefined, word: string): boolean =>
  words?.some((item) => item === '*' || item === word) ?? false;

const inScope = (scope: string | undefined, { resource, group, namespace }: PolicyRequest): boolean => {
  if (scope === undefined || scope === '*') return true;
  const isCluster = (resource === 'namespaces' && group === '') || namespace === '';
  return scope === 'Cluster' ? isCluster : !isCluster;
};

const hasResource = (patterns: readonly string[] | undefined, { resource, subresource }: PolicyRequest): boolean =>
  patterns?.some((pattern) => {
    const [name = '', sub = ''] = pattern.split('/', 2);
    return (name === '*' || name === resource) && (sub === '*' || sub === subresource);
  }) ?? false;

const ruleMatches = (rule: NamedRuleWithOperations, request: PolicyRequest): boolean =>
  inScope(rule.scope, request) &&
  hasWord(rule.operations, request.operation) &&
  hasWord(rule.apiGroups, request.group) &&
  hasWord(rule.apiVersions, request.version) &&
  hasResource(rule.resources, request) &&
  (!rule.resourceNames?.length || rule.resourceNames.includes(request.name));

/** The same resource in its other versions. */
const equivalents = (request: PolicyRequest): readonly PolicyRequest[] =>
  resources
    .filter(({ group, kind, version }) => group === request.group && kind === request.kind && version !== request.version)
    .map(({ version }) => ({ ...request, version }));

const rulesMatch = (
  rules: readonly NamedRuleWithOperations[] | undefined,
  policy: string | undefined,
  request: PolicyRequest,
): boolean => {
  if (!rules?.length) return false;
  if (rules.some((rule) => ruleMatches(rule, request))) return true;
  return policy === 'Equivalent' && equivalents(request).some((other) => rules.some((rule) => ruleMatches(rule, other)));
};

const isEmpty = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && !selector.matchExpressions?.length;

const namespaceMatches = (selector: LabelSelector | undefined, request: PolicyRequest, store: Store): boolean => {
  if (selector === undefined || isEmpty(selector) || request.namespace === '') return true;
  const isNamespace = request.kind === 'Namespace' && request.group === '';
  const labels =
    isNamespace && request.object !== undefined
      ? request.object.metadata.labels
      : store.find('Namespace', undefined, request.namespace)?.metadata.labels;
  return matcherOf(selector)(labels);
};

const objectMatches = (selector: LabelSelector | undefined, { object, oldObject }: PolicyRequest): boolean => {
  if (selector === undefined || isEmpty(selector)) return true;
  const matches = matcherOf(selector);
  return [object, oldObject].some((candidate) => candidate !== undefined && matches(candidate.metadata.labels));
};

/** Whether a policy or binding is about the request (`matching.Matcher`). No rules match any resource. */
export const matchesResources = (criteria: MatchResources | undefined, request: PolicyRequest, store: Store): boolean => {
  if (criteria === undefined) return true;
  const { resourceRules, excludeResourceRules, matchPolicy } = criteria;
  if (resourceRules?.length && !rulesMatch(resourceRules, matchPolicy, request)) return false;
  if (rulesMatch(excludeResourceRules, matchPolicy, request)) return false;
  return namespaceMatches(criteria.namespaceSelector, request, store) && objectMatches(criteria.objectSelector, request);
};
