import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacV1Subject, Role, RoleBinding } from '../generated/types.js';
import { dns1123Subdomain } from '../names.js';
import type { Faults } from './faults.js';
import { pathSegmentName } from './format.js';
import { validateLabelSelector } from './labels.js';
import { Path } from './path.js';

const group = 'rbac.authorization.k8s.io';

const validateRule = (rule: PolicyRule, namespaced: boolean, at: Path, faults: Faults): void => {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if ((verbs ?? []).length === 0) faults.required(at.child('verbs'), 'verbs must contain at least one value');
  if (nonResourceURLs.length > 0) {
    const place = at.child('nonResourceURLs');
    if (namespaced) faults.invalid(place, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs');
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) {
      faults.invalid(place, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs');
    }
    return;
  }
  if (apiGroups.length === 0) faults.required(at.child('apiGroups'), 'resource rules must supply at least one api group');
  if (resources.length === 0) faults.required(at.child('resources'), 'resource rules must supply at least one resource');
};

const validateRules = (rules: readonly PolicyRule[] | undefined, namespaced: boolean, faults: Faults): void => {
  for (const [index, rule] of (rules ?? []).entries()) validateRule(rule, namespaced, Path.of('rules').index(index), faults);
};

export const role = (object: Role, faults: Faults): void => validateRules(object.rules, true, faults);

export const clusterRole = (object: ClusterRole, faults: Faults): void => {
  validateRules(object.rules, false, faults);
  const aggregation = object.aggregationRule;
  if (aggregation === undefined) return;
  const at = Path.of('aggregationRule').child('clusterRoleSelectors');
  const selectors = aggregation.clusterRoleSelectors ?? [];
  if (selectors.length === 0) faults.required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  for (const [index, selector] of selectors.entries()) {
    const before = faults.list.length;
    validateLabelSelector(selector, at.index(index), faults);
    if (faults.list.length > before) faults.invalid(at.index(index), selector, 'invalid label selector.');
  }
};

const validateSubject = (subject: RbacV1Subject, namespaced: boolean, at: Path, faults: Faults): void => {
  const { kind, name, apiGroup = '', namespace = '' } = subject;
  if (name === '') faults.required(at.child('name'));
  if (kind === 'ServiceAccount') {
    if (name !== '') faults.invalidEach(at.child('name'), name, dns1123Subdomain(name));
    if (apiGroup !== '') faults.notSupported(at.child('apiGroup'), apiGroup, ['']);
    if (namespace === '' && !namespaced) faults.required(at.child('namespace'));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== group) faults.notSupported(at.child('apiGroup'), apiGroup, [group]);
  } else faults.notSupported(at.child('kind'), kind, ['ServiceAccount', 'User', 'Group']);
};

const validateBinding = (object: RoleBinding | ClusterRoleBinding, kinds: readonly string[], faults: Faults): void => {
  const at = Path.of('roleRef');
  const { apiGroup, kind, name } = object.roleRef;
  if (apiGroup !== group) faults.notSupported(at.child('apiGroup'), apiGroup, [group]);
  if (!kinds.includes(kind)) faults.notSupported(at.child('kind'), kind, kinds);
  if (name === '') faults.required(at.child('name'));
  else faults.invalidEach(at.child('name'), name, pathSegmentName(name));
  for (const [index, subject] of (object.subjects ?? []).entries()) {
    validateSubject(subject, kinds.length > 1, Path.of('subjects').index(index), faults);
  }
};

export const roleBinding = (object: RoleBinding, faults: Faults): void =>
  validateBinding(object, ['Role', 'ClusterRole'], faults);

export const clusterRoleBinding = (object: ClusterRoleBinding, faults: Faults): void =>
  validateBinding(object, ['ClusterRole'], faults);
