import { amountOf, amountText } from '../amount.js';
import type { LimitRange, LimitRangeItem, ResourceQuota, ResourceQuotaSpec } from '../generated/types.js';
import { qualifiedName } from '../names.js';
import { compareQuantities, quantityInteger, quantityMilliInteger, quantityOf } from '../quantity.js';
import type { Faults } from './faults.js';
import { Path } from './path.js';
import { isOvercommitAllowed, isStandardForQuota } from './resource-names.js';
import { validateAmount, validateContainerResourceName, validateQuotaResourceName, validateResourceName } from './resources.js';

const standardTypes = ['Pod', 'Container', 'PersistentVolumeClaim'];
const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type List = (typeof lists)[number];

const isMore = (a: string | number | undefined, b: string | number | undefined): boolean =>
  a !== undefined && b !== undefined && compareQuantities(amountOf(a), amountOf(b)) > 0;

const mostMilli = 9_223_372_036_854_775n;

/** The greatest ratio of limit to request that minimum and maximum leave room for. */
const ratioFault = (ratio: string | number, min: string | number, max: string | number): string | undefined => {
  const values = [ratio, min, max].map((json) => quantityInteger(amountOf(json)) ?? 0n);
  const small = values.every((value) => value < mostMilli);
  const read = (json: string | number): number =>
    Number((small ? quantityMilliInteger(amountOf(json)) : quantityInteger(amountOf(json))) ?? 0n);
  const most = read(max) / read(min);
  const wanted = small ? read(ratio) / 1000 : read(ratio);
  return wanted > most ? `ratio ${amountText(ratio)} is greater than max/min = ${most.toFixed(6)}` : undefined;
};

const validateAmounts = (item: LimitRangeItem, name: string, used: readonly List[], at: Path, faults: Faults): void => {
  const of = (list: List): string | number | undefined => {
    const amounts = used.includes(list) ? item[list] : undefined;
    return amounts !== undefined && Object.hasOwn(amounts, name) ? amounts[name] : undefined;
  };
  const [max, min, limit, request, ratio] = [
    of('max'),
    of('min'),
    of('default'),
    of('defaultRequest'),
    of('maxLimitRequestRatio'),
  ];
  const text = (json: string | number | undefined): string => amountText(json ?? 0);
  const fault = (list: List, value: string | number | undefined, detail: string): void =>
    faults.invalid(at.child(list).key(name), text(value), detail);
  if (isMore(min, max)) fault('min', min, `min value ${text(min)} is greater than max value ${text(max)}`);
  if (isMore(min, request))
    fault('defaultRequest', request, `min value ${text(min)} is greater than default request value ${text(request)}`);
  if (isMore(request, max))
    fault('defaultRequest', request, `default request value ${text(request)} is greater than max value ${text(max)}`);
  if (isMore(request, limit)) {
    fault('defaultRequest', request, `default request value ${text(request)} is greater than default limit value ${text(limit)}`);
  }
  if (isMore(min, limit)) fault('default', min, `min value ${text(min)} is greater than default value ${text(limit)}`);
  if (isMore(limit, max)) fault('default', max, `default value ${text(limit)} is greater than max value ${text(max)}`);
  if (ratio !== undefined && compareQuantities(amountOf(ratio), quantityOf(1)) < 0) {
    fault('maxLimitRequestRatio', ratio, `ratio ${text(ratio)} is less than 1`);
  }
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const detail = ratioFault(ratio, min, max);
    if (detail !== undefined) fault('maxLimitRequestRatio', ratio, detail);
  }
  if (isOvercommitAllowed(name) || limit === undefined || request === undefined) return;
  if (compareQuantities(amountOf(limit), amountOf(request)) === 0) return;
  fault('defaultRequest', request, `default value ${text(limit)} must equal to defaultRequest value ${text(request)} in ${name}`);
};

const validateItem = (item: LimitRangeItem, at: Path, faults: Faults): void => {
  const { type } = item;
  const texts = qualifiedName(type);
  faults.invalidEach(at.child('type'), type, texts);
  if (texts.length === 0 && !type.includes('/') && !standardTypes.includes(type)) {
    faults.invalid(at.child('type'), type, 'must be a standard limit type or fully qualified');
  }
  const used: List[] = [];
  const names = new Set<string>();
  for (const list of lists) {
    const amounts = item[list] ?? {};
    if (type === 'Pod' && (list === 'default' || list === 'defaultRequest')) {
      if (Object.keys(amounts).length > 0) faults.forbidden(at.child(list), "may not be specified when `type` is 'Pod'");
      continue;
    }
    used.push(list);
    const rule = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName;
    for (const name of Object.keys(amounts)) {
      rule(name, at.child(list).key(name), faults);
      names.add(name);
    }
  }
  if (type === 'PersistentVolumeClaim' && item.min?.storage === undefined && item.max?.storage === undefined) {
    faults.required(at.child('limits'), 'either minimum or maximum storage value is required, but neither was provided');
  }
  for (const name of names) validateAmounts(item, name, used, at, faults);
};

export const limitRange = (object: LimitRange, faults: Faults): void => {
  const types = new Set<string>();
  for (const [index, item] of (object.spec?.limits ?? []).entries()) {
    const place = Path.of('spec').child('limits').index(index);
    validateItem(item, place, faults);
    if (types.has(item.type)) faults.duplicate(place.child('type'), item.type);
    types.add(item.type);
  }
};

const computeScopes = ['Terminating', 'NotTerminating', 'NotBestEffort'];
const everyScope = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const computeResources = [
  'pods',
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
  'ephemeral-storage',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
];
const claimResources = ['persistentvolumeclaims', 'requests.storage'];
const conflicts = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

/** Whether a scope can narrow what a quota on that resource counts. */
const scopeApplies = (scope: string, resource: string): boolean => {
  if (scope === 'BestEffort') return resource === 'pods';
  if (scope === 'VolumeAttributesClass') return claimResources.includes(resource);
  if ([...computeScopes, 'PriorityClass', 'CrossNamespacePodAffinity'].includes(scope))
    return computeResources.includes(resource) || /^(requests\.)?hugepages-/.test(resource);
  return true;
};

const validateScopeUse = (scope: string, spec: ResourceQuotaSpec, value: unknown, at: Path, faults: Faults): void => {
  for (const resource of Object.keys(spec.hard ?? {})) {
    if (isStandardForQuota(resource) && !scopeApplies(scope, resource))
      faults.invalid(at, value, 'unsupported scope applied to resource');
  }
};

const validateConflicts = (scopes: readonly string[], spec: ResourceQuotaSpec, at: Path, faults: Faults): void => {
  for (const pair of conflicts)
    if (pair.every((scope) => scopes.includes(scope))) faults.invalid(at, spec.scopes, 'conflicting scopes');
};

const mustExist =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

const validateScopeSelector = (spec: ResourceQuotaSpec, at: Path, faults: Faults): void => {
  const expressions = spec.scopeSelector?.matchExpressions ?? [];
  for (const { scopeName, operator, values = [] } of expressions) {
    if (!everyScope.includes(scopeName)) faults.invalid(at.child('scopeName'), scopeName, 'unsupported scope');
    validateScopeUse(scopeName, spec, spec.scopeSelector, at, faults);
    const existsOnly = [...computeScopes, 'BestEffort', 'CrossNamespacePodAffinity'].includes(scopeName);
    if (existsOnly && operator !== 'Exists') faults.invalid(at.child('operator'), operator, mustExist);
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        faults.required(at.child('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        faults.invalid(
          at.child('values'),
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        );
      }
    } else faults.invalid(at.child('operator'), operator, 'not a valid selector operator');
  }
  validateConflicts(
    expressions.map((expression) => expression.scopeName),
    spec,
    at,
    faults,
  );
};

export const resourceQuota = (object: ResourceQuota, faults: Faults): void => {
  const spec = object.spec ?? {};
  const at = Path.of('spec');
  const amounts = [
    [at.child('hard'), spec.hard],
    [Path.of('status').child('hard'), object.status?.hard],
    [Path.of('status').child('used'), object.status?.used],
  ] as const;
  for (const [place, list] of amounts) {
    for (const [name, amount] of Object.entries(list ?? {})) {
      validateQuotaResourceName(name, place.key(name), faults);
      validateAmount(name, amount, place.key(name), faults);
    }
  }
  for (const scope of spec.scopes ?? []) {
    if (!everyScope.includes(scope)) faults.invalid(at.child('scopes'), spec.scopes, 'unsupported scope');
    validateScopeUse(scope, spec, spec.scopes, at.child('scopes'), faults);
  }
  validateConflicts(spec.scopes ?? [], spec, at.child('scopes'), faults);
  if (spec.scopeSelector !== undefined) validateScopeSelector(spec, at.child('scopeSelector').child('matchExpressions'), faults);
};
