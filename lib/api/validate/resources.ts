import { amountOf, amountText } from '../amount.js';
import type { ResourceRequirements } from '../generated/types.js';
import { dns1123Label, qualifiedName } from '../names.js';
import { compareQuantities, quantityInteger, quantityMilliInteger, quantitySign } from '../quantity.js';
import type { Faults } from './faults.js';
import type { Path } from './path.js';
import {
  isExtended,
  isHugePages,
  isInteger,
  isNative,
  isOvercommitAllowed,
  isStandard,
  isStandardForContainers,
  isStandardForQuota,
} from './resource-names.js';

export const validatePositiveAmount = (json: string | number, at: Path, faults: Faults): void => {
  if (quantitySign(amountOf(json)) <= 0) faults.invalid(at, amountText(json), 'must be greater than zero');
};

/** An amount of that resource: not negative, and whole where the resource comes in pieces. */
export const validateAmount = (name: string, json: string | number, at: Path, faults: Faults): void => {
  const amount = amountOf(json);
  if (quantitySign(amount) < 0) faults.invalid(at, amountText(json), 'must be greater than or equal to 0');
  if (isInteger(name) && (quantityMilliInteger(amount) ?? 0n) % 1000n !== 0n)
    faults.invalid(at, amountText(json), 'must be an integer');
};

/** A resource name at all: qualified, and standard unless it has a domain. */
export const validateResourceName = (name: string, at: Path, faults: Faults): boolean => {
  const texts = qualifiedName(name);
  faults.invalidEach(at, name, texts);
  if (texts.length > 0) return false;
  if (name.includes('/') || isStandard(name)) return true;
  faults.invalid(at, name, 'must be a standard resource type or fully qualified');
  return false;
};

export const validateContainerResourceName = (name: string, at: Path, faults: Faults): void => {
  validateResourceName(name, at, faults);
  if (!name.includes('/')) {
    if (!isStandardForContainers(name)) faults.invalid(at, name, 'must be a standard resource for containers');
  } else if (!isNative(name) && !isExtended(name)) {
    faults.invalid(at, name, "doesn't follow extended resource name standard");
  }
};

export const validateQuotaResourceName = (name: string, at: Path, faults: Faults): void => {
  validateResourceName(name, at, faults);
  if (!name.includes('/') && !isStandardForQuota(name)) faults.invalid(at, name, 'must be a standard resource for quota');
};

const validatePodResourceName = (name: string, at: Path, faults: Faults): void => {
  if (!validateResourceName(name, at, faults)) return;
  if (name !== 'cpu' && name !== 'memory' && !isHugePages(name)) faults.notSupported(at, name, ['cpu', 'hugepages-', 'memory']);
};

const validateHugePages = (name: string, json: string | number, at: Path, faults: Faults): void => {
  const page = quantityInteger(amountOf(name.slice('hugepages-'.length))) ?? 0n;
  const amount = quantityInteger(amountOf(json)) ?? 0n;
  if (page > 0n && amount % page === 0n) return;
  faults.invalid(at, amountText(json), `${amountText(json)} is not positive integer multiple of ${name}`);
};

const validateClaims = (requirements: ResourceRequirements, claims: ReadonlySet<string>, at: Path, faults: Faults): void => {
  const seen = new Set<string>();
  for (const [index, { name, request }] of (requirements.claims ?? []).entries()) {
    const place = at.index(index);
    if (name === '') {
      faults.required(place);
      continue;
    }
    const key = request === undefined || request === '' ? name : `${name}/${request}`;
    if (request !== undefined && request !== '') faults.invalidEach(place.child('request'), request, dns1123Label(request));
    if (seen.has(name) || seen.has(key)) faults.duplicate(place, key);
    else if (key === name && [...seen].some((other) => other.startsWith(`${name}/`))) faults.duplicate(place, name);
    seen.add(key);
    if (claims.has(name)) continue;
    const known = claims.size === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`;
    faults.notFound(place, name, `must be one of the names in pod.spec.resourceClaims${known}`);
  }
};

type NameRule = (name: string, at: Path, faults: Faults) => void;
type Amounts = { readonly [name: string]: string | number };

const validateList = (list: Amounts, rule: NameRule, at: Path, faults: Faults): void => {
  const names = Object.keys(list);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const amount = list[name] ?? 0;
    // These two are names and fractions that every rule allows.
    if ((name === 'cpu' || name === 'memory') && quantitySign(amountOf(amount)) >= 0) continue;
    const place = at.key(name);
    rule(name, place, faults);
    validateAmount(name, amount, place, faults);
    if (isHugePages(name)) validateHugePages(name, amount, place, faults);
  }
};

const validateAgainstLimits = (requests: Amounts, limits: Amounts, at: Path, faults: Faults): void => {
  const names = Object.keys(requests);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const request = requests[name] ?? 0;
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit === undefined) {
      if (name !== 'cpu' && name !== 'memory' && !isOvercommitAllowed(name))
        faults.required(at.child('limits'), 'Limit must be set for non overcommitable resources');
      continue;
    }
    if (request === limit) continue;
    const order = compareQuantities(amountOf(request), amountOf(limit));
    const bound = `${name} limit of ${amountText(limit)}`;
    if (order !== 0 && !isOvercommitAllowed(name))
      faults.invalid(at.child('requests'), amountText(request), `must be equal to ${bound}`);
    else if (order > 0) faults.invalid(at.child('requests'), amountText(request), `must be less than or equal to ${bound}`);
  }
};

const none: Amounts = {};

const hasCompute = (list: Amounts): boolean => Object.hasOwn(list, 'cpu') || Object.hasOwn(list, 'memory');

const validateRequirements = (
  requirements: ResourceRequirements | undefined,
  rule: NameRule,
  claims: ReadonlySet<string>,
  at: Path,
  faults: Faults,
): void => {
  if (requirements === undefined) return;
  const { limits = none, requests = none } = requirements;
  if (limits !== none) validateList(limits, rule, at.child('limits'), faults);
  if (requests !== none) {
    validateList(requests, rule, at.child('requests'), faults);
    validateAgainstLimits(requests, limits, at, faults);
  }
  if (!hasCompute(requests) && !hasCompute(limits) && [...Object.keys(limits), ...Object.keys(requests)].some(isHugePages)) {
    faults.forbidden(at, 'HugePages require cpu or memory');
  }
  if (requirements.claims !== undefined) validateClaims(requirements, claims, at.child('claims'), faults);
};

/** What a container asks for: names, amounts, requests within limits. */
export const validateContainerResources = (
  requirements: ResourceRequirements | undefined,
  claims: ReadonlySet<string>,
  at: Path,
  faults: Faults,
): void => validateRequirements(requirements, validateContainerResourceName, claims, at, faults);

/** What a Pod asks for as a whole (KEP-2837). */
export const validatePodResources = (requirements: ResourceRequirements | undefined, at: Path, faults: Faults): void => {
  if (requirements?.claims !== undefined) {
    faults.forbidden(at.child('claims'), 'claims cannot be set for Resources at pod-level');
  }
  validateRequirements(requirements, validatePodResourceName, new Set(), at, faults);
};
